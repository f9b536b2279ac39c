"""What a member's cards give them of a benefit, and whether they may have a visit of it. Pure (B1–B7)."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count

from loyalty import calendar
from loyalty.benefits.facts import State, Wanted
from loyalty.benefits.quota import Entitlement, Period, Stretch, Visit, entitlement, free_again
from loyalty.benefits.terms import VISITED, Benefit
from loyalty.decide import standing
from loyalty.decide.course import Course
from loyalty.decide.giving import member_attributes
from loyalty.decide.programme import Edition, Editions
from loyalty.decide.resuming import RESUMES
from loyalty.decide.reward import exceeds
from loyalty.errors import (
    BenefitNotGiven,
    BenefitUnknown,
    BookingNeeded,
    BookingTooLate,
    CancelTooLate,
    ConditionNotMet,
    ConsentMissing,
    EventBooked,
    EventForeign,
    NotBookable,
    NotVisited,
    PartyTooLarge,
    PlaceForeign,
    QuotaUsed,
    Refusal,
    RelationForeign,
    UseClosed,
    ValueCap,
    VisitAhead,
)
from loyalty.tiers.evaluation import Term


@dataclass(frozen=True, slots=True)
class Known:
    """What was had and said before a visit is judged."""

    visits: Sequence[Visit]  #: all of the benefit that count
    anchor: date  #: since when the periods of whose right it is are reckoned
    consents: Collection[str] = ()  #: the purposes that stand
    is_booked: bool = False  #: the member comes to the same event already, or waits for a place
    left_minor: int | None = None  #: what the club may give them more in that year; None: no bound


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a visit may be had, what is left of the benefit then, and all that speaks against it."""

    entitlement: Entitlement | None
    reasons: tuple[Refusal, ...]

    def allowed(self) -> Entitlement:
        """What is left where nothing speaks against it. Raises the first of the reasons."""
        if self.entitlement is None or self.reasons:
            raise self.reasons[0]
        return self.entitlement


def stretches(editions: Editions, terms: Sequence[Term], code: str) -> list[Stretch]:
    """What each of a member's terms, oldest first, promises of a benefit (B2).

    A term that was taken up again promises what it did when it began, and is one with it.
    """
    found = []
    for place, term in enumerate(terms):
        following = terms[place + 1].from_at if place + 1 < len(terms) else None
        until = min((end for end in (term.until_at, following) if end is not None), default=None)
        origin = _origin(terms, term)
        kept = _kept(editions, origin, until or term.from_at)
        for (since, edition), later in zip(kept, [*(since for since, _ in kept[1:]), until], strict=True):
            promised = _promised(edition, term.tier, code)
            whole = Period(origin.from_at, until)
            found.append(Stretch(max(since, term.from_at), later, promised, whole))
    return [stretch for stretch in found if stretch.until_at is None or stretch.until_at > stretch.from_at]


def _origin(terms: Sequence[Term], term: Term) -> Term:
    """The term itself, or the one that it carries on (T10)."""
    earlier = next((one for one in terms if one.no == term.evidence.get(RESUMES)), None)
    return term if earlier is None else _origin(terms, earlier)


def _kept(editions: Editions, began: Term, by: datetime) -> list[tuple[datetime, Edition]]:
    """The editions whose promises a term keeps by an instant, each with since when (B2).

    It is the one that the term began under; where that follows the calendar year, at each new year the one
    then in force, as long as this does, too.
    """
    kept = [(began.from_at, editions.number(began.edition))]
    for year in calendar.new_years(began.from_at, by, editions.zone):
        if kept[-1][1].programme.ladder.terms.terms_follow == "calendar_year":
            kept.append((year, editions.at(year)))
    return kept


def _promised(edition: Edition, tier: str | None, code: str) -> Benefit | None:
    return next((one.given_by(tier) for one in edition.programme.benefits if one.code == code), None)


def entitled(
    editions: Editions, course: Course, code: str, visits: Sequence[Visit], at: datetime, anchor: date
) -> Entitlement | None:
    """What the member has of a benefit at an instant that the course has come to."""
    return entitlement(stretches(editions, course.terms, code), visits, at, editions.zone, anchor)


def verdict(course: Course, wanted: Wanted, known: Known, asked_at: datetime) -> Verdict:
    """Whether the member may have this visit (B6); the course has come to the instant of the visit.

    That it is given at the place, where one is named, was checked before (`check_place`).
    """
    had = entitled(course.editions, course, wanted.benefit, known.visits, wanted.at, known.anchor)
    if had is None:
        last = _last_day_given(course, wanted.benefit, wanted.at)
        return Verdict(None, (BenefitNotGiven(benefit=wanted.benefit, last_day=_day_text(last)),))
    used_up = _used_up(course, had, known, wanted.at)
    return Verdict(had, (*used_up, *_against(course, had, wanted, known, asked_at)))


def check_place(course: Course, wanted: Wanted) -> None:
    """A place that does not give a benefit hears that, and nothing of what the member has of it (B6).

    Raises PlaceForeign, BenefitUnknown.
    """
    terms = offered(course, wanted)
    if wanted.place is not None and not terms.is_given_by(wanted.place.provider):
        raise PlaceForeign(place=wanted.place.code)


def offered(course: Course, wanted: Wanted) -> Benefit:
    """A benefit by the terms of the card at the visit, or else of the edition in force.

    Raises BenefitUnknown.
    """
    known = {one.code: one for one in course.editions.at(wanted.at).programme.benefits}
    promised = stretches(course.editions, course.terms, wanted.benefit)
    terms = next((one.terms for one in reversed(promised) if one.holds(wanted.at)), None)
    terms = terms or known.get(wanted.benefit)
    if terms is None:
        raise BenefitUnknown(benefit=wanted.benefit)
    return terms


def _used_up(course: Course, had: Entitlement, known: Known, at: datetime) -> Iterator[Refusal]:
    if had.terms.kind in VISITED and had.remaining == 0:
        again = again_from(course, had.terms.code, known.visits, at, known.anchor)
        yield QuotaUsed(benefit=had.terms.code, granted=had.granted, again_from=_day_text(again))


def again_from(course: Course, code: str, visits: Sequence[Visit], at: datetime, anchor: date) -> date | None:
    """The first day after an instant on which something is left of a benefit, as things stand (B6).

    Looked for in the running term and in the one that its review, by the clock alone, will make of it; None
    where they bring nothing more. The course has come to the instant.
    """
    editions, until = course.editions, course.term.until_at
    free = free_again(stretches(editions, course.terms, code), visits, at, editions.zone, anchor)
    if free is None and until is not None:
        later = standing.true_at(editions, course.outcome().after, until, count(1))
        free = free_again(stretches(editions, later.terms, code), visits, at, editions.zone, anchor)
    return None if free is None else course.day(free)


def _last_day_given(course: Course, code: str, at: datetime) -> date | None:
    """The last day before an instant on which a card gave a benefit; None where none did."""
    given = (one for one in stretches(course.editions, course.terms, code) if one.terms is not None)
    ends = [one.until_at for one in given if one.until_at is not None and one.until_at <= at]
    return calendar.last_day_before(max(ends), course.editions.zone) if ends else None


def _day_text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _against(
    course: Course, had: Entitlement, wanted: Wanted, known: Known, asked_at: datetime
) -> Iterator[Refusal]:
    terms = had.terms
    if terms.kind not in VISITED:
        yield NotVisited(benefit=terms.code)
        return
    yield from _against_booking(course, terms, wanted, asked_at)
    if terms.providers and wanted.place is None:
        yield PlaceForeign(place=None)
    if (terms.kind == "event") != (wanted.event_id is not None):
        yield EventForeign(benefit=terms.code)
    if known.is_booked:
        yield EventBooked(benefit=terms.code)
    if wanted.guests > terms.guests:
        yield PartyTooLarge(guests=wanted.guests, most=terms.guests)
    if wanted.relation is not None and wanted.relation not in terms.transferable_to:
        yield RelationForeign(relation=wanted.relation)
    if terms.needs_consent is not None and terms.needs_consent not in known.consents:
        yield ConsentMissing(purpose=terms.needs_consent)
    if terms.when is not None and not terms.when.holds(_asked(course, wanted)):
        yield ConditionNotMet(benefit=terms.code)
    if exceeds(terms.cost_minor, known.left_minor):
        yield ValueCap()


def _against_booking(course: Course, terms: Benefit, wanted: Wanted, asked_at: datetime) -> Iterator[Refusal]:
    if terms.booking is None:
        if wanted.reserve:
            yield NotBookable(benefit=terms.code)
        return
    first = course.day(asked_at) + timedelta(days=terms.booking.lead_days)
    if not wanted.reserve:
        yield BookingNeeded(benefit=terms.code, first_day=first.isoformat())
    elif course.day(wanted.at) < first:
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


def edition_of(editions: Editions, terms: Sequence[Term], at: datetime) -> int:
    """Under which edition's promises the card runs at an instant (B2)."""
    running = next(term for term in reversed(terms) if term.from_at <= at)
    return _kept(editions, _origin(terms, running), at)[-1][1].number


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


def closed(editions: Editions, terms: Benefit, was: str, state: State, at: datetime, now: datetime) -> bool:
    """Whether a booking for an instant still takes from its entitlement once it ended so (B5).

    Raises UseClosed; CancelTooLate, also from the instant of the visit on; VisitAhead before its day.
    """
    if was != "reserved" and (was, state) != ("waiting", "cancelled"):
        raise UseClosed(state=was)
    day, today = calendar.local_day(at, editions.zone), calendar.local_day(now, editions.zone)
    if state != "cancelled" and today < day:
        raise VisitAhead(first_day=day.isoformat())
    if (was, state) == ("reserved", "cancelled"):
        last = day - timedelta(days=terms.booking.cancel_days if terms.booking else 0)
        if today > last or now >= at:
            raise CancelTooLate(last_day=last.isoformat())
    missed_counts = terms.booking is not None and terms.booking.no_show == "used"
    return state == "used" or (state == "no_show" and missed_counts)
