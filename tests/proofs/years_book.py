"""The second computation: what one member has, as plain sums under last days. No `loyalty` is imported.

Nothing is kept between two askings: each works a member out anew from the first day (`years_facts`).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.proofs.diary import DAY, day_of, months_later, over

NEVER = date(9999, 12, 31)
UNITS = ("cover", "reward", "status")
WINDOW_MONTHS = 12
TIERS = ("bronze", "silver", "gold")
Pots = list[tuple[date, int]]  #: last day, points; in the order of taking


@dataclass(frozen=True, slots=True)
class Rules:
    """What the club promised from an instant on: points per 100.00, months, days, bars and lengths."""

    since: datetime
    per_hundred: int
    fresh_per_hundred: int
    later_days: int
    reward_months: int
    silver: tuple[int, int]  #: to attain and to retain, of what was bought in twelve months
    gold: tuple[int, int]
    gold_held: tuple[int, int]  #: or of what policies give
    term_months: int
    birthday: int

    def bars(self, tier: str, which: int) -> dict[str, int]:
        spend = {"bronze": 0, "silver": self.silver[which], "gold": self.gold[which]}[tier]
        return {"spend": spend} | ({"held": self.gold_held[which]} if tier == "gold" else {})


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that was told at an instant, as it was told."""

    at: datetime
    kind: str
    said: Mapping[str, Any]


@dataclass(slots=True)
class Promise:
    """Points that come or go at an instant."""

    at: datetime
    unit: str
    points: int
    months: int | None
    source: str


@dataclass(slots=True)
class Sale:
    """A sale as its returns find it."""

    lines: Mapping[int, tuple[str, int]]
    parts: list[tuple[str, int, list[int]]]  #: unit, points, lines that count
    given: dict[str, list[tuple[date, int, date]]]  #: unit → last day, points, day of the tally
    taken: Counter[str] = field(default_factory=Counter)
    back: Counter[int] = field(default_factory=Counter)

    def kept(self) -> Counter[str]:
        """What the member keeps of it: each part times what is left over what was bought, rounded down."""
        kept = Counter[str]()
        for unit, points, lines in self.parts:
            bought = sum(self.lines[line][1] for line in lines)
            kept[unit] += points * (bought - sum(self.back[line] for line in lines)) // bought
        return kept


@dataclass(slots=True)
class Book:
    """One member at an instant."""

    zone: ZoneInfo
    editions: Sequence[Rules]
    free: dict[str, Counter[date]] = field(default_factory=lambda: {unit: Counter() for unit in UNITS})
    holds: dict[str, tuple[datetime, Pots]] = field(default_factory=dict)
    debt: Counter[str] = field(default_factory=Counter)
    tally: Counter[tuple[str, date]] = field(default_factory=Counter)
    promises: list[Promise] = field(default_factory=list)
    sales: dict[str, Sale] = field(default_factory=dict)
    spent: dict[str, Pots] = field(default_factory=dict)
    states: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    terms: list[tuple[str | None, datetime, datetime | None, str]] = field(default_factory=list)

    def rules(self, at: datetime) -> Rules:
        return [rules for rules in self.editions if rules.since <= at][-1]

    def figures(self, unit: str) -> tuple[int, int, int, int, int]:
        """Available, held, owed, promised, and what promises will take."""
        held = sum(points for _, pots in self.holds.values() for _, points in pots) if unit == "reward" else 0
        coming = [promise.points for promise in self.promises if promise.unit == unit]
        up, down = (sum(points for points in coming if points * sign > 0) for sign in (1, -1))
        return self.free[unit].total(), held, self.debt[unit], up, -down

    def pots(self) -> dict[tuple[str, date], tuple[int, int]]:
        """What lies under each last day: free, and set aside."""
        pots = {
            (unit, day): (points, 0) for unit in UNITS for day, points in self.free[unit].items() if points
        }
        for _, held in self.holds.values():
            for day, points in held:
                free, aside = pots.get(("reward", day), (0, 0))
                pots["reward", day] = free, aside + points
        return pots

    def next(self) -> datetime | None:
        """When time alone changes anything next."""
        dues = [ends for ends, _ in self.holds.values()] + [promise.at for promise in self.promises]
        days = {day for unit in UNITS for day, points in self.free[unit].items() if points and day != NEVER}
        dues += [over(day, self.zone) for day in days] + [term[2] for term in self.terms[-1:] if term[2]]
        return min(dues, default=None)

    def pass_to(self, until: datetime) -> None:
        while (at := self.next()) is not None and at <= until:
            self._turn(at)

    def _turn(self, at: datetime) -> None:
        """What an instant does: holds end, promises come true, debts are paid, points die, terms end (N7)."""
        rose = False
        for key in [key for key, (ends, _) in self.holds.items() if ends <= at]:
            self.release(self.holds.pop(key)[1], day_of(at - timedelta(microseconds=1), self.zone))
        due = [promise for promise in self.promises if promise.at <= at]
        self.promises = [promise for promise in self.promises if promise.at > at]
        for promise in due:
            rose |= self._comes_true(promise, day_of(at, self.zone))
        self.pay()
        for unit in UNITS:
            for day in [day for day in self.free[unit] if day != NEVER and over(day, self.zone) <= at]:
                del self.free[unit][day]
        if self.terms and (ends := self.terms[-1][2]) is not None and ends <= at:
            self._review(at)
        if rose:
            self.lift(at)

    def _comes_true(self, promise: Promise, today: date) -> bool:
        """Whether it raised what tiers are judged by."""
        if promise.points < 0:
            self.take(promise.unit, -promise.points, [], today)
            return False
        last = NEVER if promise.months is None else months_later(today, promise.months)
        self.put(promise.unit, last, promise.points, today)
        if promise.source in self.sales:
            self.sales[promise.source].given[promise.unit].append((last, promise.points, today))
        return promise.unit != "reward"

    def put(self, unit: str, last: date, points: int, counts_on: date | None) -> None:
        self.free[unit][last] += points
        if counts_on is not None:
            self.tally[unit, counts_on] += points

    def take(self, unit: str, points: int, own: Iterable[date], counts_on: date) -> None:
        """From its own pots first, then from others, then as a debt."""
        self.tally[unit, counts_on] -= points
        for day in [*own, *sorted(self.free[unit])]:
            part = min(points, self.free[unit][day])
            self.free[unit][day] -= part
            points -= part
        self.debt[unit] += points

    def pay(self) -> None:
        for unit in UNITS:
            for day in sorted(self.free[unit]):
                part = min(self.debt[unit], self.free[unit][day])
                self.free[unit][day] -= part
                self.debt[unit] -= part

    def release(self, pots: Pots, alive_on: date) -> None:
        for day, points in pots:
            if day >= alive_on:
                self.free["reward"][day] += points

    def choose(self, points: int) -> Pots:
        """Out of what dies first."""
        chosen: Pots = []
        for day in sorted(self.free["reward"]):
            if part := min(points, self.free["reward"][day]):
                self.free["reward"][day] -= part
                points -= part
                chosen.append((day, part))
        assert points == 0
        return chosen

    def _measure(self, day: date) -> dict[str, int]:
        first = months_later(day, -WINDOW_MONTHS) + DAY
        spend = sum(n for (unit, on), n in self.tally.items() if unit == "status" and first <= on <= day)
        return {"spend": spend, "held": self.free["cover"].total() - self.debt["cover"]}

    def lift(self, at: datetime) -> None:
        tier, measure = self.terms[-1][0], self._measure(day_of(at, self.zone))
        best = _highest(one for one in TIERS if _meets(self.rules(at).bars(one, 0), measure))
        if _rank(best) > _rank(tier):
            self.begin(best, at, "lift")

    def _review(self, at: datetime) -> None:
        tier, rules = self.terms[-1][0], self.rules(at)
        measure = self._measure(day_of(at, self.zone) - DAY)
        attained = [one for one in TIERS if _meets(rules.bars(one, 0), measure)]
        retained = [one for one in TIERS[: _rank(tier) + 1] if _meets(rules.bars(one, 1), measure)]
        self.begin(_highest([*attained, *retained]), at, "review")

    def begin(self, tier: str | None, at: datetime, reason: str) -> None:
        """T3: whoever is below every bar has no tier, until something lifts them."""
        last = months_later(day_of(at, self.zone), self.rules(at).term_months) - DAY
        self.terms.append((tier, at, over(last, self.zone) if tier else None, reason))


def _rank(tier: str | None) -> int:
    return TIERS.index(tier) if tier else -1


def _highest(tiers: Iterable[str]) -> str | None:
    return max(tiers, key=_rank, default=None)


def _meets(bars: Mapping[str, int], measure: Mapping[str, int]) -> bool:
    return any(measure[code] >= bar for code, bar in bars.items())
