"""What a member's cards give them of a benefit, and whether they may have a visit of it. Pure (B1–B7)."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise

from loyalty import calendar
from loyalty.benefits.facts import Wanted
from loyalty.benefits.quota import Entitlement, Stretch, Visit, entitlement
from loyalty.benefits.terms import VISITED, Benefit
from loyalty.decide.course import Course
from loyalty.decide.giving import member_attributes
from loyalty.decide.programme import Editions
from loyalty.decide.resuming import RESUMES
from loyalty.errors import (
    BenefitNotGiven,
    BookingNeeded,
    BookingTooLate,
    ConditionNotMet,
    ConsentMissing,
    EventForeign,
    NotBookable,
    NotVisited,
    PartyTooLarge,
    PlaceForeign,
    QuotaUsed,
    Refusal,
    RelationForeign,
)
from loyalty.tiers.evaluation import Term


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a visit may be had, what is left of the benefit then, and all that speaks against it."""

    entitlement: Entitlement | None
    reasons: tuple[Refusal, ...]


def stretches(editions: Editions, terms: Sequence[Term], code: str) -> list[Stretch]:
    """What each of a member's terms, oldest first, promises of a benefit (B2).

    A term that was taken up again promises what it did when it began, and is one with it.
    """
    found = []
    for place, term in enumerate(terms):
        following = terms[place + 1].from_at if place + 1 < len(terms) else None
        ends = [end for end in (term.until_at, following) if end is not None]
        first = _origin(terms, term)
        promised = _promised(editions, first, term.tier, code)
        found.append(Stretch(term.from_at, min(ends, default=None), promised, first.from_at))
    return [stretch for stretch in found if stretch.until_at is None or stretch.until_at > stretch.from_at]


def _origin(terms: Sequence[Term], term: Term) -> Term:
    """The term itself, or the one that it carries on (T10)."""
    earlier = next((one for one in terms if one.no == term.evidence.get(RESUMES)), None)
    return term if earlier is None else _origin(terms, earlier)


def _promised(editions: Editions, began: Term, tier: str | None, code: str) -> Benefit | None:
    benefits = editions.number(began.edition).programme.benefits
    return next((one.given_by(tier) for one in benefits if one.code == code), None)


def entitled(
    editions: Editions, course: Course, code: str, visits: Sequence[Visit], at: datetime, anchor: date
) -> Entitlement | None:
    """What the member has of a benefit at an instant that the course has come to."""
    return entitlement(stretches(editions, course.terms, code), visits, at, editions.zone, anchor)


def verdict(
    course: Course,
    wanted: Wanted,
    visits: Sequence[Visit],
    consents: Collection[str],
    anchor: date,
    now: datetime,
) -> Verdict:
    """Whether the member may have this visit (B6); the course has come to the instant of the visit.

    `consents` are the purposes that stand; `visits` are all of the benefit that count.
    """
    had = entitled(course.editions, course, wanted.benefit, visits, wanted.at, anchor)
    if had is None:
        return Verdict(None, (BenefitNotGiven(benefit=wanted.benefit),))
    return Verdict(had, tuple(_against(course, had, wanted, consents, now)))


def _against(
    course: Course, had: Entitlement, wanted: Wanted, consents: Collection[str], now: datetime
) -> Iterator[Refusal]:
    terms = had.terms
    if terms.kind not in VISITED:
        yield NotVisited(benefit=terms.code)
        return
    if had.remaining == 0:
        yield QuotaUsed(benefit=terms.code)
    yield from _against_booking(course, terms, wanted, now)
    if terms.providers and (wanted.place is None or wanted.place.provider not in terms.providers):
        yield PlaceForeign(place=wanted.place.code if wanted.place else None)
    if (terms.kind == "event") != (wanted.event_id is not None):
        yield EventForeign(benefit=terms.code)
    if wanted.guests > terms.guests:
        yield PartyTooLarge(guests=wanted.guests, most=terms.guests)
    if wanted.relation is not None and wanted.relation not in terms.transferable_to:
        yield RelationForeign(relation=wanted.relation)
    if terms.needs_consent is not None and terms.needs_consent not in consents:
        yield ConsentMissing(purpose=terms.needs_consent)
    if terms.when is not None and not terms.when.holds(_asked(course, wanted)):
        yield ConditionNotMet(benefit=terms.code)


def _against_booking(course: Course, terms: Benefit, wanted: Wanted, now: datetime) -> Iterator[Refusal]:
    if terms.booking is None:
        if wanted.reserve:
            yield NotBookable(benefit=terms.code)
    elif not wanted.reserve:
        yield BookingNeeded(benefit=terms.code)
    elif (course.day(wanted.at) - course.day(now)) < timedelta(days=terms.booking.lead_days):
        first = course.day(now) + timedelta(days=terms.booking.lead_days)
        yield BookingTooLate(first_day=first.isoformat())


def _asked(course: Course, wanted: Wanted) -> dict[str, object]:
    """What the benefit's condition may ask."""
    return member_attributes(course, wanted.at) | {
        "visit.place": wanted.place.code if wanted.place else "",
        "visit.provider": wanted.place.provider if wanted.place else "",
        "visit.at": wanted.at,
        "visit.guests": wanted.guests,
        "visit.amount_minor": wanted.amount_minor or 0,
        "visit.attributes": dict(wanted.attributes),
    }


@dataclass(frozen=True, slots=True)
class Booked:
    """A visit of a benefit as it was booked, or made."""

    name: int
    visit: Visit
    booked_at: datetime


def lost(course: Course, code: str, told: Sequence[Booked], anchor: date) -> dict[int, datetime]:
    """The open bookings of a benefit that a lower card no longer gives, each with when that began (B3).

    What the lower card gives still, it gives to the earliest visits; what was booked under it stays. Each
    fall is judged by the terms and bookings that it met: it comes out the same whenever it is asked.
    """
    found: dict[int, datetime] = {}
    for place, (before, term) in enumerate(pairwise(course.terms), start=2):
        if _is_lower(course.editions, before, term):
            met = [one for one in told if one.booked_at < term.from_at and one.name not in found]
            names = _not_given(course.editions, course.terms[:place], code, met, anchor)
            found |= dict.fromkeys(names, term.from_at)
    return found


def _is_lower(editions: Editions, before: Term, term: Term) -> bool:
    ladder = editions.number(term.edition).programme.ladder
    codes = {tier.code for tier in ladder.tiers}
    if before.tier is not None and before.tier not in codes:  # another ladder: nobody was lowered by it
        return False
    return ladder.rank(term.tier) < ladder.rank(before.tier)


def _not_given(
    editions: Editions, terms: Sequence[Term], code: str, met: Sequence[Booked], anchor: date
) -> Iterator[int]:
    """Names of the open bookings that the last of some terms does not give."""
    at_stake = [one for one in met if one.visit.is_open and one.visit.at >= terms[-1].from_at]
    names = {one.name for one in at_stake}
    kept = [one.visit for one in met if one.name not in names]
    *ended, running = stretches(editions, terms, code)
    promised = [*ended, replace(running, until_at=None)]  # what its own review does is not known yet
    for one in sorted(at_stake, key=lambda one: (one.visit.at, one.name)):
        had = entitlement(promised, kept, one.visit.at, editions.zone, anchor)
        if had is None or had.remaining == 0:
            yield one.name
        else:
            kept.append(one.visit)


def edition_of(editions: Editions, terms: Sequence[Term], at: datetime) -> int:
    """Under which edition's promises the card runs at an instant (B2)."""
    running = next(term for term in reversed(terms) if term.from_at <= at)
    return _origin(terms, running).edition


def terms_of(editions: Editions, edition: int, code: str) -> Benefit:
    """A benefit as an edition promised it."""
    return next(one for one in editions.number(edition).programme.benefits if one.code == code)


def discount(terms: Benefit, amount_minor: int | None) -> int | None:
    """What goes off a bill, in minor units, rounded down; never more than the bill."""
    if terms.discount is None or amount_minor is None:
        return None
    if terms.discount.percent is not None:
        return int(amount_minor * terms.discount.percent / 100)
    return min(amount_minor, terms.discount.amount_minor or 0)


def missed_counts(terms: Benefit) -> bool:
    """Whether a booking that nobody came to takes from the entitlement (B5)."""
    return terms.booking is not None and terms.booking.no_show == "used"


def last_day_to_cancel(editions: Editions, terms: Benefit, at: datetime) -> date:
    """The last day on which a booking for an instant can be cancelled (B5)."""
    ahead = terms.booking.cancel_days if terms.booking else 0
    return calendar.local_day(at, editions.zone) - timedelta(days=ahead)
