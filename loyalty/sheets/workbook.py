"""A table as a workbook (XLSX)."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from typing import IO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from loyalty.sheets.cells import FORMULAS, as_text

MOST_LETTERS = 32_767  #: in a cell
MOST_DIGITS = 15  #: that a spreadsheet keeps of a number
FIRST_DAY = date(1900, 3, 1)  #: from which on all spreadsheets count alike: some know a 29 February 1900
_SAFELY = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


def write_workbook(
    file: IO[bytes], header: Sequence[str], rows: Iterator[Sequence[object]], rows_a_sheet: int
) -> None:
    """Write a table into an open file, on as many sheets as it needs, each with its header."""
    with Workbook(file, _SAFELY) as book:
        pen, count = _Pen(book), rows_a_sheet
        while count == rows_a_sheet:
            sheet = book.add_worksheet()
            for count, row in enumerate(chain([header], islice(rows, rows_a_sheet))):
                pen.write(sheet, count, row)


class _Pen:
    """Writes rows of one workbook, each cell in its form."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._text = book.add_format({"num_format": "@"})
        self._quoted = book.add_format({"num_format": "@", "quote_prefix": True})
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})
        self._decimals = dict[int, Format]()

    def write(self, sheet: Worksheet, number: int, row: Sequence[object]) -> None:
        """Write the cells of one row."""
        for place, value in enumerate(row):
            if isinstance(value, int | Decimal) and _is_kept(value):
                sheet.write_number(number, place, float(value), self._form_of(value))
            elif isinstance(value, date) and not isinstance(value, datetime) and value >= FIRST_DAY:
                sheet.write_datetime(number, place, datetime(value.year, value.month, value.day), self._day)  # noqa: DTZ001
            elif text := as_text(value)[:MOST_LETTERS]:
                look = self._quoted if text.startswith(FORMULAS) else self._text
                sheet.write_string(number, place, text, look)

    def _form_of(self, value: int | Decimal) -> Format:
        """How a number is shown: with as many decimals as it has."""
        places = max(0, -int(Decimal(value).as_tuple().exponent))
        if places not in self._decimals:
            shown = f"0.{'0' * places}" if places else "0"
            self._decimals[places] = self._book.add_format({"num_format": shown})
        return self._decimals[places]


def _is_kept(value: int | Decimal) -> bool:
    """Whether a spreadsheet keeps every digit of a number; a truth is none."""
    if isinstance(value, bool):
        return False
    number = Decimal(value)
    return (
        number.is_finite() and abs(number) < 10**MOST_DIGITS and len(number.as_tuple().digits) <= MOST_DIGITS
    )
