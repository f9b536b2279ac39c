"""Days, months and instants, worked out anew (rules.md N5, N6, N8)."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

FOREVER = date(9999, 12, 31)
INSTANT = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def local_day(at: datetime, zone: ZoneInfo) -> date:
    """The club's day in which an instant lies."""
    return at.astimezone(zone).date()


@lru_cache(maxsize=8192)
def start_of(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which a club's day begins."""
    return datetime.combine(day, time(0), zone).astimezone(UTC)


def death_of(day: date, zone: ZoneInfo) -> datetime:
    """The instant from which what was last usable on a day is dead."""
    return start_of(day + timedelta(days=1), zone)


def later(day: date, months: int) -> date:
    """So many months later, no further than the month's end."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def month_end(day: date) -> date:
    """The last of a month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def yearly(month: int, day: int, year: int) -> date:
    """A yearly day in one year."""
    return date(year, month, min(day, monthrange(year, month)[1]))


def told(at: datetime | None) -> str | None:
    """An instant as answers and events spell it."""
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def millisecond(at: datetime) -> int:
    """Milliseconds since 1970: what the upper bits of an id say."""
    return (at - _EPOCH) // timedelta(milliseconds=1)


_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"


def name_of(number: int) -> str:
    """An id as outsiders see it: Crockford's base 32."""
    text = ""
    while number:
        number, digit = divmod(number, 32)
        text = _DIGITS[digit] + text
    return text or "0"


def number_of(name: object) -> int | None:
    """The number behind an id that outsiders see; None for what is none."""
    if not isinstance(name, str) or not name or any(letter not in _DIGITS for letter in name):
        return None
    number = 0
    for letter in name:
        number = number * 32 + _DIGITS.index(letter)
    return number


def pair(member_id: int, op_id: int) -> str:
    """The name of a member's operation."""
    return f"{name_of(member_id)}-{name_of(op_id)}"
