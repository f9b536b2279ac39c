"""The ladder: tiers, what they are judged by, and how long a term lasts. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from loyalty.calendar import add_months, month_end, year_end, yearly_day
from loyalty.errors import TierUnknown

WindowKind = Literal["months", "days", "calendar_year", "membership_year"]
Alignment = Literal["exact", "month_end", "year_end"]
OnUpgrade = Literal["restart", "keep_end", "later_of_both"]
Downgrade = Literal["to_measure", "one_step", "never"]
Bars = Literal["attain", "retain"]
Falls = Literal["term_end", "at_once"]
OnReversal = Literal["keep", "resume"]


@dataclass(frozen=True, slots=True)
class Window:
    """The stretch of days whose earnings count."""

    kind: WindowKind
    length: int = 0

    def days(self, day: date, enrolled_on: date) -> tuple[date, date]:
        """First and last day of the window that ends with `day`, both inclusive.

        A membership year begins on the anniversary of `enrolled_on`, clamped to the month's end (N6).
        """
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
    """One thing a tier is judged by: an amount of `unit` earned in a window, or a balance held."""

    code: str
    unit: str
    window: Window | None  #: None: the balance held


@dataclass(frozen=True, slots=True)
class Tier:
    """One rung. Bars are by counter code, in the smallest steps of the counter's unit, inclusive (T1)."""

    code: str
    name: Mapping[str, str]
    rank: int  #: 1, 2, 3 … from the lowest; 0 is the state below the first
    attain: Mapping[str, int]
    retain: Mapping[str, int]


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


@dataclass(frozen=True, slots=True)
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
        return 0 if code is None else self.tier(code).rank
