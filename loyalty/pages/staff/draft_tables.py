"""The tables of a section of the draft: added, copied, moved, removed."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, redirect, request, url_for

from loyalty.document.values import CODE_FORM, is_code
from loyalty.errors import NotFound
from loyalty.pages.forms.fault_words import in_words
from loyalty.pages.forms.groups import table_of
from loyalty.pages.forms.sections import BLANK, Section, sections
from loyalty.pages.staff.allowing import allowed
from loyalty.pages.staff.drafting import PAGE, Document, save_change
from loyalty.programme import Place, moved, value_at, with_value


@allowed("programme:edit")
def add(section: str) -> Any:
    """Add a table at the end, to be filled in; one that is found by its code is told it here."""
    found = _section(section)
    code = request.form.get("code", "").strip()
    if found.holds == "named" and not is_code(code):
        flash(in_words(CODE_FORM), "refused")
        return redirect(url_for("staff.draft_section", section=section), 303)

    def key_in(document: Mapping[str, Any]) -> str | int:
        return code if found.holds == "named" else len(found.keys(document))

    def change(document: Document) -> Mapping[str, Any]:
        place = Place(section, key_in(document))
        return (
            document if value_at(document, place) is not None else with_value(document, place, BLANK[section])
        )

    def back(document: Document) -> str:
        key = code if found.holds == "named" else len(found.keys(document)) - 1
        return url_for("staff.draft_place", section=section, key=key)

    return save_change(change, back)


@allowed("programme:edit")
def duplicate(section: str, key: str) -> Any:
    """Put a copy behind a table, under a code of its own."""
    found, place = _there(section, key)

    def change(document: Document) -> Mapping[str, Any]:
        value = _value(document, place)
        if isinstance(place.key, str):
            return with_value(document, Place(section, _free(place.key, found.keys(document))), value)
        codes = [table_of(one).get("code", "") for one in document[section]]
        copy = value | ({"code": _free(str(value["code"]), codes)} if "code" in value else {})
        end = len(codes)
        longer = with_value(document, Place(section, end), copy)
        return moved(longer, section, end, (place.key or 0) + 1)

    return save_change(change, lambda _: _list_of(place))


@allowed("programme:edit")
def move(section: str, key: str) -> Any:
    """Move a table one up or down in its list."""
    found, place = _there(section, key)
    by = -1 if request.form.get("to") == "up" else 1

    def change(document: Document) -> Mapping[str, Any]:
        _value(document, place)
        if not isinstance(place.key, int):
            raise NotFound(path=request.path)
        to = min(max(place.key + by, 0), len(found.keys(document)) - 1)
        return moved(document, section, place.key, to)

    return save_change(change, lambda _: _list_of(place))


@allowed("programme:edit")
def remove(section: str, key: str) -> Any:
    """Take a table out."""
    _, place = _there(section, key)

    def change(document: Document) -> Mapping[str, Any]:
        _value(document, place)
        return with_value(document, place, None)

    return save_change(change, lambda _: _list_of(place))


def _list_of(place: Place) -> str:
    """The page of the list that shows a table."""
    page = place.key // PAGE + 1 if isinstance(place.key, int) and place.key >= PAGE else None
    return url_for("staff.draft_section", section=place.section, page=page)


def _section(name: str) -> Section:
    found = sections().get(name)
    if found is None or found.holds == "table":
        raise NotFound(path=request.path)
    return found


def _there(section: str, key: str) -> tuple[Section, Place]:
    found = _section(section)
    place = found.place(key)
    if place is None:
        raise NotFound(path=request.path)
    return found, place


def _value(document: Mapping[str, Any], place: Place) -> dict[str, Any]:
    value = value_at(document, place)
    if value is None:
        raise NotFound(path=request.path)
    return table_of(value)


def _free(code: str, taken: Any) -> str:
    """A code that is not taken: the same with the next number."""
    number = 2
    while f"{code}-{number}" in taken:
        number += 1
    return f"{code}-{number}"


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/programme/add/<section>", "POST", "add_table", add),
    ("/programme/draft/<section>/<key>/duplicate", "POST", "duplicate_table", duplicate),
    ("/programme/draft/<section>/<key>/move", "POST", "move_table", move),
    ("/programme/draft/<section>/<key>/remove", "POST", "remove_table", remove),
)
