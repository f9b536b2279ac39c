"""A place asks whether a member may have a visit of a benefit; nothing is written (B6)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import benefits, ids
from loyalty.actions.once import Asking
from loyalty.actions.use_benefit import at_event
from loyalty.actions.who import Bearer, check_may_act, member_of
from loyalty.benefits import Wanted
from loyalty.decide.entitled import Verdict
from loyalty.decide.programme import Editions
from loyalty.errors import (
    CardBlocked,
    EventForeign,
    EventFull,
    EventOver,
    NotFound,
    PlaceForeign,
    PolicyForeign,
    Refusal,
)
from loyalty.reads.entitled import course_at, lost_bookings, verdict_of, with_all_terms
from loyalty.reads.snapshot import load


def check_benefit(
    session: Session, editions: Editions, bearer: Bearer, wanted: Wanted, place: str | None, *, asking: Asking
) -> Verdict:
    """What is left, and everything that speaks against it. A code is looked at and not used up.

    Raises CardUnknown, CodeUnknown, NotFound, BenefitUnknown.
    """
    now = asking.now
    try:
        visit = _visit(session, wanted, place, now)
    except (EventForeign, EventOver) as refusal:
        return Verdict(None, (refusal,))
    member_id = member_of(session, bearer, now)
    try:
        check_may_act(session, bearer, member_id, now, "visit")
        snapshot = with_all_terms(session, load(session, editions, member_id, now)[0])
    except CardBlocked as refusal:
        return Verdict(None, (refusal,))
    except NotFound:
        raise NotFound.at("member_id") from None
    gone = lost_bookings(session, course_at(editions, snapshot, now), now)
    course = course_at(editions, snapshot, max(visit.at, now))
    told = benefits.uses(session, member_id, visit.benefit)
    try:
        _, verdict = verdict_of(session, course, visit, told, gone, now)
    except (PlaceForeign, PolicyForeign) as refusal:
        return Verdict(None, (refusal,))
    return replace(verdict, reasons=(*verdict.reasons, *_full(session, visit)))


def _visit(session: Session, wanted: Wanted, place: str | None, now: datetime) -> Wanted:
    """The visit at its event, or at a place that is open."""
    if wanted.event_id is not None:
        return at_event(session, wanted, place, now)
    return replace(wanted, place=benefits.place(session, place) if place is not None else None)


def _full(session: Session, visit: Wanted) -> Iterator[Refusal]:
    if visit.event_id is not None:
        event = benefits.event(session, visit.event_id)
        if event.taken + 1 + visit.guests > event.capacity:
            yield EventFull(event=ids.to_text(event.event_id))
