"""A member has a visit of a benefit: booked, made, cancelled or missed, each once (B5)."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from loyalty import benefits, calendar, ids
from loyalty.actions.book import Taken, fresh_ids, take, write
from loyalty.actions.let_go import let_go
from loyalty.actions.once import Asking, Told, Wish, once
from loyalty.actions.who import Bearer, take_bearer
from loyalty.benefits import Right, State, Wanted
from loyalty.decide import entitled, standing
from loyalty.decide.outcome import Event
from loyalty.decide.programme import Editions
from loyalty.errors import EventForeign, EventFull, EventOver, Invalid, NotFound, UseClosed
from loyalty.reads.entitled import course_at, lost_bookings, verdict_of, with_all_terms
from loyalty.reads.uses import use_view

AHEAD = timedelta(minutes=10)  #: the clocks of places run ahead by so much at most
NEWS = {
    "waiting": "benefit.waiting",
    "reserved": "benefit.reserved",
    "used": "benefit.used",
    "cancelled": "benefit.cancelled",
    "no_show": "benefit.missed",
}


def use_benefit(
    session: Session,
    editions: Editions,
    bearer: Bearer,
    wanted: Wanted,
    place: str | None,
    *,
    reference: str,
    asking: Asking,
) -> tuple[dict[str, Any], bool]:
    """Book a visit, or have it at once; once for the client's reference.

    Raises NotFound for a place that is not open, and for an event that is not at the place told; CardUnknown,
    CardBlocked, BenefitUnknown, and whatever speaks against it (see `decide.entitled`); Invalid for an
    instant on the wrong side of now.
    """
    now = asking.now

    def do() -> Told:
        if wanted.event_id is None and wanted.reserve != (wanted.at > now + AHEAD):
            raise Invalid(fields={"at": "a visit to come is reserved, one that is made is not"})
        of_event = wanted.event_id is not None
        visit = (at_event if of_event else _at_place)(session, wanted, place, now)
        taken = take_bearer(session, editions, bearer, now, act="visit")
        taken = replace(taken, snapshot=with_all_terms(session, taken.snapshot))
        return _have(session, editions, taken, visit, reference, asking)

    content = {"bearer": bearer.content, "wanted": _content(wanted), "place": place}
    return once(session, Wish("benefit_use", asking, (reference,), content), do)


def _have(
    session: Session, editions: Editions, taken: Taken, visit: Wanted, reference: str, asking: Asking
) -> Told:
    now, member_id = asking.now, taken.snapshot.member_id
    course = standing.true_at(editions, taken.snapshot, now, fresh_ids(now))
    then = course_at(editions, course.outcome().after, visit.at) if visit.at > now else course
    gone = lost_bookings(session, course, now)
    told = benefits.uses(session, member_id, visit.benefit)
    subject, verdict = verdict_of(session, then, visit, told, gone, now)
    had, use_id = verdict.allowed(), ids.new_id(now)
    state = _seated(session, visit)
    row = {
        "use_id": use_id,
        "at": visit.at,
        "place": visit.place.code if visit.place else None,
        "event_id": visit.event_id,
        "relation": visit.relation,
        "guests": visit.guests,
        "amount_minor": visit.amount_minor,
        "discount_minor": entitled.discount(had.terms, visit.amount_minor),
        "cost_minor": had.terms.cost_minor,
        "attributes": dict(visit.attributes),
        "state": state,
        "counts": state != "waiting",
        "reference": reference,
        "client": asking.client,
        "closed_at": None if visit.reserve else now,
        "closed_by": None if visit.reserve else asking.client,
        "reason": None,
    }
    edition = entitled.edition_of(editions, then.terms, visit.at)
    course.events.extend(let_go(session, gone, now))
    course.events.append(_news(state, member_id, use_id, visit.benefit, visit.at))
    write(session, editions, taken, course.outcome(), now)
    right = Right(visit.benefit, subject.key, had.period, had.granted, edition)
    benefits.keep_use(session, member_id, row, right, now)
    left = None if had.remaining is None else had.remaining - (state != "waiting")
    return Told(use_view(editions, benefits.use(session, member_id, use_id)) | {"remaining": left}, member_id)


def _seated(session: Session, visit: Wanted) -> State:
    """What becomes of a visit that may be had; at an event it takes its places. Raises EventOver, EventFull.

    The event is locked: it is not called off, and no place becomes free, before who waits is written down.
    """
    if visit.event_id is None:
        return "reserved" if visit.reserve else "used"
    event = benefits.event(session, visit.event_id, locked=True)
    if event.cancelled_at is not None:
        raise EventOver(event=ids.to_text(event.event_id))
    if benefits.seat(session, event.event_id, 1 + visit.guests):
        return "reserved"
    if not visit.waits:
        raise EventFull(event=ids.to_text(event.event_id))
    return "waiting"


def _at_place(session: Session, wanted: Wanted, place: str | None, now: datetime) -> Wanted:
    """The visit, at a place that is open; one that is made now is not made later."""
    there = benefits.place(session, place) if place is not None else None
    return replace(wanted, at=wanted.at if wanted.reserve else min(wanted.at, now), place=there)


def at_event(session: Session, wanted: Wanted, place: str | None, now: datetime) -> Wanted:
    """The visit, when and where its event is, at the place that was told or at any.

    Raises NotFound, EventForeign, EventOver.
    """
    event = benefits.event(session, wanted.event_id or 0)
    if place not in (None, event.place):
        raise NotFound.at("event")
    if event.benefit != wanted.benefit:
        raise EventForeign(benefit=wanted.benefit)
    if event.cancelled_at is not None or event.starts_at <= now:
        raise EventOver(event=ids.to_text(event.event_id))
    there = benefits.place(session, event.place) if event.place else None
    return replace(wanted, at=event.starts_at, place=there, reserve=True)


def close_use(
    session: Session,
    editions: Editions,
    member_id: int,
    use_id: int,
    state: State,
    *,
    place: str | None = None,
    reason: str | None = None,
    asking: Asking,
) -> tuple[dict[str, Any], bool]:
    """A booking is used, cancelled or missed, once; it is the key itself, whatever header comes along.

    `place` is the only one whose bookings the caller knows; None: those of all places. `reason` is why it is
    cancelled, where somebody else than the member says so.

    Raises NotFound, for a place that is not open, too; UseClosed, VisitAhead, CancelTooLate.
    """
    now = asking.now
    if place is not None:
        benefits.place(session, place)
        if benefits.use(session, member_id, use_id).place != place:
            raise NotFound

    def do() -> Told:
        taken = take(session, editions, member_id, now)
        was = benefits.use(session, member_id, use_id)
        terms = entitled.terms_of(editions, was.edition, was.benefit)
        taken = replace(taken, snapshot=with_all_terms(session, taken.snapshot))
        course = standing.true_at(editions, taken.snapshot, now, fresh_ids(now))
        if was in lost_bookings(session, course, now):
            raise UseClosed(state="cancelled")
        counts = entitled.closed(editions, terms, was.state, state, was.at, now)
        course.events.append(_news(state, member_id, use_id, was.benefit, was.at, reason))
        write(session, editions, taken, course.outcome(), now)
        if was.event_id is not None and (was.state, state) == ("reserved", "cancelled"):
            benefits.unseat(session, was.event_id, 1 + was.guests)
        benefits.close(session, was, state, counts, asking.client, now, reason)
        closed = use_view(editions, benefits.use(session, member_id, use_id))
        return Told(closed | {"remaining": None}, member_id)

    name = ids.pair_to_text(member_id, use_id)
    return once(session, Wish(f"benefit_{state}", asking, (name,), {"use": name}, club_wide=True), do)


def _content(wanted: Wanted) -> dict[str, Any]:
    names = (
        "benefit",
        "guests",
        "event_id",
        "waits",
        "policy_no",
        "relation",
        "amount_minor",
        "attributes",
        "reserve",
    )
    return {name: getattr(wanted, name) for name in names} | {"at": None if wanted.is_now else wanted.at}


def _news(
    state: State, member_id: int, use_id: int, benefit: str, at: datetime, reason: str | None = None
) -> Event:
    body = {"use": ids.pair_to_text(member_id, use_id), "benefit": benefit, "at": calendar.instant_text(at)}
    return Event(NEWS[state], body | ({"reason": reason} if reason else {}))
