"""Days and months, pure: clamped month arithmetic, local days, last usable days (N5, N6, N8)."""

from calendar import isleap
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

FOREVER = date(9999, 12, 31)  #: the last day of what never ends; keys hold no NULL
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)  #: before anything we know of
INSTANT = timedelta(microseconds=1)  #: the smallest step of time we keep
_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)  #: of the months of a common year


@lru_cache(maxsize=4096)
def add_months(day: date, months: int) -> date:
    """The same day `months` later, clamped to the month's end (N6).

    >>> add_months(date(2024, 1, 31), 1), add_months(date(2023, 1, 31), 1), add_months(date(2024, 1, 31), 2)
    (datetime.date(2024, 2, 29), datetime.date(2023, 2, 28), datetime.date(2024, 3, 31))
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, _days_in(year, month + 1)))


def _days_in(year: int, month: int) -> int:
    return 29 if month == 2 and isleap(year) else _DAYS[month - 1]


def month_end(day: date) -> date:
    """The last day of that month."""
    return day.replace(day=_days_in(day.year, day.month))


def quarter_end(day: date) -> date:
    """The last day of that calendar quarter."""
    return month_end(day.replace(day=1, month=(day.month - 1) // 3 * 3 + 3))


def year_end(day: date) -> date:
    """31 December of that year."""
    return date(day.year, 12, 31)


def yearly_day(month: int, day: int, year: int) -> date:
    """The day a yearly occasion falls on in `year`: 29 February on the 28th in common years (N8).

    >>> yearly_day(2, 29, 2025), yearly_day(2, 29, 2028)
    (datetime.date(2025, 2, 28), datetime.date(2028, 2, 29))
    """
    return date(year, month, min(day, _days_in(year, month)))


def whole_years(since: date, day: date) -> int:
    """How many whole years lie between two days; below nil where `day` is the earlier one (N8).

    >>> whole_years(date(2024, 2, 29), date(2025, 2, 27)), whole_years(date(2024, 2, 29), date(2025, 2, 28))
    (0, 1)
    """
    return day.year - since.year - (day < yearly_day(since.month, since.day, day.year))


@lru_cache(maxsize=4096)
def local_day(instant: datetime, zone: ZoneInfo) -> date:
    """The calendar day an instant falls on in the club's zone."""
    return instant.astimezone(zone).date()


def instant_text(instant: datetime) -> str:
    """An instant as answers and events tell it: RFC 3339, in UTC.

    >>> instant_text(datetime(2026, 1, 31, 9, 30, tzinfo=UTC))
    '2026-01-31T09:30:00Z'
    """
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def new_years(since: datetime, by: datetime, zone: ZoneInfo) -> list[datetime]:
    """The first instants of the years that begin after one instant, and by another at the latest."""
    years = range(local_day(since, zone).year + 1, local_day(by, zone).year + 1)
    return [day_start(date(year, 1, 1), zone) for year in years]


@lru_cache(maxsize=4096)
def day_start(day: date, zone: ZoneInfo) -> datetime:
    """The UTC instant at which a local day begins."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)


@lru_cache(maxsize=4096)
def day_after(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which something whose last usable day is `day` is dead (N5)."""
    return day_start(day + timedelta(days=1), zone)


def last_day_before(instant: datetime, zone: ZoneInfo) -> date:
    """The last local day that begins before `instant`: what `until` shows as `last_day` (N5)."""
    return local_day(instant - INSTANT, zone)
