"""Long bodies line by line: a line in, a line out, each carried out by itself (P16)."""

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

from flask import Response, request, stream_with_context
from marshmallow import Schema, ValidationError
from werkzeug.exceptions import UnsupportedMediaType

from loyalty import problems
from loyalty.api import guessing
from loyalty.api.strict_json import MAX_BODY_BYTES, faults, parse
from loyalty.errors import BatchTooLong, Invalid, Refusal

NDJSON = "application/x-ndjson"
MOST_LINES = 10_000
_LOG = logging.getLogger(__name__)
_IN_ONE_LINE = {ord(char): f"\\u{ord(char):04x}" for char in "\x85\u2028\u2029"}  #: where some end a line
_PROBLEM = "#/components/responses/problem_"

Carry = Callable[[Any, Any], dict[str, Any]]  #: (a line as it was told, as its schema reads it) → its outcome


def takes_lines(schema: str, what: str) -> dict[str, Any]:
    """How the document describes a call that takes lines of a schema, each being `what`."""
    return {
        "requestBody": {
            "required": True,
            "description": f"Up to {MOST_LINES} lines and 5 MB; each line is {what}.",
            "content": {NDJSON: {"schema": {"$ref": f"#/components/schemas/{schema}"}}},
        },
        "responses": {str(status): {"$ref": f"{_PROBLEM}{status}"} for status in (400, 413, 415, 422)},
    }


def answer_lines(schema: Schema, carry: Carry) -> Response:
    """Carry the lines of this request out, one after the other; each is answered by one, in order.

    Raises BatchTooLong.
    """
    return Response(stream_with_context(_outcomes(_lines(), schema, carry)), mimetype=NDJSON)


def _lines() -> list[bytes]:
    """The body, line by line, without blank ones at its end."""
    if request.mimetype != NDJSON or request.mimetype_params.get("charset", "utf-8").lower() != "utf-8":
        raise UnsupportedMediaType
    if request.content_encoding not in (None, "identity"):
        raise UnsupportedMediaType
    lines = request.get_data(cache=True).rstrip().split(b"\n")
    if len(lines) > MOST_LINES:
        raise BatchTooLong(lines=len(lines), most=MOST_LINES)
    return lines if lines != [b""] else []


def _outcomes(lines: list[bytes], schema: Schema, carry: Carry) -> Iterator[str]:
    for no, text in enumerate(lines, start=1):
        outcome = {"line": no} | _outcome(text, schema, carry)
        line = json.dumps(outcome, ensure_ascii=False, separators=(",", ":"))
        yield line.translate(_IN_ONE_LINE) + "\n"


def _outcome(text: bytes, schema: Schema, carry: Carry) -> dict[str, Any]:
    """What became of one line; whatever it is, the next one is heard."""
    try:
        return _carried(text, schema, carry)
    except Refusal as refused:
        refusal = guessing.heard(refused)
        told = {"status": "refused", "code": refusal.code, "action": problems.problem_of(refusal).action}
        return told | ({"fields": refusal.facts["fields"]} if "fields" in refusal.facts else {})
    except Exception:
        _LOG.exception("batch_line_failed")
        code, problem = problems.PROTOCOL[500]
        return {"status": "refused", "code": code, "action": problem.action}


def _carried(text: bytes, schema: Schema, carry: Carry) -> dict[str, Any]:
    if len(text) > MAX_BODY_BYTES:
        raise Invalid(fields={"body": f"is longer than {MAX_BODY_BYTES} bytes"})
    guessing.refuse_locked()
    told = parse(text)
    try:
        fact = schema.load(told)
    except ValidationError as error:
        raise Invalid(fields=dict(sorted(faults(error).items()))) from None
    return carry(told, fact)
