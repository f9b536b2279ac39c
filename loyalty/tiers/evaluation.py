"""Which tier a measure makes, when a term ends, and what its review decides. Pure (T1–T7)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from loyalty import calendar
from loyalty.tiers.terms import Counter, Ladder, Terms, Tier

Readings = Mapping[str, int]  #: counter code → points measured


@dataclass(frozen=True, slots=True)
class Term:
    """One stretch of standing, `[from_at, until_at)`; no tier and no end below the first tier (T3)."""

    no: int
    tier: str | None
    from_at: datetime
    until_at: datetime | None
    reason: str  #: joined | lift | review | fall | by_hand | resumed | imported
    edition: int
    protected: bool = False
    evidence: Mapping[str, object] = field(default_factory=dict)
    measured: Readings | None = None  #: taken on the review's own measuring day, where it has one (T7)


def read(counter: Counter, balance: int, tally: Mapping[date, int], day: date, enrolled_on: date) -> int:
    """What a counter shows on `day`: a balance held, or the points earned in its window (T2)."""
    if counter.window is None:
        return balance
    first, last = counter.window.days(day, enrolled_on)
    return sum(points for on, points in tally.items() if first <= on <= last)


def attained(ladder: Ladder, readings: Readings) -> str | None:
    """The highest tier one of whose counters is at `attain`; thresholds are inclusive (T1)."""
    return _highest(ladder.tiers, readings, "attain")


def reviewed(ladder: Ladder, tier: str | None, readings: Readings) -> str | None:
    """The tier after a review (T6): kept at `retain` or more, else as the terms' downgrade says.

    A review also lifts, where the measure has come to a higher tier's `attain`.
    """
    reached, rank = attained(ladder, readings), ladder.rank(tier)
    if tier is None or ladder.rank(reached) >= rank:
        return reached
    if ladder.terms.downgrade == "never" or _meets(ladder.tier(tier).retain, readings):
        return tier
    below = [step for step in ladder.tiers if step.rank < rank]
    if ladder.terms.downgrade == "one_step":
        return below[-1].code if below else None
    return _highest(below, readings, ladder.terms.downgrade_bars)


def term_end(terms: Terms, from_at: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which a term that begins at `from_at` ends (T7)."""
    return calendar.day_after(terms.length.last_day(calendar.local_day(from_at, zone)), zone)


def end_after_lift(terms: Terms, running: Term, at: datetime, zone: ZoneInfo) -> datetime:
    """Where the term begun by a lift ends: restarted, or at the running term's end, or the later of both."""
    fresh = term_end(terms, at, zone)
    if running.until_at is None or terms.on_upgrade == "restart":
        return fresh
    return running.until_at if terms.on_upgrade == "keep_end" else max(fresh, running.until_at)


def measuring_instant(terms: Terms, term: Term, zone: ZoneInfo) -> datetime | None:
    """The end of the review's own measuring day, the last one inside the term; None without one (T7)."""
    if terms.measured_on is None or term.until_at is None:
        return None
    last_day = calendar.last_day_before(term.until_at, zone)
    day = calendar.yearly_day(*terms.measured_on, last_day.year)
    if day > last_day:
        day = calendar.yearly_day(*terms.measured_on, last_day.year - 1)
    instant = calendar.day_after(day, zone)
    return instant if instant > term.from_at else None


def missing(bars: Mapping[str, int], readings: Readings) -> int:
    """The fewest points that would meet one of these bars; nil when one is met."""
    return min((max(0, bar - readings.get(code, 0)) for code, bar in bars.items()), default=0)


def next_tier(ladder: Ladder, tier: str | None) -> Tier | None:
    """The tier above; None at the top."""
    return next((step for step in ladder.tiers if step.rank > ladder.rank(tier)), None)


def _highest(tiers: Iterable[Tier], readings: Readings, bars: str) -> str | None:
    met = [tier for tier in tiers if _meets(tier.attain if bars == "attain" else tier.retain, readings)]
    return max(met, key=lambda tier: tier.rank).code if met else None


def _meets(bars: Mapping[str, int], readings: Readings) -> bool:
    return any(readings.get(code, 0) >= bar for code, bar in bars.items())
