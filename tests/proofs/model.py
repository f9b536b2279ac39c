"""The reference model: one member of a small club, told from the rules alone.

Pure and plain: nothing here knows the application, and nothing need be fast. N, P and T name the rules.
"""

import copy
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from fractions import Fraction

from tests.proofs.model_terms import (
    ATTAIN,
    DAY,
    INSTANT,
    MEASURED,
    RETAIN,
    ROUNDED,
    TERM,
    TIERS,
    UNITS,
    WINDOW,
    Rule,
    day_of,
    dead_at,
    last_day,
    midnight,
    months_after,
)  # fmt: skip

Portions = list[tuple[date, int]]  #: so many points of lots, by their last day


def draw(lots: Iterable[tuple[date, int]], points: int) -> tuple[Portions, Portions]:
    """As many points as there are, lot by lot, and what is left."""
    drawn, left = [], []
    for day, there in lots:
        part = min(points, there)
        points -= part
        drawn.append((day, part))
        left.append((day, there - part))
    return [one for one in drawn if one[1]], [one for one in left if one[1]]


def total(portions: Portions) -> int:
    return sum(points for _, points in portions)


@dataclass(eq=False)
class Part:
    """Points that a rule gave or promised for a sale, and how many of them were not taken back."""

    rule: Rule
    given: int
    points: int
    counts_on: date  #: the day on which they were earned, or open
    pending: bool

    @property
    def unit(self) -> str:
        return self.rule.unit


@dataclass(eq=False)
class Hold:
    """Points set aside, lot by lot."""

    unit: str
    points: int
    pins: Portions
    ends_at: datetime
    state: str = "open"
    captured: int = 0


@dataclass
class Sale:
    """A sale, and what of it came back: cents by the number of the line; 0: by an amount."""

    who: int
    at: datetime
    lines: tuple[tuple[int, str], ...]
    parts: list[Part]
    back: Counter[int] = field(default_factory=Counter)
    cancelled: bool = False

    def is_of(self, now: datetime) -> bool:
        """P18: cancelled on its own day, it is void."""
        return day_of(self.at) == day_of(now)

    def left(self) -> int:
        return sum(cents for cents, _ in self.lines) - sum(self.back.values())

    def kept(self, part: Part) -> int:
        """N4: the award × what is left ÷ what was bought; an amount takes its share of every line."""
        lines = tuple((cents - self.back[no], category) for no, (cents, category) in enumerate(self.lines, 1))
        not_by_lines = self.left() + self.back[0]
        if self.cancelled or not not_by_lines:
            return 0
        share = Fraction(self.left(), not_by_lines) * part.rule.counted(lines) / part.rule.counted(self.lines)
        return ROUNDED[part.rule.mode](part.given * share)


@dataclass
class Spending:
    """Points spent, and what of them is still spent, lot by lot."""

    who: int
    unit: str
    points: int
    taken: Portions

    def give_back(self, points: int) -> Portions:
        """P9: the last taken come back first."""
        back, left = draw(reversed(self.taken), points)
        self.taken = left[::-1]
        return back

    @property
    def left(self) -> int:
        return total(self.taken)


@dataclass(frozen=True)
class Term:
    """A stretch of a member's standing, and the one that a lift replaced."""

    tier: int
    from_at: datetime
    until: datetime
    reason: str
    shown: int = 0  #: the measure that lifted, less what turned out void (T10)
    shares: Counter[str] = field(default_factory=Counter)  #: what each sale of that day gave of it
    under: "Term | None" = None
    began: datetime | None = None  #: of one that was taken up again: when it began first

    def without(self, sale: str) -> "Term":
        """The same, and what it replaced, as if there had been no such sale."""
        under = self.under.without(sale) if self.under else None
        others = Counter({name: points for name, points in self.shares.items() if name != sale})
        return replace(self, shown=self.shown - self.shares[sale], shares=others, under=under)


class Member:
    """One member's points and standing, true at the instant that was walked to last."""

    def __init__(self, now: datetime) -> None:
        self.lots: dict[str, Counter[date]] = {unit: Counter() for unit in UNITS}
        self.debt, self.tally = Counter[str](), Counter[date]()
        self.gave = Counter[tuple[date, str]]()  #: status that a sale gave at once, by its day and name
        self.pending: list[Part] = []
        self.holds: list[Hold] = []  #: the open ones
        self.joined_at, self.blocked_at = now, datetime.max.replace(tzinfo=now.tzinfo)
        self.terms = [Term(0, now, midnight(months_after(day_of(now), TERM)), "joined")]

    def at(self, instant: datetime) -> "Member":
        """The same member at a later instant, if nothing happens but time."""
        other = copy.copy(self)
        other.lots = {unit: Counter(lots) for unit, lots in self.lots.items()}
        other.debt, other.tally, other.terms = Counter(self.debt), Counter(self.tally), list(self.terms)
        other.pending = [replace(part) for part in self.pending]
        other.holds = [replace(hold) for hold in self.holds]
        other.advance(instant)
        return other

    def available(self, unit: str) -> int:
        return sum(self.lots[unit].values())

    def figures(self, unit: str) -> dict[str, int]:
        held = sum(hold.points for hold in self.holds if hold.unit == unit)
        pending = sum(part.points for part in self.pending if part.unit == unit)
        return {"available": self.available(unit), "held": held, "pending": pending, "debt": self.debt[unit]}

    def due(self) -> datetime:
        """The next instant at which the clock does something."""
        dead = [dead_at(day) for lots in self.lots.values() for day in lots]
        opens = [midnight(part.counts_on) for part in self.pending]
        return min([*dead, *opens, *(hold.ends_at for hold in self.holds), self.terms[-1].until])

    def advance(self, now: datetime) -> None:
        """P5: walk the due instants in the order of time."""
        while (at := self.due()) <= now:
            self.settle(at)

    def settle(self, at: datetime) -> None:
        """N7: holds end, pending opens, debt is paid, lots die, the term is reviewed."""
        for hold in [hold for hold in self.holds if hold.ends_at <= at]:
            self.release(hold, "ended", at - INSTANT)  # a lot that dies this instant is not yet dead
        for part in [part for part in self.pending if midnight(part.counts_on) <= at]:
            self.pending.remove(part)
            self.open(part)
        for unit in UNITS:
            self.pay(unit)
            self.bury(unit, at)
        if self.terms[-1].until <= at:
            self.review(at)
        self.lift(at)

    def bury(self, unit: str, at: datetime) -> None:
        """N5: a lot is dead at the midnight after its last day."""
        self.lots[unit] = Counter({day: n for day, n in self.lots[unit].items() if dead_at(day) > at})

    def put(self, unit: str, points: int, day: date) -> None:
        """Points that were earned on a day: they live from then, and count on it (N6)."""
        self.lots[unit][last_day(unit, day)] += points
        if unit == MEASURED:
            self.tally[day] += points

    def open(self, part: Part) -> None:
        part.pending = False
        self.put(part.unit, part.points, part.counts_on)

    def take(self, unit: str, points: int, own: date | None = None) -> Portions:
        """As many as there are: of one lot first, then of those that expire first (P4, P7)."""
        lots = sorted(self.lots[unit].items(), key=lambda lot: (lot[0] != own, lot[0]))
        drawn, left = draw(lots, points)
        self.lots[unit] = Counter(dict(left))
        return drawn

    def pay(self, unit: str) -> None:
        """P8: whatever is there pays the debt first."""
        self.debt[unit] -= total(self.take(unit, self.debt[unit]))

    def release(self, hold: Hold, state: str, now: datetime) -> None:
        """P6: what is left of a hold goes back to its lots and pays; of dead ones it is gone."""
        hold.state = state
        self.holds.remove(hold)
        for day, points in hold.pins:
            if dead_at(day) > now:
                self.lots[hold.unit][day] += points
        self.pay(hold.unit)

    def give_back(self, unit: str, portions: Portions, now: datetime) -> None:
        """P9: to the lots they came from, those of dead ones with days of grace; then they pay."""
        for day, points in portions:
            grace = day_of(now) + UNITS[unit].grace * DAY
            self.lots[unit][day if dead_at(day) > now else grace] += points
        self.pay(unit)

    def measure(self, day: date) -> int:
        """T2: what a window that ends with this day has earned."""
        first = months_after(day, -WINDOW)
        return sum(points for earned, points in self.tally.items() if first < earned <= day)

    def attained(self, at: datetime) -> int:
        """T1: thresholds are inclusive."""
        return max(tier for tier, bar in enumerate(ATTAIN) if bar <= self.measure(day_of(at)))

    def tier_at(self, at: datetime) -> str:
        return TIERS[next(term.tier for term in reversed(self.terms) if term.from_at <= at)]

    def begin(self, tier: int, at: datetime, reason: str, shown: int = 0, under: Term | None = None) -> None:
        """T7: a year less a day."""
        shares = Counter({sale: points for (day, sale), points in self.gave.items() if day == day_of(at)})
        until = midnight(months_after(day_of(at), TERM))
        self.terms.append(Term(tier, at, until, reason, shown, shares, under))

    def lift(self, at: datetime) -> None:
        """T4: at once, by as many steps as the measure allows."""
        reached = self.attained(at)
        if reached > self.terms[-1].tier:
            self.begin(reached, at, "lift", self.measure(day_of(at)), self.terms[-1])

    def review(self, at: datetime) -> None:
        """T6: what the window of the last day shows keeps the tier, or says which one follows.

        It lifts, too: a term that is taken up again may have come to a higher bar meanwhile (T10).
        """
        shown, tier = self.measure(day_of(at - INSTANT)), self.terms[-1].tier
        lower = max(step for step, bar in enumerate(RETAIN) if bar <= shown)
        kept = tier if shown >= RETAIN[tier] else lower
        self.begin(max(kept, self.attained(at - INSTANT)), at, "review")

    def forget(self, sale: str, now: datetime) -> None:
        """T10: a sale never was. Terms that it alone caused end, and what they replaced resumes.

        One whose own end is past resumes as it was reviewed then.
        """
        term = self.terms[-1] = self.terms[-1].without(sale)
        while term.under and max(term.shown, self.measure(day_of(now))) < ATTAIN[term.tier]:
            term = term.under
        if term is not self.terms[-1]:
            self.terms.append(replace(term, began=term.began or term.from_at))
            while self.terms[-1].until <= now:
                self.review(self.terms[-1].until)
                del self.terms[-2]
            self.terms[-1] = replace(self.terms[-1], from_at=now, reason="resumed")
        self.lift(now)
