"""Workbooks as files: what their cells say, exactly, and what is refused before anything is read of it."""

import zipfile
from datetime import date, datetime, time
from pathlib import Path

import pytest

from loyalty.jobs.importing.opening import open_table
from loyalty.jobs.importing.table import FileUnreadable, Layout, rows
from tests.files import packed, patched, xlsx_file

SHEET, TEXTS, BOOK = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"


def at(*clock):
    """A time of a sheet: it has no zone."""
    return datetime.combine(date(2026, 1, 5), time(*clock))


def read(file, *fields):
    """The rows of a file and its faults; each column is the field of its name."""
    table, faults = open_table(Path(file)), []
    told = [*rows(table, Layout({name: name for name in fields or table.header}, {}), faults)]
    return told, [(fault.line, str(fault)) for fault in faults]


def cells(file):
    told, faults = read(file)
    assert faults == []
    return [dict(row.cells) for row in told]


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (5, "5"), (5.0, "5"), (13800138000, "13800138000"), (-12.5, "-12.5"), (0.1, "0.1"), (1.15, "1.15"),
        (999_999_999_999_999, "999999999999999"), (0.0000001, "0.0000001"), ("0012", "0012"), (True, "true"),
        (date(2026, 1, 5), "2026-01-05"), (at(9, 30), "2026-01-05 09:30:00"),
        (at(23, 59, 59), "2026-01-05 23:59:59"), ("王小明", "王小明"), ("  x ", "x"),
    ],
)  # fmt: skip
def test_a_cell_says_what_was_typed(tmp_path, typed, says):
    assert cells(xlsx_file(tmp_path, ["a"], [typed])) == [{"a": says}]


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (7_012_345_678_901_234, "a number of more than 15 digits"),
        (0.1 + 0.2, None),  # written with 16 digits, it is 0.3
        (date(1900, 2, 28), "lies before 1900-03-01, where spreadsheets disagree"),
        (time(9, 30), "is a time without a day"),
        ("x" * 32_768, None),  # no spreadsheet keeps it
        ("a\0b", "holds a control character"),
    ],
)
def test_what_a_spreadsheet_did_not_keep_is_told_by_line_and_field(tmp_path, typed, says):
    told, _ = read(xlsx_file(tmp_path, ["a", "b"], ["fine", 1], [typed, 2]))
    assert told[0].unfit == {}
    assert (says or "") in told[-1].unfit.get("a", "")
    assert bool(says) == bool(told[-1].unfit)


@pytest.mark.parametrize("typed", ["NaN", "inf", "1e400", "7012345678901234567"])
def test_numbers_that_are_none_are_refused(tmp_path, typed):
    file = patched(xlsx_file(tmp_path, ["a"], [4711]), SHEET, "<v>4711</v>", f"<v>{typed}</v>")
    (row,), _ = read(file)
    assert "more than 15 digits" in row.unfit["a"]


def test_days_count_from_1904_where_the_workbook_says_so(tmp_path):
    typed = [date(2026, 1, 5), at(9, 30)]
    old, new = (xlsx_file(tmp_path, ["a", "b"], typed, from_1904=mode) for mode in (True, False))
    assert cells(old) == cells(new) == [{"a": "2026-01-05", "b": "2026-01-05 09:30:00"}]
    # The same number of days means another day: what one workbook says is not what the other says.
    serial = "<v>46027</v>"
    file = patched(xlsx_file(tmp_path, ["a"], [date(2026, 1, 5)]), SHEET, serial, "<v>44565</v>")
    assert cells(file) == [{"a": "2022-01-04"}]
    file = patched(file, BOOK, "<workbookPr ", '<workbookPr date1904="1" ')
    assert cells(file) == [{"a": "2026-01-05"}]


def test_lines_are_the_sheets_own_rows(tmp_path):
    file = xlsx_file(tmp_path, ["a", "b"], ["1", ""], ["", ""], ["", "4"])
    told, _ = read(file)
    assert [(row.line, dict(row.cells)) for row in told] == [(2, {"a": "1"}), (4, {"b": "4"})]
    sheet = "<row><c><v>1</v></c><c/><c><v>3</v></c></row>"
    file = xlsx_file(tmp_path, ["a", "b", "c"], [4711])
    told, _ = read(patched(file, SHEET, '<row r="2" spans="1:3"><c r="A2"><v>4711</v></c></row>', sheet))
    assert [(row.line, dict(row.cells)) for row in told] == [(2, {"a": "1", "c": "3"})]


def test_a_formula_is_a_fault_of_its_line_wherever_it_stands(tmp_path):
    file = xlsx_file(tmp_path, ["a", "b"], ["1", "2"], ["1", "=1+1"], ["=A1", 3])
    told, faults = read(file, "a")
    assert len(told) == 3
    assert faults == [
        (3, "column B holds a formula: only values are taken"),
        (4, "column A holds a formula: only values are taken"),
    ]


def test_an_error_is_a_fault_where_the_column_is_a_field(tmp_path):
    file = patched(xlsx_file(tmp_path, ["a", "b"], [4711, 1]), SHEET, '"A2"><v>4711', '"A2" t="e"><v>#N/A')
    (row,), _ = read(file)
    assert row.unfit == {"a": "holds an error"}


def test_texts_may_be_rich_inline_or_told_by_number(tmp_path):
    rich = '"A2" t="inlineStr"><is><r><t>ri</t></r><r><t>ch</t></r></is><v></v>'
    file = patched(xlsx_file(tmp_path, ["a"], [4711]), SHEET, '"A2"><v>4711</v>', rich.replace("<v></v>", ""))
    assert cells(file) == [{"a": "rich"}]


BILLION = '<!DOCTYPE s [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>'


@pytest.mark.parametrize(
    ("part", "old", "new", "says"),
    [
        pytest.param(TEXTS, "<sst", f"{BILLION}<sst", "holds a document type", id="billion laughs"),
        pytest.param(SHEET, "<worksheet", f"{BILLION}<worksheet", "holds a document type", id="in the sheet"),
        pytest.param(SHEET, '"A2"', '"XFD2"', "more than 200 columns", id="far column"),
        pytest.param(SHEET, '"A2"', '"ZZZZZZ2"', "damaged", id="no column"),
        pytest.param(SHEET, '"A2"', '"A9999999"', "more than 2,000,000 rows", id="far row"),
        pytest.param(SHEET, '"A2"', '"CV1048576"', "or 10,000,000 cells", id="wide and long"),
        pytest.param(SHEET, "</sheetData>", "", "damaged", id="torn"),
        pytest.param(SHEET, 't="s"><v>0', 't="s"><v>99', "damaged", id="no such text"),
        pytest.param("[Content_Types].xml", "sheet.main", "sheet.macroEnabled.main", "holds macros",
                     id="xlsm"),
        pytest.param(BOOK, "</sheets>", '<sheet name="S2" sheetId="2" r:id="rId1"/></sheets>', "has 2 sheets",
                     id="one part as two sheets"),
        pytest.param(SHEET, "</worksheet>", "<sheetData/></worksheet>", "has 2 sheets", id="cells twice"),
    ],
)  # fmt: skip
def test_a_workbook_that_would_swell_or_run_is_refused(tmp_path, part, old, new, says):
    file = patched(xlsx_file(tmp_path, ["a"], [4711]), part, old, new)
    with pytest.raises(FileUnreadable, match=says):
        read(file)


def test_a_text_used_a_million_times_is_counted_each_time(tmp_path):
    file = xlsx_file(tmp_path, ["a"], ["x" * 32_000])
    uses = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>1</v></c></row>' for n in range(2, 3_200))
    with pytest.raises(FileUnreadable, match="more than 100,000,000 letters"):
        read(patched(file, SHEET, '<row r="2" spans="1:1"><c r="A2" t="s"><v>1</v></c></row>', uses))


@pytest.mark.parametrize(
    ("says_bytes", "says"),
    [(600_000_000, "500,000,000 bytes unpacked"), (10, "damaged")],
    ids=["as it says", "hidden"],
)
def test_what_unpacks_to_too_much_is_not_unpacked(tmp_path, says_bytes, says):
    file = xlsx_file(tmp_path, ["a"], [1])
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/huge.xml", "<x>" + " " * 20_000_000 + "</x>")
        archive.infolist()[-1].file_size = says_bytes
    with pytest.raises(FileUnreadable, match=says):
        read(file)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("xl/vbaProject.bin", "holds macros"),
        ("xl/macrosheets/sheet1.xml", "holds macros"),
        ("xl/externalLinks/externalLink1.xml", "holds links to other files"),
        ("xl/connections.xml", "holds links to other files"),
        ("XL/WORKBOOK.XML", "is no XLSX file"),
    ],
)
def test_parts_that_would_run_reach_out_or_hide_another_are_refused(tmp_path, name, says):
    file = xlsx_file(tmp_path, ["a"], [1])
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(name, "<x/>")
    with pytest.raises(FileUnreadable, match=says):
        read(file)


def test_one_sheet_is_one_file(tmp_path):
    with pytest.raises(FileUnreadable, match="has 2 sheets: the one to import goes into a file of its own"):
        read(xlsx_file(tmp_path, ["a"], [1], sheets=2))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"PK\x03\x04 and no more", "damaged, or protected"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "of the old form, or protected by a password"),
    ],
)
def test_what_is_no_workbook_is_told_so(tmp_path, content, says):
    file = tmp_path / "told.xlsx"
    file.write_bytes(content)
    with pytest.raises(FileUnreadable, match=says):
        read(str(file))


def test_an_archive_of_something_else_is_no_workbook(tmp_path):
    with pytest.raises(FileUnreadable, match="is no XLSX file"):
        read(packed(str(tmp_path / "a.xlsx"), {"word/document.xml": b"<x/>"}))
    with pytest.raises(FileUnreadable, match="more than 1,000 parts"):
        read(packed(str(tmp_path / "a.xlsx"), {f"{n}.xml": b"" for n in range(1_001)}))


def test_a_sheet_without_a_header_in_its_first_row_is_refused(tmp_path):
    for rows_of_it in ([], [[""], ["a"], [1]]):
        with pytest.raises(FileUnreadable, match="names no columns in the first row"):
            read(xlsx_file(tmp_path, *rows_of_it))
