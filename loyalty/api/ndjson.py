"""Long bodies line by line: a line in, a line out, each carried out by itself (P16)."""

import json
import logging
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from flask import Response, request, stream_with_context
from marshmallow import Schema
from werkzeug.exceptions import UnsupportedMediaType

from loyalty import problems
from loyalty.api import guessing
from loyalty.api.strict_json import MAX_BODY_BYTES, loaded, parse
from loyalty.errors import BatchTooLong, Invalid, Refusal

NDJSON = "application/x-ndjson"
MOST_LINES = 10_000
MOST_TOGETHER = 250  #: lines
_LOG = logging.getLogger(__name__)
_IN_ONE_LINE = {ord(char): f"\\u{ord(char):04x}" for char in "\x85\u2028\u2029"}  #: where some end a line
_as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_PROBLEM = "#/components/responses/problem_"

Carry = Callable[[Any, Any], dict[str, Any]]  #: (a line as it was told, as its schema reads it) → its outcome
Together = Callable[[Sequence[tuple[Any, Any]]], list[dict[str, Any]]]  #: the same of the first of some lines


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


def answer_lines(schema: Schema, carry: Carry, together: Together = lambda _: []) -> Response:
    """Carry the lines of this request out, one after the other; each is answered by one, in order.

    `together` carries out the first of some lines, as many as it can; where it stops, one goes alone.
    Raises BatchTooLong.
    """
    return Response(stream_with_context(_printed(_lines(), schema, carry, together)), mimetype=NDJSON)


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


def _printed(lines: list[bytes], schema: Schema, carry: Carry, together: Together) -> Iterator[str]:
    """The answers; those of lines that were carried out together go over the wire in one piece."""
    done = 0
    for outcomes in _outcomes(lines, schema, carry, together):
        yield "".join(_line(no, outcome) for no, outcome in enumerate(outcomes, start=done + 1))
        done += len(outcomes)


def _line(no: int, outcome: dict[str, Any]) -> str:
    line = _as_json({"line": no} | outcome)
    return f"{line if line.isascii() else line.translate(_IN_ONE_LINE)}\n"


def _outcomes(
    lines: list[bytes], schema: Schema, carry: Carry, together: Together
) -> Iterator[list[dict[str, Any]]]:
    """What became of each line, of some at a time. Where few can go together, few are tried."""
    read: dict[int, tuple[Any, Any] | None] = {}
    at, most = 0, MOST_TOGETHER
    while at < len(lines):
        good: list[tuple[Any, Any]] = []
        for no in range(at, min(at + most, len(lines))):
            if no not in read:
                read[no] = _read_or_none(lines[no], schema)
            if (one := read[no]) is None:
                break
            good.append(one)
        done = _done(good, together)
        if done:
            yield done
        at, most = at + len(done), min(MOST_TOGETHER, 2 * len(done) + 1)
        if len(done) < len(good) or not good:
            yield [_outcome(lines[at], schema, carry)]
            at += 1


def _done(good: Sequence[Any], together: Together) -> list[dict[str, Any]]:
    try:
        return together(good) if good else []
    except Refusal:
        return []
    except Exception:
        _LOG.exception("batch_lines_failed")
        return []


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
    return carry(*_read(text, schema))


def _read(text: bytes, schema: Schema) -> tuple[Any, Any]:
    """A line as it was told, and as its schema reads it. Raises Invalid, MalformedJson."""
    told = parse(text)
    return told, loaded(schema, told)


def _read_or_none(text: bytes, schema: Schema) -> tuple[Any, Any] | None:
    try:
        return _read(text, schema) if len(text) <= MAX_BODY_BYTES else None
    except Refusal:
        return None
