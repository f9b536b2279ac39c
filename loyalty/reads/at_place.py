"""What a place sees: what it may give to a member at this moment, and the visits of one of its days (B6)."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from loyalty import benefits, calendar, members
from loyalty.benefits import Benefit, Place, Use, Wanted
from loyalty.decide.course import Course
from loyalty.decide.programme import Editions
from loyalty.errors import PolicyForeign, Refusal
from loyalty.reads.entitled import course_at, lost_bookings, promised_now, verdict_of, with_all_terms
from loyalty.reads.snapshot import load

_GIVEN_ON_THE_SPOT = ("service", "discount")


@dataclass(frozen=True, slots=True)
class Offer:
    """One benefit that the place gives, as far as this member may have it now."""

    terms: Benefit
    remaining: int | None  #: None: no bound
    last_day: date | None  #: that the card gives it; None: it does not end
    reasons: tuple[Refusal, ...]  #: all that speaks against it


@dataclass(frozen=True, slots=True)
class PlaceVisit:
    """A visit that is booked at the place, or was made there."""

    key: tuple[int, int]  #: the member and the use
    at: datetime
    name: dict[str, str]  #: of the benefit
    state: str
    guests: int
    card: str | None  #: its last four digits; None for a member without a card


@dataclass(frozen=True, slots=True)
class Shown:
    """What a place is shown of a member who stands before it."""

    card: str | None
    offers: tuple[Offer, ...]
    booked: tuple[PlaceVisit, ...]  #: today, and still open


def shown_to(session: Session, editions: Editions, member_id: int, place: Place, now: datetime) -> Shown:
    """What a place may give to a member now, what it may do first. Raises NotFound."""
    snapshot = with_all_terms(session, load(session, editions, member_id, now)[0])
    course = course_at(editions, snapshot, now)
    gone = lost_bookings(session, course, now)
    told = benefits.uses(session, member_id)
    here = (one for one in _of_day(session, editions, place, course.day(now)) if one.member_id == member_id)
    booked = [one for one in here if one.state == "reserved" and one not in gone]
    kept = {one.benefit for one in booked}  # what is booked is given by its booking
    given = (terms for terms in _given_at(course, place, now) if terms.code not in kept)
    offers = [_offer(session, course, terms, place, told, gone, now) for terms in given]
    offers.sort(key=lambda one: bool(one.reasons))
    card = members.active_card(session, member_id)
    tails = {member_id: card.number} if card else {}
    return Shown(_tail(tails, member_id), tuple(offers), tuple(_visits(editions, booked, tails)))


def day_of(session: Session, editions: Editions, place: Place, day: date) -> list[PlaceVisit]:
    """The visits of a place on a day of the club, the earliest first, without those that wait."""
    told = [one for one in _of_day(session, editions, place, day) if one.state != "waiting"]
    return list(_visits(editions, told, members.active_cards(session, {one.member_id for one in told})))


def _of_day(session: Session, editions: Editions, place: Place, day: date) -> list[Use]:
    first, until = calendar.day_start(day, editions.zone), calendar.day_after(day, editions.zone)
    return list(benefits.uses_at(session, place.code, first, until))


def _given_at(course: Course, place: Place, now: datetime) -> Iterator[Benefit]:
    """What the card gives at this place, and what the club gives there to others."""
    mine = {one.code: one for one in promised_now(course, now)}
    others = {one.code: one for one in course.editions.at(now).programme.benefits}
    for terms in (others | mine).values():
        if terms.kind in _GIVEN_ON_THE_SPOT and terms.is_given_by(place.provider):
            yield terms


def _offer(
    session: Session,
    course: Course,
    terms: Benefit,
    place: Place,
    told: Sequence[Use],
    gone: Collection[Use],
    now: datetime,
) -> Offer:
    wanted = Wanted(benefit=terms.code, at=now, is_now=True, place=place)
    until = course.term.until_at
    last_day = calendar.last_day_before(until, course.editions.zone) if until else None
    try:
        _, verdict = verdict_of(session, course, wanted, told, gone, now)
    except PolicyForeign as refusal:
        return Offer(terms, None, last_day, (refusal,))
    had = verdict.entitlement
    return Offer(had.terms if had else terms, had.remaining if had else None, last_day, verdict.reasons)


def _visits(editions: Editions, told: list[Use], cards: dict[int, str]) -> Iterator[PlaceVisit]:
    for one in told:
        promised = editions.number(one.edition).programme.benefits
        name = next(terms.name for terms in promised if terms.code == one.benefit)
        key = one.member_id, one.use_id
        yield PlaceVisit(key, one.at, dict(name), one.state, one.guests, _tail(cards, one.member_id))


def _tail(cards: dict[int, str], member_id: int) -> str | None:
    return cards[member_id][-4:] if member_id in cards else None
