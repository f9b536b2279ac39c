"""What a decision must be shown before it can be made. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from loyalty import calendar
from loyalty.decide.programme import Edition, Editions
from loyalty.tiers.terms import Window

LONGEST_YEAR = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Needs:
    """Which units' tallies a member's windows read, and from which day on."""

    units: frozenset[str]
    since: date


def needs(editions: Editions, earliest: datetime, now: datetime) -> Needs:
    """For everything the clock and a fact can do between `earliest`, the first due instant, and `now`."""
    day = calendar.last_day_before(earliest, editions.zone)  # a review reads the day that ends with the term
    windows = [
        (counter.unit, counter.window)
        for edition in _in_force(editions, earliest, now)
        for counter in edition.programme.ladder.terms.counters
        if counter.window is not None
    ]
    first_days = [_first_day(window, day) for _, window in windows]
    return Needs(frozenset(unit for unit, _ in windows), min(first_days, default=day))


def _in_force(editions: Editions, earliest: datetime, now: datetime) -> list[Edition]:
    later = [edition for edition in editions.items if earliest < edition.in_force_from <= now]
    return [editions.at(earliest), *later]


def _first_day(window: Window, day: date) -> date:
    """The earliest day such a window can reach back to; a membership year, whoever's it is, to a year ago."""
    if window.kind == "membership_year":
        return day - LONGEST_YEAR
    return window.days(day, day)[0]
