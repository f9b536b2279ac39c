"""Which tier a measure makes, when a term ends, and what its review decides. Pure (T1–T7)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from loyalty import calendar
from loyalty.tiers.terms import Ladder, Terms, Tier, Window

Readings = Mapping[str, int]  #: counter code → points measured


@dataclass(frozen=True, slots=True)
class Term:
    """One stretch of standing, `[from_at, until_at)`; no tier and no end below the first tier (T3)."""

    no: int
    tier: str | None
    from_at: datetime
    until_at: datetime | None
    reason: str  #: joined | lift | review | fall | by_hand | resumed | imported | merged
    edition: int
    protected: bool = False
    evidence: Mapping[str, object] = field(default_factory=dict)
    measured: Readings | None = None  #: taken on the review's own measuring day, where it has one (T7)
    lifts_at: datetime | None = None  #: when a lift out of it starts, if the measure is still there (T4)


def earned(
    window: Window, tally: Mapping[date, int], day: date, enrolled_on: date, *, for_review: bool = False
) -> int:
    """What the window of a counter shows on `day` of what was earned on each (T2)."""
    first, last = window.days(day, enrolled_on, for_review=for_review)
    return sum([points for on, points in tally.items() if first <= on <= last])


def attained(ladder: Ladder, readings: Readings) -> str | None:
    """The highest tier one of whose counters is at `attain`; thresholds are inclusive (T1)."""
    return _highest(ladder.tiers, readings, "attain")


def lifted(ladder: Ladder, tier: str | None, readings: Readings) -> str | None:
    """The tier that a measure lifts a member of `tier` to; `tier` itself, if to none (T4).

    Where a lift costs points, each step must be met by what the steps below it have left.
    """
    if ladder.terms.lift_costs == "nothing":
        reached = attained(ladder, readings)
        return reached if ladder.rank(reached) > ladder.rank(tier) else tier
    left = dict(readings)
    for step in ladder.tiers[ladder.rank(tier) :]:
        if not _meets(step.attain, left):
            break
        tier = step.code
        left = {code: left[code] - bar for code, bar in step.attain.items()}
    return tier


def lift_price(ladder: Ladder, before: str | None, after: str | None) -> int:
    """What the steps of a lift cost in all."""
    if ladder.terms.lift_costs == "nothing":
        return 0
    steps = ladder.tiers[ladder.rank(before) : ladder.rank(after)]
    return sum(bar for step in steps for bar in step.attain.values())


def keep_price(ladder: Ladder, tier: str | None, readings: Readings) -> int:
    """What the tier that a review decides costs: its bar to keep it; nothing where it came without that."""
    if tier is None or ladder.terms.keep_costs == "nothing":
        return 0
    bars = ladder.tier(tier).retain
    return sum(bars.values()) if _meets(bars, readings) else 0


def reviewed(ladder: Ladder, tier: str | None, readings: Readings) -> str | None:
    """The tier after a review (T6): kept at `retain` or more, else as the terms' downgrade says.

    A review also lifts, where the measure has come to a higher tier's `attain`; and it leaves no tier at all
    where the measure is below what makes it void.
    """
    reached, rank = lifted(ladder, tier, readings), ladder.rank(tier)
    if tier is None or ladder.rank(reached) > rank:
        return reached
    if is_void(ladder, tier, readings):
        return None
    if ladder.terms.downgrade == "never" or _meets(ladder.tier(tier).retain, readings):
        return tier
    below = [step for step in ladder.tiers if step.rank < rank]
    if ladder.terms.downgrade == "one_step":
        return below[-1].code if below else None
    return _highest(below, readings, ladder.terms.downgrade_bars)


def is_void(ladder: Ladder, tier: str | None, readings: Readings) -> bool:
    """Whether a measure is below all the bars under which a review makes a tier void."""
    bars = ladder.tier(tier).void_below if tier is not None else {}
    return bool(bars) and not _meets(bars, readings)


def at_bars_of(ladder: Ladder, code: str, tier: str | None, readings: Readings) -> bool:
    """Whether a measure is at the bars of the tier `code`, or of a higher one, for a member of `tier`.

    The bars are those to keep it, up to the tier that is held, and those to attain it above.
    """
    rank = ladder.rank(tier)
    steps = ladder.tiers[ladder.rank(code) - 1 :]
    return any(_meets(step.retain if step.rank <= rank else step.attain, readings) for step in steps)


def term_end(terms: Terms, from_at: datetime, zone: ZoneInfo, *, after_review: bool = False) -> datetime:
    """The instant at which a term that begins at `from_at` ends (T7)."""
    length = (terms.length_after_review if after_review else None) or terms.length
    return calendar.day_after(length.last_day(calendar.local_day(from_at, zone)), zone)


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


def _highest(tiers: Sequence[Tier], readings: Readings, bars: str) -> str | None:
    for tier in reversed(tiers):
        if _meets(tier.attain if bars == "attain" else tier.retain, readings):
            return tier.code
    return None


def _meets(bars: Mapping[str, int], readings: Readings) -> bool:
    for code, bar in bars.items():  # noqa: SIM110 -- twice as fast as any(), and every sale asks for each tier
        if readings.get(code, 0) >= bar:
            return True
    return False
