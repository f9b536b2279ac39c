"""The ladder: tiers, what they are judged by, and how long a term lasts. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from typing import Literal

from loyalty.calendar import add_months, month_end, year_end, yearly_day
from loyalty.errors import TierUnknown

WindowKind = Literal["months", "whole_months", "days", "calendar_year", "membership_year"]
Alignment = Literal["exact", "month_end", "year_end"]
OnUpgrade = Literal["restart", "keep_end", "later_of_both"]
Downgrade = Literal["to_measure", "one_step", "never"]
Bars = Literal["attain", "retain"]
Falls = Literal["term_end", "at_once"]
OnReversal = Literal["keep", "resume"]
Starts = Literal["at_once", "next_day"]
LiftCosts = Literal["nothing", "attain"]
KeepCosts = Literal["nothing", "retain"]
TermsFollow = Literal["term", "calendar_year"]
RolloverKind = Literal["none", "once", "cap", "percent"]


@dataclass(frozen=True, slots=True)
class Window:
    """The stretch of days whose earnings count."""

    kind: WindowKind
    length: int = 0
    ends_before: int = 0  #: whole months: a review leaves out its own month and those before, so many in all

    def days(self, day: date, enrolled_on: date, *, for_review: bool = False) -> tuple[date, date]:
        """First and last day of the window that is looked at on `day`, both inclusive.

        It ends with `day`. Whole months begin with a first of the month, and the month of `day` is the last
        of them; for a review on `day` the last lies `ends_before` months earlier, and counts to its end.
        A membership year begins on the anniversary of `enrolled_on`, clamped to the month's end (N6).

        >>> Window("whole_months", 12, 1).days(date(2026, 7, 31), date(2020, 1, 1), for_review=True)
        (datetime.date(2025, 7, 1), datetime.date(2026, 6, 30))
        """
        if self.kind == "whole_months":
            last = add_months(day.replace(day=1), -self.ends_before if for_review else 0)
            return add_months(last, 1 - self.length), min(month_end(last), day)
        if self.kind == "months":
            first = add_months(day, -self.length) + timedelta(days=1)
        elif self.kind == "days":
            first = day - timedelta(days=self.length - 1)
        elif self.kind == "calendar_year":
            first = day.replace(month=1, day=1)
        else:
            first = yearly_day(enrolled_on.month, enrolled_on.day, day.year)
            if first > day:
                first = yearly_day(enrolled_on.month, enrolled_on.day, day.year - 1)
        return first, day


@dataclass(frozen=True, slots=True)
class Counter:
    """One thing a tier is judged by: points of `unit` earned in a window, or held now, or terms running.

    The last counts the reviews without a break, the latest included, that found the member at the bars of the
    tier `terms_held`, or of a higher one, by the other counters; such a counter has no unit.
    """

    code: str
    unit: str | None
    window: Window | None  #: None: the balance held
    terms_held: str | None = None


@dataclass(frozen=True, slots=True)
class Tier:
    """One rung. Bars are by counter code, in the smallest steps of the counter's unit, inclusive (T1)."""

    code: str
    name: Mapping[str, str]
    rank: int  #: 1, 2, 3 … from the lowest; 0 is the state below the first
    attain: Mapping[str, int]
    retain: Mapping[str, int]
    void_below: Mapping[str, int] = field(default_factory=dict)  #: below all of these a review makes it void


@dataclass(frozen=True, slots=True)
class Length:
    """How long a term lasts (T7)."""

    months: int = 0
    days: int = 0
    align: Alignment = "exact"
    plus: int = 0  #: that many more months or years, by the alignment
    less_a_day: bool = False
    until: tuple[int, int] | None = None  #: (month, day)

    def last_day(self, anchor: date) -> date:
        """The last local day of a term that begins on `anchor`.

        >>> Length(months=12, less_a_day=True).last_day(date(2008, 2, 8))
        datetime.date(2009, 2, 7)
        """
        if self.until is not None:
            this_year = yearly_day(*self.until, anchor.year)
            return this_year if this_year > anchor else yearly_day(*self.until, anchor.year + 1)
        if self.align == "month_end":
            last = month_end(add_months(anchor, self.months + self.plus))
        elif self.align == "year_end":
            last = year_end(add_months(anchor, self.months + self.plus * 12))
        else:
            last = add_months(anchor, self.months) + timedelta(days=self.days)
        return last - timedelta(days=1) if self.less_a_day else last


@dataclass(frozen=True, slots=True)
class Rollover:
    """What of a measured balance goes on into the next term; the rest is forfeited at the review."""

    kind: RolloverKind
    most: int = 0  #: of a cap, in the smallest steps of the unit
    share: Fraction = Fraction(0)  #: of a percentage

    def carried(self, balance: int, earned: int) -> int:
        """Points that go on, of those held and those that the ending term earned; fractions are dropped.

        `once` lets the term's own points go on, and nothing older: the oldest were spent first.

        >>> Rollover("percent", share=Fraction("0.1")).carried(8250, 0), Rollover("cap", 300).carried(400, 0)
        (825, 300)
        """
        if self.kind == "percent":
            return int(balance * self.share)
        most = {"none": 0, "once": max(earned, 0), "cap": self.most}[self.kind]
        return min(balance, most)


@dataclass(frozen=True)
class Terms:
    """How members are judged and when: the counters, the length of a term, what a fall does."""

    counters: tuple[Counter, ...]
    length: Length
    measured_on: tuple[int, int] | None  #: (month, day) the review measures; None: the term's own end
    on_upgrade: OnUpgrade
    downgrade: Downgrade
    downgrade_bars: Bars
    falls: Falls
    on_reversal: OnReversal = "keep"  #: whether a plain return also ends a term that it alone caused (T10)
    starts: Starts = "at_once"  #: a lift: when the measure is there, or at the next local midnight (T4)
    length_after_review: Length | None = None  #: of a term that a review begins; None: `length`
    lift_costs: LiftCosts = "nothing"  #: the bar that each step up takes from the balance (T4)
    keep_costs: KeepCosts = "nothing"  #: the bar that a review takes for the tier it decides
    rollover: Rollover | None = None  #: None: a review leaves the points alone
    void_forfeits: tuple[str, ...] = ()  #: units whose points a void tier takes with it
    terms_follow: TermsFollow = "term"  #: for how long a card keeps the benefits of one edition (B2)

    @cached_property
    def measured(self) -> frozenset[str]:
        """The units that counters count."""
        return frozenset(counter.unit for counter in self.counters if counter.unit is not None)

    @cached_property
    def counts_terms(self) -> bool:
        """Whether a counter counts terms running."""
        return any(counter.terms_held is not None for counter in self.counters)

    @property
    def balances(self) -> tuple[str, ...]:
        """The units whose balances are measured."""
        units = (counter.unit for counter in self.counters if counter.window is None)
        return tuple(dict.fromkeys(unit for unit in units if unit is not None))


@dataclass(frozen=True)
class Ladder:
    """The tiers from the lowest to the highest, and their terms."""

    tiers: tuple[Tier, ...]
    terms: Terms

    def tier(self, code: str) -> Tier:
        """The tier of that code. Raises TierUnknown."""
        for tier in self.tiers:
            if tier.code == code:
                return tier
        raise TierUnknown(tier=code)

    def rank(self, code: str | None) -> int:
        """How high a tier stands; 0 for None, the state below the first. Raises TierUnknown."""
        if code not in self._ranks:
            raise TierUnknown(tier=code)
        return self._ranks[code]

    @cached_property
    def _ranks(self) -> Mapping[str | None, int]:
        return {None: 0, **{tier.code: tier.rank for tier in self.tiers}}
