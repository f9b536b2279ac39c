"""Whoever waits longest, and still may, gets a place of an event that became free (B8)."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import benefits, calendar, ids, members
from loyalty.actions.book import fresh_ids, take, write
from loyalty.actions.let_go import let_go
from loyalty.benefits import Right, Use, Wanted
from loyalty.decide import entitled, standing
from loyalty.decide.outcome import Event
from loyalty.decide.programme import Editions
from loyalty.decide.whose import policy_of
from loyalty.errors import AccountStopped, BenefitUnknown, NotFound, PlaceForeign, PolicyForeign
from loyalty.reads.entitled import course_at, lost_bookings, verdict_of, with_all_terms


def move_up(session: Session, editions: Editions, event_id: int, now: datetime) -> bool:
    """Give one who waits a place, in the order in which they came; whether anybody moved up.

    Who may not come any more waits on, and so does a party that does not fit.
    """
    event = benefits.event(session, event_id)
    if event.cancelled_at is not None or event.starts_at <= now:
        return False
    return any(_moves(session, editions, one, now) for one in benefits.waiting(session, event_id))


def _moves(session: Session, editions: Editions, waits: Use, now: datetime) -> bool:
    try:
        taken = take(session, editions, waits.member_id, now)
    except (AccountStopped, NotFound):
        return False
    if not members.may(members.by_id(session, waits.member_id).state, "visit"):
        return False
    use = benefits.use(session, waits.member_id, waits.use_id)
    if use.state != "waiting" or use.event_id is None:
        return False
    taken = replace(taken, snapshot=with_all_terms(session, taken.snapshot))
    course = standing.true_at(editions, taken.snapshot, now, fresh_ids(now))
    then = course_at(editions, course.outcome().after, use.at)
    gone, told = lost_bookings(session, course, now), benefits.uses(session, use.member_id, use.benefit)
    try:
        subject, verdict = verdict_of(session, then, _again(session, use), told, gone, now, use)
    except (BenefitUnknown, NotFound, PlaceForeign, PolicyForeign):
        return False
    if verdict.reasons or verdict.entitlement is None:
        return False
    if not benefits.seat(session, use.event_id, 1 + use.guests):
        return False
    name = ids.pair_to_text(use.member_id, use.use_id)
    body = {"use": name, "benefit": use.benefit, "at": calendar.instant_text(use.at)}
    course.events.extend(let_go(session, gone, now))
    course.events.append(Event("benefit.reserved", body))
    write(session, editions, taken, course.outcome(), now)
    had, edition = verdict.entitlement, entitled.edition_of(editions, then.terms, use.at)
    right = Right(use.benefit, subject.key, had.period, had.granted, edition)
    benefits.reserve_waiting(session, use, right, had.terms.cost_minor, now)
    return True


def _again(session: Session, use: Use) -> Wanted:
    """What was asked for when the wait began. Raises NotFound where the place was closed since."""
    return Wanted(
        benefit=use.benefit,
        at=use.at,
        place=benefits.place(session, use.place) if use.place else None,
        event_id=use.event_id,
        guests=use.guests,
        policy_no=policy_of(use.subject),
        relation=use.relation,
        amount_minor=use.amount_minor,
        attributes=use.attributes,
        reserve=True,
    )
