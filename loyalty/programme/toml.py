"""A document written as TOML; reading it again gives the same document. Pure."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from loyalty.programme.canonical import as_json

DEEPEST = 30  #: levels of tables and lists in each other
_LARGEST = 2**63
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_WIDEST = 100  #: an inline table longer than this gets lines of its own
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\b": "\\b", "\f": "\\f"}


def to_toml(document: Mapping[str, Any]) -> str:
    """The TOML text of a JSON document (tables, lists, texts, whole numbers, truths)."""
    return "\n".join(_table(document, ())).strip("\n") + "\n"


def from_toml(text: str) -> dict[str, Any]:
    """The JSON form of a document that somebody wrote as TOML.

    Raises ValueError for what is none, for what has no exact form in JSON, and for what nobody could look at
    afterwards: nested without end, with numbers past all counting, or with letters that no database keeps.
    """
    try:
        document = as_json(tomllib.loads(text))
    except RecursionError:
        raise ValueError("is not supported") from None
    except TypeError as fault:
        raise ValueError(str(fault)) from None
    _check(document, DEEPEST)
    return document


def _check(value: Any, left: int) -> None:
    if isinstance(value, str) and "\0" in value:
        raise ValueError("must not hold invisible characters")
    if (isinstance(value, int) and abs(value) >= _LARGEST) or (isinstance(value, dict | list) and not left):
        raise ValueError("is not supported")
    if isinstance(value, dict | list):
        for inner in [*value, *value.values()] if isinstance(value, dict) else value:
            _check(inner, left - 1)


def _table(table: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    """The lines of a table: first what fits a line, then the tables that have headers of their own."""
    long = [
        k for k, value in table.items() if _needs_header(value) or (not path and isinstance(value, Mapping))
    ]
    for key, value in table.items():
        if key not in long:
            yield f"{_key(key)} = {_inline(value)}"
    for key in long:
        name, value = (*path, key), table[key]
        header = ".".join(_key(part) for part in name)
        for one in value if isinstance(value, list) else [value]:
            yield ""
            yield f"[[{header}]]" if isinstance(value, list) else f"[{header}]"
            yield from _table(one, name)


def _needs_header(value: object) -> bool:
    if isinstance(value, list):
        return bool(value) and all(isinstance(item, Mapping) for item in value)
    return isinstance(value, Mapping) and (
        len(_inline(value)) > _WIDEST or any(isinstance(inner, Mapping | list) for inner in value.values())
    )


def _inline(value: object) -> str:
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{_key(key)} = {_inline(inner)}" for key, inner in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    if isinstance(value, list):
        return "[" + ", ".join(_inline(item) for item in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return _text(value)
    raise TypeError(f"no form in TOML: {value!r}")


def _key(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) else _text(key)


def _text(text: str) -> str:
    return '"' + "".join(_letter(letter) for letter in text) + '"'


def _letter(letter: str) -> str:
    if letter in _ESCAPES:
        return _ESCAPES[letter]
    return letter if letter >= " " and letter != "\x7f" else f"\\u{ord(letter):04x}"
