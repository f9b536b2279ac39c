"""A member's benefits at any instant: what the card promises, what is left of it, until when (B1)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from loyalty import benefits, calendar
from loyalty.benefits import Benefit, Use
from loyalty.decide import entitled
from loyalty.decide.course import Course
from loyalty.decide.programme import Editions
from loyalty.errors import Invalid
from loyalty.reads.entitled import course_at, lost_bookings, promised_now, visit_of, with_all_terms
from loyalty.reads.snapshot import load, load_as_of
from loyalty.reads.state import FURTHEST


@dataclass(frozen=True, slots=True)
class BenefitView:
    """One benefit of a member's card; None where there is no bound."""

    terms: Benefit
    subject: str  #: "" is the member's own; else a card's or a policy's
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
    known_at = min(at, now)
    gone = lost_bookings(session, course, known_at)
    told = [one for one in benefits.uses(session, member_id) if one.booked_at <= known_at and one not in gone]
    return list(_given(course, told, benefits.persons(session, member_id, known_at), at, known_at))


def _given(
    course: Course, told: Sequence[Use], persons: Mapping[str, str], at: datetime, known_at: datetime
) -> Iterator[BenefitView]:
    editions, term = course.editions, course.term
    edition = editions.number(entitled.edition_of(editions, course.terms, at))
    joined_on = course.day(course.start.enrolled_at)
    for terms in edition.programme.benefits:
        if term.tier not in terms.tiers:
            continue
        mine = (visit_of(one, known_at) for one in told if one.benefit == terms.code)
        taken = [one for one in mine if one is not None]
        had = entitled.entitled(editions, course, terms.code, taken, at, joined_on)
        if had is not None:
            until = had.period.until_at
            yield BenefitView(
                had.terms,
                "",
                had.granted,
                had.reserved,
                had.used,
                had.remaining,
                had.period.from_at,
                until,
                calendar.last_day_before(until, editions.zone) if until else None,
                term.until_at,
                persons.get(terms.code),
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
