"""Single values of a document, from TOML or JSON, made exact; a ValueError says what is wrong. Pure."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import TypeVar

from loyalty.money import parse_money

D = TypeVar("D", bound=date)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CODE_FORM = "must be a code: a small letter, then at most 39 of a-z 0-9 _ -"
_CODE = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,12})(\.[0-9]{1,12})?")
_DAY_OF_YEAR = re.compile(r"([0-9]{2})-([0-9]{2})")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})"
)
_YEARS = range(1900, 9000)


def text(value: object, most: int, spread: bool = False) -> str:
    """Visible text, not blank: no control characters (line ends and tabs if `spread`), no lone surrogates."""
    if not isinstance(value, str):
        raise ValueError("must be a text")
    if not value.strip():
        raise ValueError("must not be empty")
    if len(value) > most:
        raise ValueError(f"must have at most {most} characters")
    visible = value.replace("\n", "").replace("\t", "") if spread else value
    if any(unicodedata.category(letter).startswith("C") for letter in visible):
        raise ValueError("must not hold invisible characters")
    return value


def is_code(value: str) -> bool:
    """Whether a text is a name for machines."""
    return _CODE.fullmatch(value) is not None


def code(value: object) -> str:
    """A name for machines."""
    if not isinstance(value, str) or not is_code(value):
        raise ValueError(CODE_FORM)
    return value


def codes(value: object) -> tuple[str, ...]:
    """Names for machines, each once."""
    if not isinstance(value, list) or not value or len(set(map(str, value))) < len(value):
        raise ValueError('must be a list of codes, each once, as ["gold"]')
    return tuple(code(one) for one in value)


def choice(value: object, options: Collection[str]) -> str:
    """One of the options."""
    if not isinstance(value, str) or value not in options:
        raise ValueError("must be " + " or ".join(f'"{option}"' for option in options))
    return value


def whole(value: object, least: int, most: int) -> int:
    """A whole number within bounds; a truth is none."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError("must be a whole number")
    if not least <= value <= most:
        raise ValueError(f"must be from {least} to {most}")
    return value


def truth(value: object) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def decimal(value: object) -> Fraction:
    """A whole number or a decimal string, exact; a float would not be."""
    if isinstance(value, float):
        raise ValueError('a fraction is not exact: write it in quotes, as "0.5"')
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        return Fraction(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**13:
        return Fraction(value)
    raise ValueError('must be a number of at most 13 digits, a fraction in quotes, as "0.5"')


def steps(value: object, decimals: int, least: int, most: int) -> int:
    """Points in the smallest steps of a unit that has so many decimals."""
    scaled = decimal(value) * 10**decimals
    if scaled.denominator != 1:
        raise ValueError(f"has more digits after the point than the unit, which has {decimals}")
    if not least <= scaled <= most:
        raise ValueError(f"must be from {Fraction(least, 10**decimals)} to {Fraction(most, 10**decimals)}")
    return int(scaled)


def minor(value: object, currency: str, signed: bool) -> int:
    """Minor units of a decimal string."""
    if not isinstance(value, str):
        raise ValueError('an amount is a decimal string such as "12.50": write it in quotes')
    return parse_money(value, currency, signed=signed)


def day_of_year(value: object) -> tuple[int, int]:
    """Month and day of "MM-DD"; 29 February is one."""
    found = _DAY_OF_YEAR.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError('must be a day of the year, as "12-31"')
    month, day_of_month = int(found[1]), int(found[2])
    try:
        date(2024, month, day_of_month)  # a leap year
    except ValueError:
        raise ValueError("there is no such day of the year") from None
    return month, day_of_month


def day(value: object) -> date:
    """A calendar day."""
    if isinstance(value, str) and _DAY.fullmatch(value):
        value = date.fromisoformat(value)
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ValueError("must be a day, as 2026-01-31")
    return _within(value)


def instant(value: object) -> datetime:
    """An instant with its offset, RFC 3339."""
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        value = datetime.fromisoformat(value)
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ValueError("must be an instant with an offset, as 2026-01-31T09:00:00+08:00")
    return _within(value)


def _within(value: D) -> D:
    if value.year not in _YEARS:
        raise ValueError(f"must be in the years {_YEARS[0]} to {_YEARS[-1]}")
    return value


def table(value: object) -> Mapping[str, object]:
    """A section."""
    if not isinstance(value, Mapping):
        raise ValueError("must be a table")
    return value


def tables(value: object, least: int, most: int) -> list[Mapping[str, object]]:
    """A list of sections."""
    if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
        raise ValueError("must be a list of tables")
    if not least <= len(value) <= most:
        raise ValueError(f"must hold {least} to {most} entries")
    return value
