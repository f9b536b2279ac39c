"""A member's benefits at any instant: what the card promises, what is left of it, until when (B1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from loyalty import benefits, calendar
from loyalty.benefits import Benefit, Entitlement, Use
from loyalty.decide import entitled
from loyalty.decide.course import Course
from loyalty.decide.programme import Editions
from loyalty.decide.whose import Subject
from loyalty.errors import Invalid
from loyalty.reads.entitled import (
    course_at,
    lost_bookings,
    promised_now,
    subjects_of,
    visit_of,
    with_all_terms,
)
from loyalty.reads.snapshot import load, load_as_of
from loyalty.reads.state import FURTHEST


@dataclass(frozen=True, slots=True)
class BenefitView:
    """One benefit of a member's card; None where there is no bound."""

    terms: Benefit
    policy: str | None  #: whose own right it is
    granted: int | None
    reserved: int
    used: int
    remaining: int | None
    from_at: datetime
    until_at: datetime | None
    last_day: date | None
    card_until: datetime | None
    person: str | None  #: of a benefit that is a person: who it is


def benefits_view(
    session: Session, editions: Editions, member_id: int, at: datetime, now: datetime
) -> list[BenefitView]:
    """What a member's card gives at an instant: past ones by what was booked then, future ones by the clock.

    Raises NotFound; Invalid for an instant too far ahead.
    """
    if at > now + FURTHEST:
        raise Invalid(fields={"at": f"lies more than {FURTHEST.days // 365} years ahead"})
    if at < now:
        snapshot = load_as_of(session, editions, member_id, at)
    else:
        snapshot = with_all_terms(session, load(session, editions, member_id, at)[0])
    course = course_at(editions, snapshot, at)
    known_at, known_by = min(at, now), at if at < now else None
    gone = lost_bookings(session, course, at, known_at)
    told = [one for one in benefits.uses(session, member_id) if one.booked_at <= known_at and one not in gone]
    persons = benefits.persons(session, member_id, known_at)
    return [
        _view(course, subject, had, persons)
        for terms in promised_now(course, at)
        for subject in subjects_of(session, course, terms, at, known_by)
        if (had := _had(course, terms.code, subject, told, at, known_at)) is not None
    ]


def _had(
    course: Course, code: str, subject: Subject, told: Sequence[Use], at: datetime, known_at: datetime
) -> Entitlement | None:
    """What a subject has of a benefit, of which `told` are uses as far as they were known."""
    mine = (one for one in told if (one.benefit, one.subject) == (code, subject.key))
    taken = [visit for one in mine if (visit := visit_of(one, known_at)) is not None]
    return entitled.entitled(course.editions, course, code, taken, at, subject.anchor)


def _view(course: Course, subject: Subject, had: Entitlement, persons: Mapping[str, str]) -> BenefitView:
    until = had.period.until_at
    return BenefitView(
        had.terms,
        subject.policy_no,
        had.granted,
        had.reserved,
        had.used,
        had.remaining,
        had.period.from_at,
        until,
        calendar.last_day_before(until, course.editions.zone) if until else None,
        course.term.until_at,
        persons.get(had.terms.code),
    )


def events_view(session: Session, now: datetime) -> list[dict[str, object]]:
    """The events to come, the next one first, with what is left of each."""
    names = ("event_id", "benefit", "name", "starts_at", "place", "capacity")
    return [
        {name: getattr(one, name) for name in names} | {"left": one.capacity - one.taken}
        for one in benefits.coming(session, now)
    ]


def news_view(
    session: Session, editions: Editions, member_id: int, limit: int, now: datetime
) -> list[dict[str, object]]:
    """The news that a member's card brings, the newest first. Raises NotFound."""
    snapshot = with_all_terms(session, load(session, editions, member_id, now)[0])
    given = promised_now(course_at(editions, snapshot, now), now)
    feeds = [one.code for one in given if one.kind == "feed"]
    names = ("item_id", "benefit", "title", "body", "published_at", "until_at")
    return [
        {name: getattr(one, name) for name in names} for one in benefits.items(session, feeds, now, limit)
    ]
