"""Every error of the API is a problem (RFC 9457): the club's refusals, the protocol's, and our faults."""

from typing import Any

from flask import Flask, Response, g, json, request
from werkzeug.exceptions import HTTPException

from loyalty import problems
from loyalty.api import guessing
from loyalty.api.auth import language
from loyalty.api.idempotency import mark_replay
from loyalty.api.resource import PREFIX
from loyalty.errors import Refusal

RETRY = "Retry-After"
OURS = (f"{PREFIX}/", "/docs", "/openapi.json")
_CHALLENGE = 'Bearer realm="loyalty"'


def register(app: Flask) -> None:
    """Answer refusals from anywhere in this application, the protocol's, and faults of ours."""
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(HTTPException, _not_served)


def _not_served(error: HTTPException) -> Any:
    """A refusal of the protocol or a fault of ours; headers such as Allow and Retry-After are kept."""
    if not request.path.startswith(OURS):
        return error
    answer = error.get_response()
    status = answer.status_code
    if status < 400:
        return answer
    facts = {"request_id": g.get("request_id", "")} if status == 500 else {}
    return _as_problem(answer, problems.protocol_body(status, language(), **facts))


def _refused(refusal: Refusal) -> Response:
    refusal = guessing.heard(refusal)
    problem = problems.problem_of(refusal)
    answer = _as_problem(Response(status=problem.status), problems.problem_body(refusal, language()))
    seconds = refusal.facts.get("retry_after_seconds", problem.retry_after_seconds)
    if seconds is not None:
        answer.headers[RETRY] = str(seconds)
    if problem.status == 401:
        answer.headers["WWW-Authenticate"] = _CHALLENGE
    return mark_replay(answer, refusal.replayed)


def _as_problem(answer: Any, body: dict[str, Any]) -> Any:
    answer.set_data(json.dumps(body))
    answer.content_type = problems.MEDIA_TYPE
    return answer
