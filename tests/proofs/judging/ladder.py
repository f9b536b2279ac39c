"""The ladder of one edition: bars, what a measure makes of them, how long terms last (rules.md T1-T7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from tests.proofs.judging.days import INSTANT, death_of, later, local_day, month_end, yearly

ALONE = "points"
Measure = Mapping[str, int]


@dataclass(frozen=True)
class Counter:
    """One thing that tiers are judged by: a balance, what a window earned, or terms without a break."""

    code: str
    unit: str | None
    window: Any = None
    terms_held: str | None = None

    def days(self, day: date, enrolled_on: date, *, review: bool) -> tuple[date, date]:
        """The first and the last day of its window."""
        told = self.window
        if told == "calendar_year":
            return day.replace(month=1, day=1), day
        if told == "membership_year":
            first = yearly(enrolled_on.month, enrolled_on.day, day.year)
            return first if first <= day else yearly(enrolled_on.month, enrolled_on.day, day.year - 1), day
        if "days" in told:
            return day - timedelta(days=told["days"] - 1), day
        if not told.get("whole"):
            return later(day, -told["months"]) + timedelta(days=1), day
        before = told.get("ends_before", {}).get("months", 0) if review else 0
        last = later(day.replace(day=1), -before)
        return later(last, 1 - told["months"]), min(month_end(last), day)


@dataclass(frozen=True)
class Tier:
    """One rung with its bars."""

    code: str
    attain: Measure
    retain: Measure
    void_below: Measure


def _met(bars: Measure, shown: Measure) -> bool:
    return any(shown.get(code, 0) >= bar for code, bar in bars.items())


class Ladder:
    """The rungs from the lowest, and their terms."""

    def __init__(self, document: Mapping[str, Any], decimals: Mapping[str, int]) -> None:
        self.terms: Mapping[str, Any] = document["terms"]
        measure = self.terms["measure"]
        listed = measure.get("any") or [measure | {"code": ALONE}]
        self.counters = [
            Counter(one["code"], one.get("balance") or one.get("earned"),
                    one.get("window") if "earned" in one else None, one.get("terms_held"))
            for one in listed
        ]  # fmt: skip
        self._digits = {one.code: decimals.get(one.unit or "", 0) for one in self.counters}
        self.tiers = [self._tier(one) for one in document["tier"]]
        self._ranks = {tier.code: rank for rank, tier in enumerate(self.tiers, start=1)}
        self.paid = {
            what: self.terms.get(f"{what}_costs", "nothing") != "nothing" for what in ("lift", "keep")
        }

    def _tier(self, told: Mapping[str, Any]) -> Tier:
        attain, retain, void = (self._bars(told.get(key)) for key in ("attain", "retain", "void_below"))
        return Tier(told["code"], attain, attain | retain, void)

    def _bars(self, told: Any) -> dict[str, int]:
        if told is None:
            return {}
        bars = told if isinstance(told, Mapping) else {ALONE: told}
        return {code: int(Fraction(str(bar)) * 10 ** self._digits[code]) for code, bar in bars.items()}

    @property
    def bars(self) -> dict[str, Any]:
        """The bars as a term keeps them."""
        kept: dict[str, Any] = {}
        for tier in self.tiers:
            kept[tier.code] = {"attain": dict(tier.attain), "retain": dict(tier.retain)}
            if tier.void_below:
                kept[tier.code]["void_below"] = dict(tier.void_below)
        return kept

    def rank(self, code: str | None) -> int:
        """How high a tier stands; 0 for none, -1 for one that there is not."""
        return 0 if code is None else self._ranks.get(code, -1)

    def lifted(self, tier: str | None, shown: Measure) -> str | None:
        """The tier a measure lifts to."""
        if not self.paid["lift"]:
            reached = [step.code for step in self.tiers if _met(step.attain, shown)]
            return reached[-1] if reached and self.rank(reached[-1]) > self.rank(tier) else tier
        left = dict(shown)
        for step in self.tiers[self.rank(tier) :]:
            if not _met(step.attain, left):
                break
            tier, left = step.code, {code: left[code] - bar for code, bar in step.attain.items()}
        return tier

    def reviewed(self, tier: str | None, shown: Measure) -> str | None:
        """The tier after a review."""
        reached, rank = self.lifted(tier, shown), self.rank(tier)
        if tier is None or self.rank(reached) > rank:
            return reached
        own, how = self.tiers[rank - 1], self.terms.get("downgrade", "to_measure")
        if own.void_below and not _met(own.void_below, shown):
            return None
        if how == "never" or _met(own.retain, shown):
            return tier
        below = self.tiers[: rank - 1]
        if how == "to_measure":
            bars = self.terms.get("downgrade_bars", "attain")
            below = [step for step in below if _met(getattr(step, bars), shown)]
        return below[-1].code if below else None

    def at_bars(self, code: str, tier: str | None, shown: Measure) -> bool:
        """Whether a review finds a member at the bars of a tier, or of a higher one."""
        held = self.rank(tier)
        return any(
            _met(step.retain if self.rank(step.code) <= held else step.attain, shown)
            for step in self.tiers[self.rank(code) - 1 :]
        )

    def end(self, begins: datetime, zone: ZoneInfo, *, after_review: bool = False) -> datetime:
        """Where a term ends that begins at an instant."""
        told = self.terms.get("length_after_review") if after_review else None
        return death_of(_last_day(told or self.terms["length"], local_day(begins, zone)), zone)

    def end_after_lift(self, until: datetime | None, at: datetime, zone: ZoneInfo) -> datetime:
        """Where the term ends that a lift begins out of one that would run until then."""
        fresh, how = self.end(at, zone), self.terms.get("on_upgrade", "restart")
        if until is None or how == "restart":
            return fresh
        return until if how == "keep_end" else max(fresh, until)

    def measured_at(self, begins: datetime, until: datetime | None, zone: ZoneInfo) -> datetime | None:
        """The end of the measuring day inside a term, where reviews have one."""
        told = self.terms.get("review", {}).get("measured_on", "term_end")
        if told == "term_end" or until is None:
            return None
        month, day = map(int, told.split("-"))
        last = local_day(until - INSTANT, zone)
        measured = yearly(month, day, last.year)
        if measured > last:
            measured = yearly(month, day, last.year - 1)
        at = death_of(measured, zone)
        return at if at > begins else None


def _last_day(told: Mapping[str, Any], day: date) -> date:
    if "until" in told:
        month, on = map(int, told["until"].split("-"))
        same = yearly(month, on, day.year)
        return same if same > day else yearly(month, on, day.year + 1)
    less = timedelta(days=1) if told.get("less_a_day") else timedelta()
    align = next((key for key in ("month_end", "year_end") if key in told), told.get("align", "exact"))
    plus, months = told.get(align, told.get("plus", 0)), told.get("months", 0)
    if align == "month_end":
        return month_end(later(day, months + plus))
    if align == "year_end":
        return date(later(day, months + plus * 12).year, 12, 31)
    return later(day, months) + timedelta(days=told.get("days", 0)) - less
