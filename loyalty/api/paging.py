"""Lists: `?limit=` and an opaque `?cursor=`; the answer is `{"items": […], "next": cursor or null}`."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from marshmallow import Schema, fields

from loyalty.api.fields import QueryInt, Text
from loyalty.errors import Invalid

Row = TypeVar("Row")
DEFAULT_LIMIT, MOST = 50, 100


class PageIn(Schema):
    """The two words of a list's query; a list with words of its own inherits them."""

    limit = QueryInt(min=1, max=MOST, load_default=DEFAULT_LIMIT)
    cursor = Text(max=200, load_default=None)


def page_schema(item: type[Schema]) -> Schema:
    """The schema of one page of such items."""
    name = item.__name__.removesuffix("Out") + "Page"
    return Schema.from_dict(
        {"items": fields.List(fields.Nested(item)), "next": fields.String(allow_none=True)}, name=name
    )()


def cut(rows: Sequence[Row], limit: int, place: Callable[[Row], Sequence[int | str]]) -> dict[str, Any]:
    """A page from up to `limit + 1` rows: the extra one only tells that there is more."""
    more = len(rows) > limit
    shown = rows[:limit]
    return {"items": shown, "next": to_cursor(place(shown[-1])) if more else None}


def to_cursor(place: Sequence[int | str]) -> str:
    """An opaque cursor for a place in a list."""
    return urlsafe_b64encode("\n".join(str(part) for part in place).encode()).decode().rstrip("=")


def from_cursor(cursor: str | None, parts: int) -> list[str] | None:
    """The parts of a place; None for the list's beginning. Raises Invalid for a cursor we never gave out."""
    if cursor is None:
        return None
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        place = urlsafe_b64decode(padded).decode().split("\n")
    except ValueError:
        place = []
    if len(place) != parts or to_cursor(place) != cursor:
        raise Invalid(fields={"cursor": "is not one of ours"})
    return place
