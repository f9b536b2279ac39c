"""Bringing together what two people made of one document. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_ABSENT: Any = object()


@dataclass(frozen=True, slots=True)
class Conflict:
    """One place that both changed, each otherwise; None where one of them has nothing there."""

    path: str
    before: object
    mine: object
    theirs: object


def merged(
    before: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Conflict]]:
    """What either made of `before`, taken together; where both changed a place, theirs stands and is told.

    Tables of a list are matched by their `code`; a list without codes is one place.
    """
    conflicts: list[Conflict] = []
    return _tables("", before, mine, theirs, conflicts), conflicts


def _tables(
    path: str,
    before: Mapping[str, Any],
    mine: Mapping[str, Any],
    theirs: Mapping[str, Any],
    conflicts: list[Conflict],
) -> dict[str, Any]:
    keys = [*theirs, *(key for key in mine if key not in theirs)]
    found = {}
    for key in keys:
        was, my, their = (one.get(key, _ABSENT) for one in (before, mine, theirs))
        value = _value(f"{path}.{key}" if path else key, was, my, their, conflicts)
        if value is not _ABSENT:
            found[key] = value
    return found


def _value(path: str, before: Any, mine: Any, theirs: Any, conflicts: list[Conflict]) -> Any:
    if _same(mine, theirs) or _same(mine, before):
        return theirs
    if _same(theirs, before):
        return mine
    if isinstance(mine, Mapping) and isinstance(theirs, Mapping):
        return _tables(path, before if isinstance(before, Mapping) else {}, mine, theirs, conflicts)
    if isinstance(mine, list) and isinstance(theirs, list) and coded(mine) and coded(theirs):
        return _lists(path, before, mine, theirs, conflicts)
    conflicts.append(Conflict(path, *(None if one is _ABSENT else one for one in (before, mine, theirs))))
    return theirs


def _lists(path: str, before: Any, mine: list[Any], theirs: list[Any], conflicts: list[Conflict]) -> Any:
    was = before if isinstance(before, list) and coded(before) else []
    old, my, their = by_code(was), by_code(mine), by_code(theirs)
    found = {}
    for code in _order(list(old), list(my), list(their)):
        was_there, is_mine, is_theirs = (one.get(code, _ABSENT) for one in (old, my, their))
        found[code] = _value(f"{path}[{code}]", was_there, is_mine, is_theirs, conflicts)
    return [one for one in found.values() if one is not _ABSENT]


def _order(was: list[str], mine: list[str], theirs: list[str]) -> Iterator[str]:
    """The codes of both: as I put them where I added or moved any, otherwise as they did; the rest behind."""
    has_only_less = mine == [code for code in was if code in mine]
    first, second = (theirs, mine) if has_only_less else (mine, theirs)
    yield from first
    yield from (code for code in second if code not in first)


def _same(one: Any, other: Any) -> bool:
    """Whether two values are one to a reader: true is 1 to Python alone."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return type(one) is type(other) and bool(one == other)


def coded(items: list[Any]) -> bool:
    """Whether each item is a table with a `code` of its own."""
    codes = [
        item["code"] for item in items if isinstance(item, Mapping) and isinstance(item.get("code"), str)
    ]
    return len(codes) == len(items) == len(set(codes))


def by_code(items: list[Any]) -> dict[str, Any]:
    """The tables of a list by their codes."""
    return {item["code"]: item for item in items}
