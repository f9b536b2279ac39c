"""The draft on its way to an edition: what is still in the way, from when it holds, and who has to agree."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from loyalty import staff
from loyalty.actions.ask_approval import ask_publication
from loyalty.actions.publish import broken_promises
from loyalty.decide.programme import Editions
from loyalty.document import Fault
from loyalty.errors import EditionTooSoon, ProgrammeFaulty, VersionStale
from loyalty.pages.staff import what_if_words
from loyalty.pages.staff.allowing import allowed
from loyalty.pages.staff.blueprint import ask, carry, here, look_up
from loyalty.pages.staff.draft_examples import ran_examples
from loyalty.pages.staff.drafting import number_told, show_draft, the_draft, told_faults
from loyalty.pages.words import moment_text
from loyalty.programme import sha256_of
from loyalty.reads.approvals import approvals_view
from loyalty.reads.draft import DraftView, document_at
from loyalty.reads.what_if_runs import last_run_about

MOST_WAITING = 5


@dataclass(frozen=True, slots=True)
class Waiting:
    """A publication that waits for a second person."""

    by: str
    asked_at: datetime
    void_at: datetime
    in_force_from: datetime | None  #: None: as soon as it is approved
    is_this: bool  #: it is word for word the draft as it stands


@allowed("programme:see")
def publishing_page() -> Any:
    """What is in the way, and the form where nothing is."""
    return _page()


@allowed("programme:edit", fresh=True)
def publish() -> Any:
    """Ask for the draft to be published; a second person decides."""
    me, seen = here(), number_told("seen")
    zone = ask(lambda _rows, editions, _now: editions.zone)
    try:
        in_force_from = _instant(zone) if request.form.get("when") == "later" else None
    except ValueError:
        return _page({"day": gettext("Choose a day and a time.")}), 422
    draft, _ = the_draft()
    if draft.revision != seen:
        return _page({"": gettext("Somebody saved meanwhile: look at the changes, then ask again.")}), 409
    if not draft.changes:
        return _page({"": gettext("The draft says the same as the edition.")}), 422

    def wish(rows: Session, now: datetime) -> None:
        ask_publication(
            rows,
            document_at(rows, seen),
            base=draft.base,
            in_force_from=in_force_from,
            by=me.actor,
            now=now,
        )

    try:
        carry(wish)
    except (EditionTooSoon, VersionStale, ProgrammeFaulty) as refusal:
        return _page(_faults(refusal, zone)), 422
    flash(gettext("It waits for a second person now, who sees exactly this draft."))
    return redirect(url_for("staff.draft_publishing"), 303)


def _page(faults: Mapping[str, str] | None = None) -> str:
    draft, names = the_draft()
    waiting, broken = ask(lambda rows, editions, now: _look(rows, editions, draft, now))
    tried = look_up(lambda rows, _: last_run_about(rows, sha256_of(draft.document)))
    failing = sum(bool(one.fails) for one in ran_examples(draft))
    return show_draft(
        "publishing",
        draft,
        names,
        failing=failing,
        waiting=waiting,
        tried=tried,
        run_words=what_if_words,
        broken=told_faults(broken, draft.document),
        faults=faults or {},
        told=request.form,
    )


def _look(
    rows: Session, editions: Editions, draft: DraftView, now: datetime
) -> tuple[list[Waiting], list[Fault]]:
    asked = approvals_view(rows, None, "waiting", "publication", None, MOST_WAITING, now)
    people = staff.names_of(rows, {one["maker"] for one in asked})
    mine = sha256_of(draft.document)
    waiting = [
        Waiting(
            by=people[one["maker"]],
            asked_at=one["asked_at"],
            void_at=one["void_at"],
            in_force_from=_told_instant(one["content"]["in_force_from"]),
            is_this=one["content"]["sha256"] == mine,
        )
        for one in asked
        if one["state"] == "waiting"
    ]
    latest = editions.items[-1].programme
    return waiting, broken_promises(latest, draft.compiled) if draft.compiled else []


def _told_instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _instant(zone: ZoneInfo) -> datetime:
    """The instant that was chosen on the club's clock. Raises ValueError."""
    day, clock = (
        date.fromisoformat(request.form.get("day", "")),
        time.fromisoformat(request.form.get("time", "")),
    )
    return datetime.combine(day, clock, zone).astimezone(UTC)


def _faults(refusal: EditionTooSoon | VersionStale | ProgrammeFaulty, zone: ZoneInfo) -> dict[str, str]:
    if isinstance(refusal, EditionTooSoon):
        earliest: datetime = refusal.facts["earliest"]  # type: ignore[assignment]
        return {
            "day": gettext("At the earliest %(instant)s.", instant=moment_text(earliest.astimezone(zone)))
        }
    if isinstance(refusal, VersionStale):
        return {
            "": gettext(
                "Another edition was published since this draft began. Bring it in before you publish."
            )
        }
    return {"": gettext("It cannot be published yet: see what is still to do.")}


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/programme/publish", "GET", "draft_publishing", publishing_page),
    ("/programme/publish", "POST", "publish_draft", publish),
)
