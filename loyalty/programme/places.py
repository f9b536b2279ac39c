"""The places of a document that are edited one by one: a section, or one table of it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Place:
    """A section, as `club`; or a table of it: the unit `reward` by its key, the third benefit by number."""

    section: str
    key: str | int | None = None


def value_at(document: Mapping[str, Any], place: Place) -> Any:
    """What stands at a place; None where nothing does."""
    section, key = document.get(place.section), place.key
    if key is None:
        return section
    if isinstance(section, list) and isinstance(key, int):
        return section[key] if 0 <= key < len(section) else None
    return section.get(key) if isinstance(section, Mapping) else None


def with_value(document: Mapping[str, Any], place: Place, value: Any) -> dict[str, Any]:
    """The document with another value at a place; None takes it out, a number past the end adds to a list."""
    section, key = document.get(place.section), place.key
    if key is None:
        return _with(document, place.section, value)
    if isinstance(key, int):
        items = list(section) if isinstance(section, list) else []
        items[key : key + 1] = [] if value is None else [value]
        return _with(document, place.section, items or None)
    tables = _with(section if isinstance(section, Mapping) else {}, key, value)
    return _with(document, place.section, tables or None)


def moved(document: Mapping[str, Any], section: str, number: int, to: int) -> dict[str, Any]:
    """The document with one table of a list elsewhere in its order; both are counted from 0."""
    items = list(document[section])
    items.insert(to, items.pop(number))
    return _with(document, section, items)


def _with(table: Mapping[str, Any], key: str, value: Any) -> dict[str, Any]:
    if value is None:
        return {name: one for name, one in table.items() if name != key}
    return {**table, key: value}
