"""What tables in and out withstand; each test's first words name the threat."""

import csv

import pytest
from python_calamine import load_workbook

from tests.files import csv_file, mapped, patched, xlsx_file

HEADER = ("reference", "receipt", "sold_at", "amount")
SALES = mapped(*HEADER, store="S1", terminal="T9")
LED = ("=cmd|' /C calc'!A0", "+1", "-1+1", "@SUM(1)", "\t=1")


def refused(make, file):
    told = make.app.test_cli_runner().invoke(args=["import", "purchases", file, *SALES])
    assert told.exit_code == 1, told.output
    return told.output


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_a_hostile_workbook_books_nothing(make, tmp_path):
    """CSV and XLSX in: no formulas, no entities, no macros, no swelling; what was refused is told."""
    make.club()
    ana = make.shopper(references=["ana"])
    row, sheet = ["ana", "1", "2026-01-05", 10], "xl/worksheets/sheet1.xml"
    formula = xlsx_file(tmp_path, HEADER, [*row[:3], "=1000000"], name="formula.xlsx")
    assert "column D holds a formula" in refused(make, formula)
    attacks = {
        "<worksheet": ('<!DOCTYPE s [<!ENTITY a "ha">]><worksheet', "holds a document type"),
        '"D2"': ('"XFD2"', "more than 200 columns"),
        '"A2"': ('"A9999999"', "more than 2,000,000 rows"),
        "<v>10</v>": ("<v>1e400</v>", "a number of more than 15 digits"),
    }
    for old, (new, says) in attacks.items():
        assert says in refused(make, patched(xlsx_file(tmp_path, HEADER, row), sheet, old, new))
    nul = csv_file(tmp_path, ",".join(HEADER), "ana,1\0,2026-01-05,1")
    assert "holds a control character" in refused(make, nul)
    assert ana.figures() == (0, 0, 0, 0)


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_what_somebody_wrote_into_a_file_is_worked_out_in_none_of_ours(make, tmp_path):
    """CSV and XLSX out: cells that a spreadsheet would work out are quoted, cards and phones are text."""
    make.club()
    rows = [[f"A-{number}", led, "7012345678901234"] for number, led in enumerate(LED)]
    file = csv_file(tmp_path, "reference,name,card", *(",".join(row) for row in rows))
    as_csv, as_xlsx = tmp_path / "r.csv", tmp_path / "r.xlsx"
    for result in (as_csv, as_xlsx):
        make.run("import", "members", file, "--dry-run", "--result", str(result), exit_code=1)
    with as_csv.open(encoding="utf-8-sig", newline="") as told:
        found = [row["name"] for row in csv.DictReader(told)]
    assert found == [f"'{led}" for led in LED]
    with load_workbook(as_xlsx) as book:
        _, *lines = book.get_sheet_by_index(0).to_python()
    assert [line[2] for line in lines] == list(LED)
    assert {line[3] for line in lines} == {"7012345678901234"}
