"""Which bookings a card does not give, having gone down or never come. Pure (B3)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise

from loyalty.benefits.quota import Period, Visit, entitlement
from loyalty.decide.course import Course
from loyalty.decide.entitled import stretches
from loyalty.decide.programme import Editions
from loyalty.tiers.evaluation import Term


@dataclass(frozen=True, slots=True)
class Booked:
    """A visit of a benefit as it was booked, or made."""

    name: int
    visit: Visit
    booked_at: datetime  #: since when it takes from the entitlement


def lost(
    course: Course, code: str, told: Sequence[Booked], anchor: date, by: datetime
) -> dict[int, datetime]:
    """The open bookings of a benefit that a card does not give, each with when that began (B3).

    The course has come to `by`. What a lower card gives still, it gives to the earliest visits; what was
    booked under it stays. Each fall is judged by the terms and bookings that it met: it comes out the same
    whenever it is asked. A visit for a card that had not come by its instant is lost then.
    """
    missed = {one.name: one.visit.at for one in _never_given(course, code, told, by)}
    found: dict[int, datetime] = {}
    for place, (before, term) in enumerate(pairwise(course.terms), start=2):
        if _is_lower(course.editions, before, term):
            over = found.keys() | {name for name, at in missed.items() if at < term.from_at}
            met = [one for one in told if one.booked_at < term.from_at and one.name not in over]
            names = _not_given(course.editions, course.terms[:place], code, met, anchor)
            found |= dict.fromkeys(names, term.from_at)
    return missed | found


def _never_given(course: Course, code: str, told: Sequence[Booked], by: datetime) -> Iterator[Booked]:
    """The open bookings whose instant has come, and whose card then does not give the benefit."""
    come = [one for one in told if one.visit.is_open and one.visit.at <= by]
    promised = stretches(course.editions, course.terms, code) if come else []
    for one in come:
        if not any(each.terms is not None and each.holds(one.visit.at) for each in promised):
            yield one


def _is_lower(editions: Editions, before: Term, term: Term) -> bool:
    ladder = editions.number(term.edition).programme.ladder
    return ladder.rank(term.tier) < ladder.rank(before.tier)


def _not_given(
    editions: Editions, terms: Sequence[Term], code: str, met: Sequence[Booked], anchor: date
) -> Iterator[int]:
    """Names of the open bookings that the last of some terms does not give."""
    at_stake = [one for one in met if one.visit.is_open and one.visit.at >= terms[-1].from_at]
    names = {one.name for one in at_stake}
    kept = [one.visit for one in met if one.name not in names]
    *ended, running = stretches(editions, terms, code)
    onward = replace(running, until_at=None, term=Period(running.term.from_at, None))
    promised = [*ended, onward]  # what its own review does is not known yet
    for one in sorted(at_stake, key=lambda one: (one.visit.at, one.name)):
        had = entitlement(promised, kept, one.visit.at, editions.zone, anchor)
        if had is None or had.remaining == 0:
            yield one.name
        else:
            kept.append(one.visit)
