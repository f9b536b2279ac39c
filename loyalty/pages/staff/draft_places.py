"""The draft place by place: the tables of a section, and one of them as a form or as text."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from flask import request, url_for
from flask_babel import gettext

from loyalty.conditions import ON, Condition, ConditionFaulty, attributes_of
from loyalty.decide.proving import run_example
from loyalty.errors import NotFound
from loyalty.pages.forms.controls import Control, give_ids, place_faults
from loyalty.pages.forms.fault_words import in_words
from loyalty.pages.forms.groups import controls, filled, known_keys, table_of
from loyalty.pages.forms.sections import Section, path_of, sections, title_of
from loyalty.pages.forms.wording import Wording
from loyalty.pages.staff.allowing import allowed
from loyalty.pages.staff.blueprint import show
from loyalty.pages.staff.drafting import (
    Document,
    page_of,
    save_change,
    section_of,
    show_draft,
    the_draft,
    worded,
)
from loyalty.programme import Place, from_toml, to_toml, value_at, with_value
from loyalty.reads.draft import DraftView


@allowed("programme:see")
def section_page(section: str) -> Any:
    """The tables of a section; the form itself where it is one table."""
    found = _section(section)
    if found.holds == "table":
        return _place_page(found, Place(section))
    draft, names = the_draft()
    wording = Wording(draft.document)
    rows = []
    shown = page_of(found.keys(draft.document))
    for key in shown.items:
        place = Place(section, key)
        path, value = path_of(place), value_at(draft.document, place)
        rows.append(
            {
                "key": key,
                "title": title_of(draft.document, place) or gettext("without a name"),
                "cells": [_cell(wording, path, value, column) for column in found.columns],
                "faults": sum(_is_at(one, path) for one, _ in draft.faults),
                "changes": sum(_is_at(one.path, _changed_path(place, value)) for one in draft.changes),
            }
        )
    columns = [wording.words(f"{section}[0].{column}").trail[-1] for column in found.columns]
    general = [in_words(message) for path, message in draft.faults if path == section]
    return show_draft(
        "section", draft, names, section=found, rows=rows, columns=columns, general=general, shown=shown
    )


@allowed("programme:see")
def place_page(section: str, key: str) -> Any:
    """One table of a section."""
    found = _section(section)
    return _place_page(found, _place(found, key))


@allowed("programme:edit")
def save_section(section: str) -> Any:
    """Save a section that is one table."""
    found = _section(section)
    if found.holds != "table":
        raise NotFound(path=request.path)
    return _save(found, Place(section))


@allowed("programme:edit")
def save_place(section: str, key: str) -> Any:
    """Save one table of a section."""
    found = _section(section)
    return _save(found, _place(found, key))


@allowed("programme:edit")
def check_condition(on: str) -> Any:
    """Say whether a condition can be read, while it is typed; of a rule the form says what it is about."""
    if on != "rule" and on not in ON:
        raise NotFound(path=request.path)
    about = request.form.get("on", "") if on == "rule" else on
    text, fault = request.form.get("when", "").strip(), ""
    if about not in ON:
        fault = gettext("Choose first what the rule is for.")
        return show("programme/condition", names=[], fault=fault, text=text)
    names = sorted(attributes_of(about))
    if text:
        try:
            Condition.compile(text, about)
        except ConditionFaulty as faulty:
            fault = in_words(str(faulty), names)
    return show("programme/condition", names=names, fault=fault, text=text)


def _place_page(section: Section, place: Place, typed: str | None = None, fault: str = "") -> Any:
    draft, names = the_draft()
    value = value_at(draft.document, place)
    if value is None and section.holds != "table":
        raise NotFound(path=request.path)
    as_text = section.fields is None or request.args.get("as") == "text" or typed is not None
    shown: list[Control] = [] if as_text or section.fields is None else _controls(section, draft, value)
    path = path_of(place)
    faults = [
        (one[len(path) :].lstrip("."), in_words(message))
        for one, message in draft.faults
        if _is_at(one, path)
    ]
    homeless = place_faults(shown, faults)
    give_ids(shown)
    changed = _changed_path(place, value)
    return show_draft(
        "place",
        draft,
        names,
        section=section,
        place=place,
        title=title_of(draft.document, place) or section.label,
        controls=shown,
        faults=[
            (one.id, one.label, words) for control in shown for one in control.all() for words in one.faults
        ],
        homeless=homeless,
        further=_further(section, draft, value),
        text=typed if typed is not None else to_toml(table_of(value)) if as_text else None,
        text_fault=fault,
        changes=worded([one for one in draft.changes if _is_at(one.path, changed)], draft.document),
        elsewhere=_elsewhere(draft, path),
        condition_names=_condition_names(section, value),
        example=_example(draft, place),
    )


def _elsewhere(draft: DraftView, path: str) -> list[tuple[str, int]]:
    """How many faults other places have, by section."""
    counted = Counter(section_of(one) for one, _ in draft.faults if not _is_at(one, path))
    return [(name, counted[name]) for name in sections() if counted[name]]


def _condition_names(section: Section, value: Any) -> list[str]:
    """What a condition of the place can be about."""
    about = table_of(value).get("on") if section.name == "rule" else _ABOUT.get(section.name)
    return sorted(attributes_of(about)) if about in ON else []


def _controls(section: Section, draft: DraftView, value: Any) -> list[Control]:
    fields = section.fields(dict(draft.document)) if section.fields else ()
    return controls(fields, "", table_of(value))


def _further(section: Section, draft: DraftView, value: Any) -> str:
    """What a table says that no field stands for, as text."""
    if section.fields is None or section.name == "factors":
        return ""
    known = known_keys(section.fields(dict(draft.document)))
    rest = {key: one for key, one in table_of(value).items() if key not in known}
    return to_toml(rest) if rest else ""


def _example(draft: DraftView, place: Place) -> list[str] | None:
    """Where the programme does not keep the example that is edited; None where it cannot be run."""
    if place.section != "example" or draft.compiled is None or not isinstance(place.key, int):
        return None
    return [in_words(fault) for fault in run_example(draft.compiled, draft.compiled.examples[place.key])]


def _save(section: Section, place: Place) -> Any:
    if request.form.get("as") == "text":
        return _save_text(section, place)

    def change(document: Document) -> Mapping[str, Any]:
        fields = section.fields(document) if section.fields else ()
        before = table_of(value_at(document, place))
        made = filled(fields, "", request.form, before)
        return with_value(document, place, made if made or section.holds != "table" else None)

    return save_change(change, lambda document: address_of(section, place, document))


def _save_text(section: Section, place: Place) -> Any:
    typed = request.form.get("text", "").replace("\r\n", "\n")
    try:
        value = from_toml(typed)
    except ValueError as fault:
        return _place_page(section, place, typed, in_words(str(fault))), 422
    made = value or (None if section.holds == "table" else {})
    return save_change(
        lambda document: with_value(document, place, made),
        lambda document: address_of(section, place, document, made),
    )


def address_of(section: Section, place: Place, document: Document, value: Any = None) -> str:
    """Where a table is edited, in the revision that was saved: others may have moved it."""
    as_text: dict[str, Any] = {"as": "text"} if request.form.get("as") == "text" and section.fields else {}
    if place.key is None:
        return url_for("staff.draft_section", section=section.name, **as_text)
    key = place.key
    if section.holds == "list":
        code = request.form.get("code", "") if value is None else str(value.get("code", ""))
        codes = [table_of(one).get("code") for one in document.get(section.name, ())]
        key = codes.index(code) if code and code in codes else key
    if value_at(document, Place(section.name, key)) is None:
        return url_for("staff.draft_section", section=section.name)
    return url_for("staff.draft_place", section=section.name, key=key, **as_text)


def _section(name: str) -> Section:
    found = sections().get(name)
    if found is None:
        raise NotFound(path=request.path)
    return found


def _place(section: Section, key: str) -> Place:
    found = section.place(key) if section.holds != "table" else None
    if found is None:
        raise NotFound(path=request.path)
    return found


def _is_at(path: str, place: str) -> bool:
    return path == place or path.startswith((f"{place}.", f"{place}["))


def _changed_path(place: Place, value: Any) -> str:
    """How changes name a place: tables of a list by their codes."""
    code = table_of(value).get("code")
    if isinstance(place.key, int) and isinstance(code, str):
        return f"{place.section}[{code}]"
    return path_of(place)


def _cell(wording: Wording, path: str, value: Any, column: str) -> str:
    inner = value
    for key in column.split("."):
        inner = table_of(inner).get(key)
    return wording.words(f"{path}.{column}").value(inner)


_ABOUT = {"benefit": "visit", "reward": "reward"}  #: what conditions of a section are about

VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/programme/draft/<section>", "GET", "draft_section", section_page),
    ("/programme/draft/<section>", "POST", "save_section", save_section),
    ("/programme/draft/<section>/<key>", "GET", "draft_place", place_page),
    ("/programme/draft/<section>/<key>", "POST", "save_place", save_place),
    ("/programme/condition/<on>", "POST", "check_condition", check_condition),
)
