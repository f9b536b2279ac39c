"""Our flask-smorest Blueprint: a route names its scopes, reads strict input and documents its refusals."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Response
from flask.json.provider import DefaultJSONProvider
from flask_smorest import Blueprint  # type: ignore[import-untyped]
from flask_smorest.utils import (  # type: ignore[import-untyped]
    set_status_and_headers_in_response,
    unpack_tuple_response,
)
from marshmallow import Schema

from loyalty.api import auth, guessing, rehearsal, signing
from loyalty.api.compiled import compiled
from loyalty.api.strict_json import LONG_BODY_BYTES, MAX_BODY_BYTES, MEDIA_TYPE, READ_FROM, loaded
from loyalty.rooms import app_itself, request_itself

View = TypeVar("View", bound=Callable[..., Any])
PREFIX = "/v1"
TIME = "Loyalty-Time"  #: ours, in every answer, so that a till may set its clock
_ALWAYS = (401, 403, 404, 429, 500, 503)  #: what any call may hear
_WITH_BODY = (400, 413, 415, 422)
_WITH_VERSION = (412, 428)
_as_json = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=DefaultJSONProvider.default
).encode


class Resource(Blueprint):  # type: ignore[misc]
    """One resource of the API: its routes lie under /v1, and none is open.

    flask-smorest documents; what it would do for each request, the views' own wrappers do here.
    """

    def __init__(self, name: str, path: str = "", description: str = "") -> None:
        super().__init__(name, name, url_prefix=PREFIX + path, description=description)
        self._prepare_doc_cbks.append(self._prepare_own_doc)
        self.before_request(_let_in)
        self.after_request(rehearsal.end)

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Callable[..., Any] | None = None,
        provide_automatic_options: bool | None = None,
        **options: Any,
    ) -> None:
        """As in Flask; a view that does not say which scopes it needs is refused."""
        if not getattr(view_func, "scope", None):
            raise TypeError(f"{rule}: a route names who may call it: @needs(…)")
        super().add_url_rule(rule, endpoint, view_func, provide_automatic_options, **options)

    def route(self, rule: str, **options: Any) -> Callable[[View], View]:
        """As in flask-smorest."""
        return super().route(rule, **options)  # type: ignore[no-any-return]

    def arguments(
        self, schema: type[Schema], *, location: str = "json", **options: Any
    ) -> Callable[[View], View]:
        """Read the body, or the `query`, by a schema and hand it to the view first."""
        known, read = compiled(schema()), READ_FROM[location]
        document = super().arguments(known, location=location, **options)

        def mark(view: View) -> View:
            @wraps(document(view))
            def taken(*told: Any, **named: Any) -> Any:
                return view(*told, loaded(known, read(request_itself())), **named)

            guessing.note_asking(taken, schema)
            return cast(View, taken)

        return mark

    def response(
        self, status_code: int, schema: type[Schema] | Schema | dict[str, Any] | None = None, **options: Any
    ) -> Callable[[View], View]:
        """Print what the view returns by a schema."""
        known = compiled(schema()) if isinstance(schema, type) else schema
        document = super().response(status_code, known, **options)

        def mark(view: View) -> View:
            @wraps(document(view))
            def answered(*told: Any, **named: Any) -> Response:
                answer, status, headers = unpack_tuple_response(view(*told, **named))
                if not isinstance(answer, Response):
                    shown = known.dump(answer) if isinstance(known, Schema) else answer
                    status = status or status_code
                    answer = app_itself().response_class(
                        f"{_as_json(shown)}\n", status, content_type=MEDIA_TYPE
                    )
                    status = None
                set_status_and_headers_in_response(answer, status, headers)
                return answer

            return cast(View, answered)

        return mark

    def also_answers(self, status_code: int, schema: type[Schema]) -> Callable[[View], View]:
        """Document another good answer of a view, which prints it by itself."""
        document = super().alt_response(status_code, schema=schema, success=True)

        def mark(view: View) -> View:
            view._apidoc = document(view)._apidoc  # type: ignore[attr-defined]
            return view

        return mark

    @staticmethod
    def doc(**parts: Any) -> Callable[[View], View]:
        """Add to the document of a view, word for word."""
        return Blueprint.doc(**parts)  # type: ignore[no-any-return]

    def _prepare_own_doc(self, doc: dict[str, Any], info: dict[str, Any], **_: Any) -> dict[str, Any]:
        scopes, headers = info.get("scope", ()), info.get("headers", [])
        doc["security"] = [{"key": [scope]} for scope in scopes]
        if headers:
            doc["parameters"] = [*doc.get("parameters", []), *headers]
        statuses = set(_ALWAYS)
        if "requestBody" in doc:
            statuses |= set(_WITH_BODY)
        elif doc.get("parameters"):
            statuses.add(422)
        if any(header["name"] == "If-Match" for header in headers):
            statuses |= set(_WITH_VERSION)
        if any(header["name"] == "Idempotency-Key" for header in headers):
            statuses |= {400, 409, 422}
        responses = doc.setdefault("responses", {})
        for status, answer in responses.items():
            if str(status).startswith("2"):
                responses[status] = answer | {"headers": {TIME: TIME}}
        for status in sorted(statuses):
            responses[str(status)] = {"$ref": f"#/components/responses/problem_{status}"}
        return doc


def takes_long_bodies(view: View) -> View:
    """Let a view read as much as a batch may hold."""
    view.most_bytes = LONG_BODY_BYTES  # type: ignore[attr-defined]
    return view


def _let_in() -> None:
    """Before a view: who asks may ask it, by a body that is not too long, signed, unlocked, or rehearsing."""
    asked = request_itself()
    marks = vars(app_itself().view_functions[asked.endpoint or ""])
    who = auth.admit(marks["scope"])
    asked.max_content_length = marks.get("most_bytes", MAX_BODY_BYTES)
    if who.signed:
        signing.check()
    if marks.get("may_guess"):
        guessing.refuse_locked()
    if who.mode == "test":
        rehearsal.begin()
