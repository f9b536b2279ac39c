"""A workbook (XLSX) as a table: what its cells say, exactly, or why that cannot be told."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from python_calamine import CalamineError, CalamineSheet, ZipError, load_workbook

from loyalty.jobs.importing.archive import Place, Seen, look_through
from loyalty.jobs.importing.table import Fault, FileUnreadable, Record, Table

MOST_BYTES = 50_000_000
_MOST_DIGITS = 15  #: that a spreadsheet keeps; of what was typed with more, the rest is noughts
_FIRST_DAY = date(1900, 3, 1)  #: before it spreadsheets disagree: some know a 29 February 1900
_LAST_YEAR = 9999
_HALF_A_SECOND = timedelta(microseconds=500_000)


def open_workbook(file: Path, sha256: str) -> Table:
    """The only sheet of a workbook, its columns named in its first row. Raises FileUnreadable."""
    if file.stat().st_size > MOST_BYTES:
        raise FileUnreadable(f"has more than {MOST_BYTES:,} bytes: split it")
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "copy.xlsx"
        seen = look_through(file, copy)
        sheet = _sheet(copy)
    if sheet.start is None or sheet.start[0] > 0:
        raise FileUnreadable("names no columns in the first row of its sheet")
    header = [_text(cell).strip() for cell in next(iter(sheet.iter_rows()))]
    return Table(header, "XLSX", sha256, partial(_records, sheet, sheet.start[1], seen))


def _sheet(file: Path) -> CalamineSheet:
    try:
        with load_workbook(file) as book:
            if len(book.sheet_names) != 1:
                raise FileUnreadable(
                    f"has {len(book.sheet_names)} sheets: the one to import goes into a file of its own"
                )
            return book.get_sheet_by_index(0)
    except (CalamineError, ZipError) as torn:
        raise FileUnreadable(f"is no XLSX file that can be read: {torn}") from None


def _records(sheet: CalamineSheet, first: int, seen: Seen, faults: list[Fault]) -> Iterator[Record]:
    """The records below the header; the sheet's first cells stand in the column `first`."""
    faults += [
        Fault(row + 1, "", f"column {_letters(column)} holds a formula: only values are taken")
        for row, column in seen.formulas
    ]
    errors = {
        row: {column - first: "holds an error" for _, column in places}
        for row, places in groupby(sorted(seen.errors), key=_row_of)
    }
    for number, told in enumerate(sheet.iter_rows()):
        if number and (number in errors or any(cell != "" for cell in told)):
            yield _record(number + 1, told, errors.get(number, {}))


def _record(line: int, told: Sequence[Any], errors: dict[int, str]) -> Record:
    unfit = {place: says for place, cell in enumerate(told) if (says := _unfit(cell)) is not None}
    times = {place for place, cell in enumerate(told) if isinstance(cell, date)}
    return Record(line, [_text(cell) for cell in told], unfit | errors, times)


def _unfit(cell: Any) -> str | None:
    """Why what a cell says is not what somebody typed there, if it is not."""
    if isinstance(cell, float) and not _is_kept(cell):
        return f"is a number of more than {_MOST_DIGITS} digits, which a spreadsheet rounds: write it as text"
    if isinstance(cell, date) and _day(cell) < _FIRST_DAY:
        return f"lies before {_FIRST_DAY}, where spreadsheets disagree: write it as text"
    if not isinstance(cell, str | float | int | date):
        return "is a time without a day"
    return None


def _is_kept(number: float) -> bool:
    """Whether a spreadsheet kept every digit of a number that was typed into it."""
    exact = Decimal(repr(number))
    if not exact.is_finite() or abs(exact) >= 10**_MOST_DIGITS:
        return False
    return len(exact.normalize().as_tuple().digits) <= _MOST_DIGITS


def _text(cell: Any) -> str:
    """What a cell says: a number with the digits that were typed, a day, a time to the second.

    >>> _text(5.0), _text(13800138000.0), _text(1.15), _text(1e-07), _text(True)
    ('5', '13800138000', '1.15', '0.0000001', 'true')
    """
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        exact = Decimal(repr(cell))
        return format(exact.normalize(), "f") if exact.is_finite() else str(cell)
    if isinstance(cell, datetime):
        rounded = cell if cell.year == _LAST_YEAR else cell + _HALF_A_SECOND
        return rounded.isoformat(" ", "seconds")
    return str(cell)


def _day(cell: date) -> date:
    return cell.date() if isinstance(cell, datetime) else cell


def _row_of(place: Place) -> int:
    return place[0]


def _letters(column: int) -> str:
    """How a spreadsheet calls a column, counted from nought.

    >>> _letters(0), _letters(25), _letters(26), _letters(701), _letters(702)
    ('A', 'Z', 'AA', 'ZZ', 'AAA')
    """
    name, left = "", column + 1
    while left:
        left, place = divmod(left - 1, 26)
        name = chr(ord("A") + place) + name
    return name
