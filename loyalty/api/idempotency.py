"""The headers that make a write safe to send again: Idempotency-Key, Idempotency-Replayed, If-Match, ETag."""

import re
from collections.abc import Callable
from copy import deepcopy
from typing import Any, TypeVar

from flask import Response, request

from loyalty.errors import KeyMalformed, VersionMissing, VersionStale
from loyalty.rooms import request_itself

View = TypeVar("View", bound=Callable[..., Any])
REPLAYED = "Idempotency-Replayed"
_PRINTABLE = re.compile(r"[\x20-\x7e]{1,255}")
_VERSION = re.compile(r'"([0-9]{1,18})"')


def header_key() -> str | None:
    """The Idempotency-Key of this request, without its quotes; None when there is none.

    Raises KeyMalformed unless it is 1 to 255 printable ASCII characters.
    """
    told: str | None = request_itself().environ.get("HTTP_IDEMPOTENCY_KEY")
    if told is None:
        return None
    key = told.strip()
    if len(key) >= 2 and key[0] == key[-1] == '"':
        key = _unescaped(key[1:-1])
    if not _PRINTABLE.fullmatch(key):
        raise KeyMalformed
    return key


def answering(
    body: Any, status: int, *, replayed: bool, headers: dict[str, str] | None = None
) -> tuple[Any, int, dict[str, str]]:
    """What a view returns: the answer, its status, and the mark of a replay."""
    return body, status, (headers or {}) | ({REPLAYED: "true"} if replayed else {})


def if_match() -> int:
    """The version this change was made from. Raises VersionMissing; VersionStale for what we never gave."""
    told = request.headers.get("If-Match")
    if told is None:
        raise VersionMissing
    version = _VERSION.fullmatch(told.strip())
    if version is None:
        raise VersionStale
    return int(version[1])


def etag(version: int) -> dict[str, str]:
    """The header that shows a thing's version."""
    return {"ETag": f'"{version}"'}


def takes_key(*, required: bool = True) -> Callable[[View], View]:
    """Document that a view reads Idempotency-Key; not required where the body carries a business key."""
    return _documented(
        "Idempotency-Key",
        required,
        "1 to 255 printable characters, quoted or bare. The same key with the same content"
        " hears the same answer.",
    )


def takes_version() -> Callable[[View], View]:
    """Document that a view reads If-Match."""
    return _documented("If-Match", True, "The ETag of what is changed, as it was read.")


def mark_replay(answer: Response, replayed: bool) -> Response:
    """The same mark on a response made elsewhere, such as a refusal that was remembered (P3)."""
    if replayed:
        answer.headers[REPLAYED] = "true"
    return answer


def _documented(name: str, required: bool, description: str) -> Callable[[View], View]:
    def mark(view: View) -> View:
        document = deepcopy(getattr(view, "_apidoc", {}))
        document.setdefault("headers", []).append(
            {
                "in": "header",
                "name": name,
                "required": required,
                "description": description,
                "schema": {"type": "string"},
            }
        )
        view._apidoc = document  # type: ignore[attr-defined]
        return view

    return mark


def _unescaped(text: str) -> str:
    return re.sub(r'\\(["\\])', r"\1", text) if "\\" in text else text
