"""Every error of the API is a problem (RFC 9457): the club's refusals, the protocol's, and our faults."""

from typing import Any, ClassVar

import marshmallow
from flask import Flask, Response, g, json, request
from flask_smorest import Api  # type: ignore[import-untyped]
from flask_smorest.utils import prepare_response  # type: ignore[import-untyped]
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from loyalty import problems
from loyalty.api import guessing
from loyalty.api.auth import language
from loyalty.api.idempotency import mark_replay
from loyalty.api.resource import PREFIX, TIME
from loyalty.errors import Refusal

RETRY = "Retry-After"
OURS = (f"{PREFIX}/", "/docs", "/openapi.json")
_CHALLENGE = 'Bearer realm="loyalty"'
_SENT_AGAIN = (409, 429, 503)  #: whoever hears these is told when to come back
_TOLD_BY_TIME = {"description": "Our time.", "schema": {"type": "string", "format": "date-time"}}
_TOLD_BY_RETRY = {"description": "In so many seconds.", "schema": {"type": "integer", "minimum": 0}}


class ProblemOut(marshmallow.Schema):
    """What every error answers."""

    type = marshmallow.fields.String(required=True)
    title = marshmallow.fields.String(required=True)
    status = marshmallow.fields.Integer(required=True)
    code = marshmallow.fields.String(
        required=True, metadata={"description": "Stable: a program may rely on it."}
    )
    detail = marshmallow.fields.String(required=True)
    cashier_text = marshmallow.fields.String(
        required=True,
        metadata={"description": "What a cashier may read out, in the key's language.", "maxLength": 40},
    )
    action = marshmallow.fields.String(
        required=True,
        validate=marshmallow.validate.OneOf(["retry", "ask_member", "call_manager", "sell_without"]),
    )
    request_id = marshmallow.fields.String(
        metadata={"description": "With internal_error: what to tell the operator."}
    )

    class Meta:
        """`fields` is also a word of marshmallow's own; the facts of a refusal stand beside these."""

        unknown = marshmallow.INCLUDE

        include: ClassVar = {
            "fields": marshmallow.fields.Dict(
                keys=marshmallow.fields.String(),
                values=marshmallow.fields.String(),
                metadata={"description": "Each faulty field by its dotted path."},
            )
        }


class LoyaltyApi(Api):  # type: ignore[misc]
    """flask-smorest's Api, answering problems and documenting them as such."""

    ERROR_SCHEMA = ProblemOut

    def handle_http_exception(self, error: HTTPException) -> Any:
        """A refusal of the protocol or a fault of ours; headers such as Allow and Retry-After are kept."""
        if not request.path.startswith(OURS):
            return error
        answer = error.get_response()
        status = answer.status_code
        if status < 400:
            return answer
        facts = {"request_id": g.get("request_id", "")} if status == 500 else {}
        return _as_problem(answer, problems.protocol_body(status, language(), **facts))

    def _register_responses(self) -> None:
        kept: str = Api.DEFAULT_RESPONSE_CONTENT_TYPE
        self.DEFAULT_RESPONSE_CONTENT_TYPE = problems.MEDIA_TYPE
        self.spec.components.header(TIME, _TOLD_BY_TIME).header(RETRY, _TOLD_BY_RETRY)
        super()._register_responses()
        for status in sorted(_statuses()):
            response: dict[str, Any] = {
                "description": HTTP_STATUS_CODES[status],
                "schema": self.ERROR_SCHEMA,
                "headers": {TIME: TIME} | ({RETRY: RETRY} if status in _SENT_AGAIN else {}),
            }
            prepare_response(response, self.spec, self.DEFAULT_RESPONSE_CONTENT_TYPE)
            self.spec.components.response(f"problem_{status}", response)
        self.DEFAULT_RESPONSE_CONTENT_TYPE = kept

    def _register_pagination_header(self) -> None:
        """Lists tell their next page in the body."""


def register(app: Flask) -> None:
    """Answer refusals from anywhere in this application."""
    app.register_error_handler(Refusal, _refused)


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


def _statuses() -> set[int]:
    return {problem.status for problem in problems.PROBLEMS.values()} | set(problems.PROTOCOL)
