"""What all pages of the draft share: the draft itself, its sections, and how a change of it is saved."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from flask import flash, redirect, request
from flask_babel import gettext
from sqlalchemy.orm import Session

from loyalty import staff
from loyalty.actions.draft import Saved, save_between, save_draft
from loyalty.document import Fault
from loyalty.errors import DraftChanged, DraftTooLarge, NotFound
from loyalty.pages.forms.fault_words import in_words
from loyalty.pages.forms.sections import Section, sections
from loyalty.pages.forms.wording import Wording
from loyalty.pages.staff.blueprint import carry, here, look_up, show
from loyalty.pages.words import said
from loyalty.programme import Change
from loyalty.reads.draft import DraftView, document_at, draft_view

Document = dict[str, Any]

PAGE = 50  #: rows of a list that are shown at once


@dataclass(frozen=True, slots=True)
class SectionState:
    """A section of the draft as its list shows it."""

    section: Section
    tables: int | None  #: None: it is one table
    is_there: bool
    changes: int
    faults: int


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; pages are counted from 1."""

    items: Sequence[Any]
    number: int
    last: int


def page_of(items: Sequence[Any]) -> Page:
    """The page of a list that the address names, the first without one."""
    told, last = request.args.get("page", ""), max(-(-len(items) // PAGE), 1)
    number = min(max(int(told), 1), last) if told.isascii() and told.isdecimal() and len(told) < 10 else 1
    return Page(items[(number - 1) * PAGE : number * PAGE], number, last)


def the_draft(revision: int | None = None) -> tuple[DraftView, Mapping[str, str]]:
    """The open draft, and what its people are called. Raises NoDraft."""

    def question(rows: Session, _now: datetime) -> tuple[DraftView, Mapping[str, str]]:
        found = draft_view(rows, revision)
        return found, staff.names_of(rows, {found.began_by, found.saved_by})

    return look_up(question)


def show_draft(template: str, draft: DraftView, names: Mapping[str, str], **more: Any) -> str:
    """A page of the draft, with its sections beside it."""
    states = states_of(draft)
    return show(f"programme/{template}", draft=draft, names=names, states=states, in_words=in_words, **more)


def states_of(draft: DraftView) -> list[SectionState]:
    """Every section: how many tables, changes and faults it has."""
    document = draft.document

    def state(section: Section) -> SectionState:
        tables = None if section.holds == "table" else len(section.keys(document))
        changes = sum(section_of(one.path) == section.name for one in draft.changes)
        faults = sum(section_of(path) == section.name for path, _ in draft.faults)
        return SectionState(section, tables, section.name in document, changes, faults)

    return [state(section) for section in sections().values()]


def section_of(path: str) -> str:
    """The section that a path of a fault or a change is in."""
    return path.partition(".")[0].partition("[")[0]


def worded(changes: Sequence[Change], *documents: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Changes in plain words; names are looked for in the documents."""
    wording = Wording(*documents)
    told = []
    for one in changes:
        words = wording.words(one.path)
        told.append(
            {
                "section": words.section,
                "trail": words.trail,
                "before": words.value(one.before),
                "after": words.value(one.after),
                "is_added": one.before is None,
                "is_removed": one.after is None,
            }
        )
    return told


def told_faults(faults: Sequence[Fault], document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Faults of a document: where in words, and what is wrong."""
    wording = Wording(document)
    told = []
    for path, message in faults:
        words = wording.words(path)
        told.append((" · ".join((words.section, *words.trail)), in_words(message)))
    return told


def number_told(name: str) -> int:
    """A number that a form of ours carries. Raises NotFound for what is none."""
    return as_number(request.form.get(name, ""))


def as_number(told: str) -> int:
    """A number that an address or a form of ours carries. Raises NotFound for what is none."""
    if not (told.isascii() and told.isdecimal() and len(told) < 10):
        raise NotFound(path=request.path)
    return int(told)


def save_change(change: Callable[[Document], Mapping[str, Any]], back: Callable[[Document], str]) -> Any:
    """Save what a form makes of the revision it was opened on, and go where `back` says of the new one.

    What others saved meanwhile stays; where they changed the same places, both versions are shown.
    """
    me, seen = here(), number_told("seen")
    shown = number_told("shown") if "shown" in request.form else None
    stands: Literal["mine", "theirs"] = "mine" if request.form.get("stands") == "mine" else "theirs"

    def wish(rows: Session, now: datetime) -> tuple[Saved, Document]:
        made = change(document_at(rows, seen))
        if shown is None:
            kept = save_draft(rows, made, seen, me.actor, now)
        else:
            kept = save_between(rows, made, seen, shown, stands, me.actor, now)
        return kept, document_at(rows, kept.revision)

    try:
        kept, document = carry(wish)
    except DraftChanged as refusal:
        return _both_versions(refusal), 409
    except DraftTooLarge as refusal:
        flash(said(refusal), "refused")
        return redirect(request.path, 303)
    if kept.is_merged:
        flash(gettext("Saved. What others saved meanwhile is in it too."))
    else:
        flash(gettext("Saved."))
    return redirect(back(document), 303)


def _both_versions(refusal: DraftChanged) -> str:
    draft, names = the_draft()
    wording = Wording(draft.document)
    conflicts = []
    for one in refusal.facts["conflicts"]:  # type: ignore[attr-defined]
        words = wording.words(one.path)
        values = [words.value(value) for value in (one.before, one.mine, one.theirs)]
        conflicts.append((" · ".join((words.section, *words.trail)), *values))
    kept = [(name, value) for name, value in request.form.items(multi=True) if name not in _OWN]
    return show_draft("both", draft, names, conflicts=conflicts, kept=kept)


_OWN = ("csrf_token", "shown", "stands")  #: what each form says for itself
