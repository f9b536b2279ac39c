"""Calendar months of the club, as figures are told by them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Label, case
from sqlalchemy.orm import InstrumentedAttribute

from loyalty import calendar

EARLIER = -1  #: the place of what was before the first month


@dataclass(frozen=True, slots=True)
class Months:
    """Months in a row, by the club's local days; nothing that was booked after `at` is seen."""

    firsts: tuple[date, ...]  #: the first day of each
    zone: ZoneInfo
    at: datetime  #: in the last of them
    is_now: bool = True  #: whether that is the present, with which rows that change can be compared

    @property
    def names(self) -> tuple[str, ...]:
        """As tables call them: 2026-03."""
        return tuple(name_of(first) for first in self.firsts)

    @property
    def begins_at(self) -> datetime:
        """The first instant of the first."""
        return calendar.day_start(self.firsts[0], self.zone)

    @property
    def day(self) -> date:
        """The local day that is looked at."""
        return calendar.local_day(self.at, self.zone)

    def place(
        self, instant: ColumnElement[Any] | InstrumentedAttribute[Any], name: str = "month"
    ) -> Label[int]:
        """Which month an instant falls in: 0, 1, 2 …; EARLIER before the first.

        What is after `at`, or NULL, has the place behind the last. Group by its name: each mention of it
        would be an expression of its own to PostgreSQL.
        """
        starts = [calendar.day_start(first, self.zone) for first in self.firsts]
        steps = [(instant < start, no) for no, start in enumerate(starts, start=EARLIER)]
        return case(*steps, (instant <= self.at, len(starts) - 1), else_=len(starts)).label(name)


def months_until(at: datetime, count: int, zone: ZoneInfo, *, is_now: bool = True) -> Months:
    """The month of an instant and those before it, so many in all."""
    first = calendar.local_day(at, zone).replace(day=1)
    return Months(tuple(calendar.add_months(first, no + 1 - count) for no in range(count)), zone, at, is_now)


def months_seen(now: datetime, count: int, zone: ZoneInfo, day: date | None = None) -> Months:
    """The months up to now, or as they were seen when a day ended; a day that is not over is now."""
    ended_at = calendar.day_after(day, zone) - calendar.INSTANT if day is not None else now
    return months_until(min(ended_at, now), count, zone, is_now=ended_at >= now)


def months_after(at: datetime, count: int, zone: ZoneInfo) -> Months:
    """The month of an instant and those after it, so many in all; they are seen to their end."""
    first = calendar.local_day(at, zone).replace(day=1)
    firsts = tuple(calendar.add_months(first, no) for no in range(count))
    last = calendar.day_after(calendar.month_end(firsts[-1]), zone) - calendar.INSTANT
    return Months(firsts, zone, last, is_now=False)


def name_of(day: date) -> str:
    """The month of a day as tables call it.

    >>> name_of(date(2026, 3, 31))
    '2026-03'
    """
    return day.isoformat()[:7]
