"""The cells of one row, parsed once; what cannot be is noted with its line, and reads as nothing."""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from loyalty.jobs.importing.table import Fault, Row

_NUMBER = re.compile(r"-?[0-9]{1,13}(\.[0-9]{1,9})?")
_DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", re.ASCII)
_INSTANT = re.compile(
    r"(\d{4}[-/.]\d{1,2}[-/.]\d{1,2})"
    r"(?:[T ](\d{1,2}:\d{2}(?::\d{2})?)(?:\.\d{1,9})?\s?(Z|[+-]\d{2}:?\d{2})?)?",
    re.ASCII,
)
_EARLIEST, _LATEST = 1900, 2999
_YES = ("yes", "true", "1", "是")
_TRUTHS = (*_YES, "no", "false", "0", "否")


class Cells:
    """One row, field by field."""

    def __init__(self, row: Row, faults: list[Fault]) -> None:
        self.line = row.line
        self.faulty = False  #: whether anything was noted
        self._row, self._cells = row, row.cells
        self._faults = faults

    def inside(self, cells: Mapping[str, str]) -> "Cells":
        """Cells that one of this row's holds; their faults are told of the same line."""
        return Cells(Row(self.line, cells), self._faults)

    def note(self, field: str, says: str) -> None:
        """Note something wrong on this line, with this field, or ("") with the whole of it."""
        self.faulty = True
        self._faults.append(Fault(self.line, field, says))

    def has(self, field: str) -> bool:
        """Whether a field says anything."""
        return field in self._cells

    def ask(self, *fields: str) -> None:
        """Note each of these fields that says nothing."""
        for field in fields:
            if field not in self._cells:
                self.note(field, "is missing")

    def text(self, field: str, most: int, pattern: str = "") -> str | None:
        """A text of at most that many characters, none of them a control character."""
        text = self._take(field)
        wrong = None if text is None else _wrong(text, most, pattern)
        if wrong is not None:
            self.note(field, wrong)
            return None
        return text

    def choice(self, field: str, known: Collection[str]) -> str | None:
        """One of the words known."""
        text = self._take(field)
        if text is not None and text not in known:
            self.note(field, f"{text!r} is none of {', '.join(sorted(known))}")
            return None
        return text

    def number(self, field: str) -> Decimal | None:
        """An exact number: plain digits, a point, perhaps a minus; never an exponent."""
        text = self._take(field)
        if text is not None and not _NUMBER.fullmatch(text):
            self.note(field, f"{text!r} is not a number such as 12.50")
            return None
        return None if text is None else Decimal(text)

    def steps(self, field: str, decimals: int) -> int | None:
        """A number in steps of 10 ** -decimals; nothing is rounded."""
        number = self.number(field)
        if number is None:
            return None
        exact = number.scaleb(decimals)
        if exact != int(exact):
            self.note(field, f"has more than {decimals} decimals")
            return None
        return int(exact)

    def whole(self, field: str, least: int, most: int) -> int | None:
        """A whole number from `least` to `most`."""
        number = self.steps(field, 0)
        if number is not None and not least <= number <= most:
            self.note(field, f"must be from {least} to {most}")
            return None
        return number

    def truth(self, field: str) -> bool:
        """Whether a field says so, in one of the usual pairs of words; no where it says nothing."""
        return self.choice(field, _TRUTHS) in _YES

    def day(self, field: str) -> date | None:
        """A day, year first."""
        text = self._take(field, is_time=True)
        try:
            return None if text is None else _day(text)
        except ValueError:
            self.note(field, f"{text!r} is not a day such as 2026-01-31")
            return None

    def instant(self, field: str, zone: ZoneInfo) -> datetime | None:
        """A day and perhaps a time, year first; the club's own time where no offset is written."""
        text = self._take(field, is_time=True)
        try:
            return None if text is None else _instant(text, zone)
        except (ValueError, OverflowError):
            self.note(field, f"{text!r} is not a time such as 2026-01-31 09:30:00")
            return None

    def json(self, field: str) -> Any:
        """A JSON value, its numbers exact."""
        text = self._take(field)
        try:
            return None if text is None else json.loads(text, parse_float=Decimal, parse_constant=_refuse)
        except (ValueError, RecursionError):
            self.note(field, "is not JSON")
            return None

    def objects(self, field: str, most: int) -> "Iterator[Cells]":
        """The objects of a JSON list in a cell, each as if its members were cells."""
        value: Any = self.json(field)
        if value is None:
            return
        is_short = isinstance(value, list) and len(value) <= most
        if not is_short or not all(isinstance(item, dict) for item in value):
            self.note(field, f"must be a list of up to {most} objects")
            return
        for item in value:
            yield self.inside({name: str(one) for name, one in item.items() if one is not None})

    def _take(self, field: str, *, is_time: bool = False) -> str | None:
        """What a cell says; what cannot be taken as it is there is noted, and says nothing."""
        text = self._cells.get(field)
        if text is None:
            return None
        wrong = self._row.unfit.get(field)
        if wrong is None and field in self._row.times and not is_time:
            wrong = f"is a day for the spreadsheet ({text}): write it as text"
        if wrong is not None:
            self.note(field, wrong)
            return None
        return text


def _wrong(text: str, most: int, pattern: str) -> str | None:
    """What is wrong with a text, if anything is."""
    if len(text) > most:
        return f"is longer than {most}"
    if any(letter < " " or letter == "\x7f" for letter in text):
        return "holds a control character"
    if pattern and not re.fullmatch(pattern, text):
        return f"{text!r} has not the right form"
    return None


def _day(text: str) -> date:
    parts = _DAY.fullmatch(text)
    if parts is None:
        raise ValueError(text)
    return _checked(date(*map(int, parts.groups())))


@lru_cache(maxsize=1024)  # the lines of a receipt say the same
def _instant(text: str, zone: ZoneInfo) -> datetime:
    parts = _INSTANT.fullmatch(text)
    if parts is None:
        raise ValueError(text)
    day, clock, offset = parts.groups()
    hour, minute, second = ([*map(int, clock.split(":")), 0] if clock else [0, 0, 0])[:3]
    local = datetime.combine(_day(day), time(hour, minute, second), tzinfo=zone)
    if offset:
        written = offset.replace("Z", "+00:00")
        local = datetime.fromisoformat(f"{local.replace(tzinfo=None).isoformat()}{written}")
    return local.astimezone(UTC)


def _checked(day: date) -> date:
    if not _EARLIEST <= day.year <= _LATEST:
        raise ValueError(day)
    return day


def _refuse(word: str) -> None:
    raise ValueError(word)
