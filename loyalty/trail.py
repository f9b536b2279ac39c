"""What every request leaves behind: its id, one log line, one count; and what every answer carries."""

import logging
import re
from collections.abc import Iterable, Sequence
from random import getrandbits
from typing import Any, cast

import structlog
from flask import Flask, Response

from config import logs
from loyalty import metrics
from loyalty.api.resource import TIME
from loyalty.rooms import notes_itself, request_itself, rooms

REQUEST_ID = "X-Request-Id"
_PRINTABLE = re.compile(r"[\x20-\x7e]{1,128}")
_HEADERS = {
    # What /docs shows is served by us; nothing may come from elsewhere, and nobody may frame it.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self';"
    " img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_ALL_CARRY = tuple((name.lower(), (name, value)) for name, value in _HEADERS.items())
_HTTPS_ONLY = ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
_MENDED = frozenset({"location", "content-location"})  #: headers that are written anew on their way out
_WITHOUT_BODY = frozenset({204, 304})
_REQUESTS = logging.getLogger("loyalty.requests")
_log = structlog.get_logger("loyalty.requests")


class Answer(Response):
    """An answer; what every one carries is put beside its own headers as it leaves."""

    carries: Sequence[tuple[str, str]] = ()  #: further headers that nothing else writes

    def get_wsgi_response(self, environ: Any) -> tuple[Iterable[bytes], str, list[tuple[str, str]]]:
        """Body, status and headers as they are sent; a header that a page wrote by itself stays."""
        told = {name.lower() for name, _ in self.headers}
        is_whole = "content-length" in told and self.status_code not in _WITHOUT_BODY
        if is_whole and told.isdisjoint(_MENDED):
            body, status, sent = self.get_app_iter(environ), self.status, self.headers.to_wsgi_list()
        else:
            body, status, sent = super().get_wsgi_response(environ)
        sent += self.carries
        sent += [header for name, header in _ALL_CARRY if name not in told]
        return body, status, sent


def register(app: Flask) -> None:
    """Watch every request of this application; register it before anything that may answer early."""
    app.response_class = Answer
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(_tell_guessing)


def _begin() -> None:
    told, notes = request_itself().environ.get("HTTP_X_REQUEST_ID", ""), notes_itself()
    # A name to find a request by, and no secret: the system is not asked for randomness.
    request_id = told if _PRINTABLE.fullmatch(told) else f"{getrandbits(128):032x}"
    logs.REQUEST_ID.set(request_id)
    notes.request_id, notes.began = request_id, rooms().clock.monotonic()


def _end(answer: Response) -> Response:
    room, asked, notes = rooms(), request_itself(), notes_itself()
    moment = room.clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
    carries = [(REQUEST_ID, notes.request_id), (TIME, moment)]
    if room.settings.env == "production":
        carries.append(_HTTPS_ONLY)
    cast(Answer, answer).carries = carries
    if asked.path.startswith("/v1/"):
        answer.headers["Cache-Control"] = "no-store"
    rule = asked.url_rule.rule if asked.url_rule else "none"
    seconds = room.clock.monotonic() - notes.began
    metrics.count(asked.method, rule, answer.status_code, seconds)
    logs.note(
        _REQUESTS,
        "request",
        method=asked.method,
        rule=rule,
        status=answer.status_code,
        ms=round(seconds * 1000, 1),
        client=asked.remote_addr,
    )
    return answer


def _tell_guessing(_: BaseException | None) -> None:
    """An alarm, when this request was the one too many; at the very end, for a batch answers as it goes."""
    if prefix := notes_itself().pop("guessing", None):
        _log.error("card_guessing", key=prefix)
        metrics.count_guesser()
