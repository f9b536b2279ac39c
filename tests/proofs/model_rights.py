"""The reference model: what a member's cards give of a benefit at any instant, from the rules alone (B1–B7).

Nothing is counted up: each answer goes through all of the member's terms and visits anew.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from tests.proofs.model import Member, Term
from tests.proofs.model_promises import BENEFITS
from tests.proofs.model_terms import TIERS, day_of, midnight

Stretch = tuple[datetime, datetime | None, Term]  #: from, until (None: not known), and whose promise it is


@dataclass(eq=False)
class Visit:
    """One use of a benefit: booked, made, let go or missed."""

    who: int
    benefit: str
    at: datetime
    booked_at: datetime
    state: str
    party: int = 1
    event: str = ""
    counts: bool = True


@dataclass(frozen=True)
class Right:
    """What there is of a benefit; None where there is no bound."""

    from_at: datetime
    until: datetime | None
    granted: int | None
    reserved: int
    used: int
    remaining: int | None


def stretches(terms: Sequence[Term]) -> list[Stretch]:
    """When each term was the running one."""
    ends = [min(one.until, later.from_at) for one, later in pairwise(terms)]
    told = zip(terms, [*ends, terms[-1].until], strict=True)
    return [(term.from_at, until, term) for term, until in told if until > term.from_at]


def right(
    benefit: str, told: Sequence[Stretch], visits: Iterable[Visit], joined: datetime, at: datetime
) -> Right | None:
    """What a member may have at an instant; None where their card does not give it then (B1)."""
    promise = BENEFITS[benefit]
    from_at, until, term = next(one for one in reversed(told) if one[0] <= at)
    if TIERS[term.tier] not in promise.counts:
        return None
    in_term = (term.began or from_at, until)
    period = in_term
    if promise.per == "calendar_year":
        year = day_of(at).year
        period = midnight(date(year, 1, 1)), midnight(date(year + 1, 1, 1))
    elif promise.per == "lifetime":
        period = midnight(day_of(joined)), None
    mine = [one for one in visits if one.benefit == benefit and one.counts]
    there = [one for one in mine if _within(period, one.at)]
    reserved = sum(one.state == "reserved" for one in there)
    granted = left = None
    if promise.per:
        granted = _granted(benefit, told, period, at)
        left = granted - len(there)
        if promise.cap:
            left = min(left, promise.cap - sum(_within(in_term, one.at) for one in mine))
        left = max(0, left)
    return Right(*period, granted, reserved, len(there) - reserved, left)


def _within(period: tuple[datetime, datetime | None], at: datetime) -> bool:
    return period[0] <= at and (period[1] is None or at < period[1])


def _granted(
    benefit: str, told: Sequence[Stretch], period: tuple[datetime, datetime | None], at: datetime
) -> int:
    """B4: what runs at the beginning gives its count, what is better adds to it, what is worse bounds it."""
    promise, granted, before = BENEFITS[benefit], 0, 0
    for from_at, until, term in told:
        if from_at > at or (until is not None and until <= period[0]):
            continue
        count = promise.counts.get(TIERS[term.tier], 0)
        more = count - before
        if from_at <= period[0]:
            granted = count
        elif more <= 0:
            granted = min(granted, count)
        elif promise.upgrade == "full":
            granted = count
        elif promise.upgrade == "difference" or period[1] is None:
            granted += more
        else:
            whole = (day_of(period[1]) - day_of(period[0])).days
            granted += more * (day_of(period[1]) - day_of(from_at)).days // whole
        before = count
    return granted


def lower(member: Member, visits: Sequence[Visit], settled: int, by: datetime) -> Iterator[Visit]:
    """B3: what was booked for later under a better card, as far as the lower one does not give it.

    The earliest visits stay. Of the terms, `settled` were looked at before. Each fall is judged by the terms
    and bookings that it met, whatever came after. What was booked for a card that had not come by the visit
    is lost then.
    """
    gone: list[Visit] = []
    missed = [
        one
        for one in visits
        if one.state == "reserved"
        and one.at <= by
        and right(one.benefit, stretches(member.terms), (), member.joined_at, one.at) is None
    ]
    for place in range(max(1, settled), len(member.terms)):
        since = member.terms[place].from_at
        if member.terms[place].tier >= member.terms[place - 1].tier:
            continue
        known = [*stretches(member.terms[: place + 1])[:-1], (since, None, member.terms[place])]
        over = [*gone, *(one for one in missed if one.at < since)]
        met = [one for one in visits if one not in over and one.booked_at < since]
        stake = [one for one in met if one.state == "reserved" and one.at >= since]
        kept = [one for one in met if one not in stake]
        for one in sorted(stake, key=lambda one: one.at):
            had = right(one.benefit, known, kept, member.joined_at, one.at)
            if had is None or had.remaining == 0:
                gone.append(one)
            else:
                kept.append(one)
    yield from gone
    yield from (one for one in missed if one not in gone)
