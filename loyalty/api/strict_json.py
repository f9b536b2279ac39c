"""JSON as A2 wants it: what two parsers could read differently, or a database cannot hold, is refused."""

import json
import math
from collections.abc import Callable
from typing import Any, NoReturn

import marshmallow
from flask import Request
from werkzeug.exceptions import UnsupportedMediaType

from loyalty.errors import Invalid, MalformedJson

MAX_BODY_BYTES = 256 * 1024
LONG_BODY_BYTES = 5 * 1024**2  #: of a batch
MAX_DEPTH = 32
MEDIA_TYPE = "application/json"


def parse(body: bytes) -> Any:
    """The value of a strict JSON text in UTF-8.

    Raises MalformedJson for anything else: duplicate keys, NaN and infinities, lone surrogates, NUL,
    nesting deeper than 32, an empty text.
    """
    try:
        text = body.decode("utf-8")
        if text.startswith("\ufeff"):
            raise json.JSONDecodeError("Unexpected UTF-8 BOM (decode using utf-8-sig)", text, 0)
        value = _decode(text)
    except (ValueError, RecursionError) as error:
        raise _malformed(_fault_of(error)) from None
    # Only an escape can smuggle a NUL or half a character in; only brackets nest.
    if "\\u" in text or text.count("[") + text.count("{") > MAX_DEPTH:
        _inspect(value, MAX_DEPTH)
    return value


class _Loose(ValueError):
    """JSON to some parsers, but not to us."""


def _malformed(fault: str) -> MalformedJson:
    return MalformedJson(fields={"body": fault})


def _fault_of(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} (character {error.pos})"
    return str(error) if isinstance(error, _Loose) else "is not JSON in UTF-8"


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Loose("gives a key twice")
    return found


def _refuse(constant: str) -> NoReturn:
    raise _Loose(f"holds {constant}")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise _Loose("holds a number too large")
    return number


_decode = json.JSONDecoder(
    object_pairs_hook=_without_duplicates, parse_constant=_refuse, parse_float=_finite
).decode


def _inspect(value: Any, depth_left: int) -> None:
    if isinstance(value, str):
        if "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
            raise _malformed("holds NUL or half a character")
    elif isinstance(value, dict | list):
        if depth_left == 0:
            raise _malformed(f"is nested more than {MAX_DEPTH} levels deep")
        if isinstance(value, dict):
            for key in value:
                _inspect(key, depth_left)
        for inner in value.values() if isinstance(value, dict) else value:
            _inspect(inner, depth_left - 1)


def body_of(asked: Request) -> Any:
    """The JSON that was sent; another media type is refused before it is read."""
    if asked.environ.get("CONTENT_TYPE") != MEDIA_TYPE and (
        asked.mimetype != MEDIA_TYPE or asked.mimetype_params.get("charset", "utf-8").lower() != "utf-8"
    ):
        raise UnsupportedMediaType
    return parse(asked.get_data(cache=True))


def query_of(asked: Request) -> dict[str, str]:
    """The query string; a name given twice is a fault, for nobody knows which of them counts."""
    try:
        told = dict(asked.args.lists())
    except UnicodeDecodeError:  # bytes that should have been percent-encoded
        raise Invalid(fields={"query": "is not text in UTF-8"}) from None
    twice = {name: "given more than once" for name, values in told.items() if len(values) > 1}
    if twice:
        raise Invalid(fields=twice)
    return {name: value for name, (value,) in told.items()}


READ_FROM: dict[str, Callable[[Request], Any]] = {"json": body_of, "query": query_of}


def loaded(schema: marshmallow.Schema, told: Any) -> Any:
    """What a schema makes of what was told. Raises Invalid, every fault with its dotted path (A1)."""
    try:
        return schema.load(told, unknown=marshmallow.RAISE)
    except marshmallow.ValidationError as error:
        raise Invalid(fields=dict(sorted(_faults(error.messages).items()))) from None


def _faults(messages: Any) -> dict[str, str]:
    """Dotted path → the first message of each faulty field."""
    found: dict[str, str] = {}

    def walk(messages: Any, path: tuple[str, ...]) -> None:
        if isinstance(messages, dict):
            for name, inner in messages.items():
                walk(inner, path if name == "_schema" else (*path, str(name)))
        else:
            first = messages[0] if isinstance(messages, list) else messages
            found[".".join(path) or "body"] = str(first)

    walk(messages, ())
    return found
