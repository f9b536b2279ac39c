"""One form of a document for storing and comparing: JSON, keys sorted, instants and days as text. Pure."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any


def as_json(document: Mapping[str, object]) -> dict[str, Any]:
    """The JSON form of a document, be it loaded from TOML or from JSON.

    Instants become RFC 3339 text with their offset, days ISO text. Raises TypeError for anything else that
    JSON has no exact form for: a float, a naive instant, a time of day.
    """
    return {key: _plain(value) for key, value in document.items()}


def canonical(document: Mapping[str, object]) -> str:
    """The same text for the same promises, whatever the order of keys or the form of the file."""
    return json.dumps(as_json(document), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha256_of(document: Mapping[str, object]) -> str:
    """The SHA-256 of the canonical JSON, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical(document).encode()).hexdigest()


def _plain(value: object) -> Any:
    if isinstance(value, Mapping):
        return as_json(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, str | int):
        return value
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.isoformat()
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"no exact form in JSON: {value!r}")
