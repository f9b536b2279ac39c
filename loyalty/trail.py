"""What every request leaves behind: its id, one log line, one count; and what every answer carries."""

import re
from random import getrandbits

import structlog
from flask import Flask, Response, g, request

from loyalty import metrics
from loyalty.api.resource import TIME
from loyalty.rooms import rooms

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
_HTTPS_ONLY = "max-age=31536000; includeSubDomains"
_log = structlog.get_logger("loyalty.requests")


def register(app: Flask) -> None:
    """Watch every request of this application; register it before anything that may answer early."""
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(_tell_guessing)


def _begin() -> None:
    told = request.headers.get(REQUEST_ID, "")
    # A name to find a request by, and no secret: the system is not asked for randomness.
    g.request_id = told if _PRINTABLE.fullmatch(told) else f"{getrandbits(128):032x}"
    g.began = rooms().clock.monotonic()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _end(answer: Response) -> Response:
    room, headers = rooms(), answer.headers
    headers[REQUEST_ID] = g.request_id
    headers[TIME] = room.clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
    told = {name.lower() for name, _ in headers}
    for name, value in _HEADERS.items():
        if name.lower() not in told:
            headers.add(name, value)
    if room.settings.env == "production":
        headers["Strict-Transport-Security"] = _HTTPS_ONLY
    if request.path.startswith("/v1/"):
        headers["Cache-Control"] = "no-store"
    rule = request.url_rule.rule if request.url_rule else "none"
    seconds = room.clock.monotonic() - g.began
    metrics.count(request.method, rule, answer.status_code, seconds)
    _log.info(
        "request",
        method=request.method,
        rule=rule,
        status=answer.status_code,
        ms=round(seconds * 1000, 1),
        client=request.remote_addr,
    )
    return answer


def _tell_guessing(_: BaseException | None) -> None:
    """An alarm, when this request was the one too many; at the very end, for a batch answers as it goes."""
    if prefix := g.pop("guessing", None):
        _log.error("card_guessing", key=prefix)
        metrics.count_guesser()
