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


def needs(editions: Editions, earliest: datetime, now: datetime, since: datetime | None = None) -> Needs:
    """For everything the clock and a fact can do between `earliest`, the first due instant, and `now`.

    `since` is from when on what the running term earns is its own: what rolls over once is told by it.
    """
    day = calendar.last_day_before(earliest, editions.zone)  # a review reads the day that ends with the term
    read: list[tuple[str, date]] = []
    for edition in _in_force(editions, earliest, now):
        terms = edition.programme.ladder.terms
        for counter in terms.counters:
            if counter.unit is not None and counter.window is not None:
                read.append((counter.unit, _first_day(counter.window, day)))
        if terms.rollover is not None and terms.rollover.kind == "once":
            own = calendar.local_day(since or earliest, editions.zone)
            read.extend((unit, own) for unit in terms.balances)
    return Needs(frozenset(unit for unit, _ in read), min((first for _, first in read), default=day))


def _in_force(editions: Editions, earliest: datetime, now: datetime) -> list[Edition]:
    later = [edition for edition in editions.items if earliest < edition.in_force_from <= now]
    return [editions.at(earliest), *later]


def _first_day(window: Window, day: date) -> date:
    """The earliest day such a window can reach back to; a membership year, whoever's it is, to a year ago."""
    if window.kind == "membership_year":
        return day - LONGEST_YEAR
    return window.days(day, day, for_review=True)[0]
