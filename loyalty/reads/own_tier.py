"""Why a member's card is what it is, as their page tells it: what counts, where from, and what then (T9)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count, pairwise
from typing import Literal

from sqlalchemy.orm import Session

from loyalty import calendar, policies
from loyalty.decide import standing
from loyalty.decide.course import Course
from loyalty.decide.outcome import Outcome
from loyalty.decide.programme import Edition, Editions
from loyalty.ledger import Unit
from loyalty.policies import HeldShare
from loyalty.reads.entitled import promised_now
from loyalty.reads.home import FirstCard, NextCard, first_card, next_card
from loyalty.reads.snapshot import load
from loyalty.reads.why import TierView, because_of, standing_of
from loyalty.tiers import Counter, Term, Tier, Window

CHANGES_FOR_MONTHS = 13  #: so long a change that took points is told of
PartKind = Literal["policy", "month", "fact"]


@dataclass(frozen=True, slots=True)
class Part:
    """One share of a measure: what a policy gives, what a month earned, or what one fact brought."""

    kind: PartKind
    points: int
    day: date  #: when the policy was issued; the month's first day; when it happened
    policy_no: str | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing the tier is judged by. A bar is None where there is none, or the programme shows none."""

    counter: Counter
    unit: Unit
    points: int
    keep: int | None  #: what keeps the card
    rise: int | None  #: what makes the next one
    parts: tuple[Part, ...]  #: the largest first, of months the latest


@dataclass(frozen=True, slots=True)
class Change:
    """From a day on, a policy gives less than before."""

    policy_no: str
    day: date
    unit: Unit
    points: int  #: no longer counted


@dataclass(frozen=True, slots=True)
class Step:
    """One card on the member's way here."""

    day: date
    reason: str
    tier: Tier | None
    was: Tier | None


@dataclass(frozen=True, slots=True)
class Rung:
    """One card of the ladder, and how many benefits it gives; what it asks for only where that is shown."""

    tier: Tier
    benefits: int
    attain: int | None
    is_mine: bool


@dataclass(frozen=True, slots=True)
class OwnTier:
    """A member's tier at an instant, with the reasons."""

    shown: TierView
    tier: Tier | None
    next_tier: Tier | None
    benefits: int  #: how many the card gives
    measures: tuple[Measure, ...]
    changes: tuple[Change, ...]
    then: NextCard | None  #: what the review makes of it, where that follows from how things stand now
    lifts_on: date | None
    first: FirstCard | None  #: where there is no card: the first to come
    way: tuple[Step, ...]  #: the latest first
    ladder: tuple[Rung, ...]


def own_tier(session: Session, editions: Editions, member_id: int, now: datetime) -> OwnTier:
    """Why a member has the tier they have. Raises NotFound."""
    snapshot, _ = load(session, editions, member_id, now, every_term=True)
    return tier_in(session, editions, standing.true_at(editions, snapshot, now, count(1)), now)


def tier_in(session: Session, editions: Editions, course: Course, now: datetime) -> OwnTier:
    """The same of a course that has come to `now`, with every term."""
    member_id = course.start.member_id
    outcome, edition = course.outcome(), editions.at(now)
    ladder, view = edition.programme.ladder, standing_of(editions, outcome, now)
    held = policies.shares_of(session, member_id) if edition.programme.follows_policies else ()
    return OwnTier(
        view,
        ladder.tier(view.tier) if view.tier else None,
        ladder.tier(view.next_tier) if view.next_tier else None,
        len(promised_now(course, now)),
        tuple(_measures(session, course, view, held, now)),
        tuple(_changes(edition, held, now)),
        next_card(course, now),
        calendar.local_day(view.lifts_at, editions.zone) if view.lifts_at else None,
        None if view.tier else first_card(course, now),
        tuple(_way(editions, edition, outcome.after.terms)),
        tuple(_ladder(edition, view)),
    )


def _measures(
    session: Session, course: Course, view: TierView, held: Sequence[HeldShare], now: datetime
) -> Iterator[Measure]:
    edition = course.editions.at(now)
    units, ladder = edition.programme.units, edition.programme.ladder
    others = [one for one in ladder.terms.counters if one.unit and one.window is None and not held]
    facts = _facts(session, course.outcome(), edition, others, now)
    for counter, seen in zip(ladder.terms.counters, view.counters, strict=True):
        if counter.unit is None:
            continue
        parts: Iterable[Part] = facts.get(counter.code, ())
        if counter.window is not None:
            parts = _months(course, counter.unit, counter.window, now)
        elif held:
            parts = _of_policies(held, counter.unit, now)
        yield Measure(counter, units[counter.unit], seen.points, seen.retain, seen.attain_next, tuple(parts))


def _facts(
    session: Session, outcome: Outcome, edition: Edition, counters: Sequence[Counter], now: datetime
) -> Mapping[str, Sequence[Part]]:
    """What brought most to a balance that follows no policies, by counter."""
    zone = edition.programme.club.time_zone
    found: dict[str, list[Part]] = {}
    for one in because_of(session, outcome, edition, now, now) if counters else ():
        part = Part("fact", one.points, calendar.local_day(one.happened_at, zone))
        found.setdefault(one.counter, []).append(part)
    return found


def _months(course: Course, unit: str, window: Window, now: datetime) -> Iterator[Part]:
    """What each month of the window earned, the latest first; a month of nothing is left out."""
    first, last = window.days(course.day(now), course.day(course.start.enrolled_at))
    months: dict[date, int] = {}
    for day, earned in course.tally.get(unit, {}).items():
        if first <= day <= last:
            month = day.replace(day=1)
            months[month] = months.get(month, 0) + earned
    for month in sorted(months, reverse=True):
        if months[month]:
            yield Part("month", months[month], month)


def _of_policies(held: Sequence[HeldShare], unit: str, now: datetime) -> list[Part]:
    given = ((one, one.given_at(now).get(unit, 0)) for one in held)
    parts = [Part("policy", points, one.issued_on, one.policy_no) for one, points in given if points]
    return sorted(parts, key=lambda part: (-part.points, part.policy_no or ""))


def _changes(edition: Edition, held: Sequence[HeldShare], now: datetime) -> Iterator[Change]:
    """What policies gave and give no more, the latest first; what came back since is none."""
    zone, units = edition.programme.club.time_zone, edition.programme.units
    since = calendar.add_months(calendar.local_day(now, zone), -CHANGES_FOR_MONTHS)
    measured = [one.unit for one in edition.programme.ladder.terms.counters if one.unit]
    found = []
    for share in held:
        for (_, before), (at, after) in pairwise(share.steps):
            day = calendar.local_day(at, zone)
            for unit in measured:
                lost = before.get(unit, 0) - after.get(unit, 0)
                is_so = share.given_at(now).get(unit, 0) < before.get(unit, 0)
                if lost > 0 and is_so and at <= now and day >= since:
                    found.append(Change(share.policy_no, day, units[unit], lost))
    yield from sorted(found, key=lambda one: (one.day, one.policy_no), reverse=True)


def _way(editions: Editions, edition: Edition, terms: Sequence[Term]) -> Iterator[Step]:
    """The cards so far, the latest first; each by the edition it began under."""
    before = [None, *terms[:-1]]
    for was, term in reversed(list(zip(before, terms, strict=True))):
        ladder = editions.number(term.edition).programme.ladder
        earlier = editions.number(was.edition).programme.ladder.tier(was.tier) if was and was.tier else None
        if term.tier is not None or earlier is not None:
            day = calendar.local_day(term.from_at, edition.programme.club.time_zone)
            yield Step(day, term.reason, ladder.tier(term.tier) if term.tier else None, earlier)


def _ladder(edition: Edition, view: TierView) -> Iterator[Rung]:
    programme = edition.programme
    units = [one.code for one in programme.ladder.terms.counters if one.unit]
    shows = programme.club.show_missing == "points" and len(units) == 1
    for tier in programme.ladder.tiers:
        given = sum(one.given_by(tier.code) is not None for one in programme.benefits)
        attain = tier.attain.get(units[0]) if shows else None
        yield Rung(tier, given, attain, tier.code == view.tier)
