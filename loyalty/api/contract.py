"""The API's contract as a document (OpenAPI), written from the routes and their schemas."""

import json
from functools import cache
from typing import Any, ClassVar

import marshmallow
from flask import Flask
from flask_smorest import Api  # type: ignore[import-untyped]
from flask_smorest.utils import prepare_response  # type: ignore[import-untyped]
from werkzeug.http import HTTP_STATUS_CODES

from loyalty import problems
from loyalty.api import paths
from loyalty.api.errors import RETRY
from loyalty.api.resource import TIME
from loyalty.api.routes import ROUTES
from loyalty.api.schemas.policies import PolicyLineIn

_SENT_AGAIN = (409, 429, 503)  #: whoever hears these is told when to come back
_TOLD_BY_TIME = {"description": "Our time.", "schema": {"type": "string", "format": "date-time"}}
_TOLD_BY_RETRY = {"description": "In so many seconds.", "schema": {"type": "integer", "minimum": 0}}
_VERSIONS = {"API_TITLE": "Loyalty", "API_VERSION": "v1", "OPENAPI_VERSION": "3.1.0"}


@cache
def contract() -> str:
    """The document, as JSON. It is the same for every application, and longer in the making than one."""
    scribe = Flask(__name__, static_folder=None)  # serves nobody: the document is written from its routes
    scribe.config.update(_VERSIONS)
    scribe.url_map.converters.update(paths.CONVERTERS)
    api = DocumentedApi(scribe)
    api.spec.components.security_scheme("key", {"type": "http", "scheme": "bearer"})
    api.spec.options["security"] = [{"key": []}]
    for converter in paths.CONVERTERS.values():
        api.register_converter(converter, paths.documented)
    api.spec.components.schema("PolicyLineIn", schema=PolicyLineIn)  # lines are no body of their own
    for resource in ROUTES:
        api.register_blueprint(resource)
    return json.dumps(api.spec.to_dict(), ensure_ascii=False, indent=2)


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


class DocumentedApi(Api):  # type: ignore[misc]
    """flask-smorest's Api, documenting every error as a problem."""

    ERROR_SCHEMA = ProblemOut

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


def _statuses() -> set[int]:
    return {problem.status for problem in problems.PROBLEMS.values()} | set(problems.PROTOCOL)
