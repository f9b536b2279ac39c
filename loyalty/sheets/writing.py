"""Writing a table: CSV, or XLSX."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import IO, Literal, TextIO

from loyalty.sheets.cells import safe_cell

Form = Literal["csv", "xlsx"]
MEDIA_TYPES: Mapping[Form, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MOST_ROWS = 1_048_575  #: on a sheet of a workbook, below its header


def write_csv(lines: TextIO, header: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Write a table as CSV into an open file; how many rows it has."""
    told, count = csv.writer(lines), 0
    told.writerow([safe_cell(name) for name in header])
    for row in rows:
        told.writerow([safe_cell(value) for value in row])
        count += 1
    return count


def write_sheet(
    file: IO[bytes],
    form: Form,
    header: Sequence[str],
    rows: Iterable[Sequence[object]],
    rows_a_sheet: int = MOST_ROWS,
) -> None:
    """Write a table for people into an open file: CSV as spreadsheets open it (a mark tells UTF-8), or XLSX.

    In a workbook whole numbers and decimals are numbers and days are days; all else is text, as cards and
    phone numbers are, which must be given as text. What is more than a sheet holds goes on on the next one;
    a text longer than a cell is cut.
    """
    if form == "csv":
        text = io.TextIOWrapper(file, "utf-8-sig", newline="", write_through=True)
        write_csv(text, header, rows)
        text.detach()
        return
    # Its library takes long to load, which no command and no till should wait for.
    from loyalty.sheets.workbook import write_workbook

    write_workbook(file, header, iter(rows), rows_a_sheet)
