"""Days and months of the club as addresses name them."""

import re
from collections.abc import Iterator
from datetime import date

from loyalty import calendar
from loyalty.calendar import FOREVER

_DAY = re.compile(r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}")
AHEAD, BACK = 3, 24  #: months that may be chosen, around the running one


def day_told(text: str) -> date | None:
    """A day; None for anything else."""
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None
    return day if day is not None and date(1970, 2, 1) <= day < FOREVER else None


def month_told(text: str) -> date | None:
    """The first day of a month such as 2026-03; None for anything else."""
    return day_told(f"{text}-01")


def month_name(first: date) -> str:
    """A month as addresses name it: 2026-03."""
    return first.isoformat()[:7]


def months_to_choose(today: date) -> Iterator[date]:
    """The first days of the months around today, the latest first."""
    first = today.replace(day=1)
    return (calendar.add_months(first, months) for months in range(AHEAD, -BACK, -1))
