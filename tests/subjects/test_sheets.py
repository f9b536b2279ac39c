"""Tables out: what a cell says stays what it says, and is never worked out."""

import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from python_calamine import load_workbook

from loyalty.sheets import write_sheet

LED = ["=1+1", "+8613800138000", "-5", "@SUM(A1)", "\t=1", "\r=1"]


def written(form, header, rows, **options):
    file = io.BytesIO()
    write_sheet(file, form, header, rows, **options)
    file.seek(0)
    return file


def sheets(file):
    with load_workbook(file) as book:
        return [book.get_sheet_by_index(number).to_python() for number in range(len(book.sheet_names))]


def test_no_cell_of_a_csv_file_begins_a_formula():
    text = written("csv", ["=name"], [[led] for led in LED]).getvalue().decode("utf-8")
    assert text.startswith("\ufeff'=name\r\n")  # the mark by which spreadsheets know UTF-8
    assert [text.count(f"'{led}") for led in LED] == [1] * len(LED)


def test_no_cell_of_a_workbook_is_a_formula_and_its_texts_stay_texts_when_they_are_typed_again():
    file = written("xlsx", ["=name"], [[led] for led in [*LED, "7012345678901234"]])
    assert sheets(file) == [[["=name"], *([led] for led in LED), ["7012345678901234"]]]
    with zipfile.ZipFile(file) as archive:
        sheet, styles = (archive.read(f"xl/{name}.xml") for name in ("worksheets/sheet1", "styles"))
    assert b"<f" not in sheet.replace(b"<fo", b"")
    assert b'quotePrefix="1"' in styles


@pytest.mark.parametrize(
    ("value", "in_csv", "in_xlsx"),
    [
        (5, "5", 5.0), (-5, "-5", -5.0), (10**15, "1000000000000000", "1000000000000000"),
        (Decimal("12.50"), "12.50", 12.5), (Decimal("1234567890123.456"), *["1234567890123.456"] * 2),
        (True, "true", "true"), (None, "", ""), (date(2026, 1, 5), "2026-01-05", date(2026, 1, 5)),
        (date(1900, 2, 28), "1900-02-28", "1900-02-28"),
        (datetime(2026, 1, 5, tzinfo=UTC), "2026-01-05T00:00:00.000000Z", "2026-01-05T00:00:00.000000Z"),
    ],
)  # fmt: skip
def test_numbers_and_days_are_numbers_and_days_where_they_are_kept_exactly(value, in_csv, in_xlsx):
    assert (
        written("csv", ["a", "b"], [["x", value]]).getvalue().decode("utf-8-sig") == f"a,b\r\nx,{in_csv}\r\n"
    )
    assert sheets(written("xlsx", ["a", "b"], [["x", value], ["y", "z"]])) == [
        [["a", "b"], ["x", in_xlsx], ["y", "z"]]
    ]


def test_what_is_more_than_a_sheet_goes_on_on_the_next_one_and_a_long_text_is_cut():
    rows = [[n, "x" * 40_000] for n in range(3)]
    first, second = sheets(written("xlsx", ["a", "b"], rows, rows_a_sheet=2))
    assert [row[0] for row in first] == ["a", 0.0, 1.0]
    assert [row[0] for row in second] == ["a", 2.0]
    assert len(first[1][1]) == 32_767
