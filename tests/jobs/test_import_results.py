"""What came of each line of a file, as a file of its own; a run that was killed goes on."""

import csv
import os
import stat
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from python_calamine import load_workbook
from sqlalchemy import text

from loyalty.db import reading
from tests.files import csv_file, mapped, xlsx_file
from tests.jobs.killing import killed_once

HEADER = "reference,receipt,sold_at,amount"
SALES = mapped("reference", "receipt", "sold_at", "amount", store="S1", terminal="T9")


def outcomes(result):
    """File line → what came of it and why, as the result tells; its other cells are the file's own."""
    with Path(result).open(encoding="utf-8-sig", newline="") as told:
        return {row["file_line"]: (row["outcome"], row["faults"]) for row in csv.DictReader(told)}


def test_a_result_says_of_every_line_what_came_of_it(make, tmp_path):
    make.club()
    make.shopper(references=["ana"])
    rows = [
        "ana,1,2026-01-05,10.00",
        "ana,1,2026-01-05,1.50",
        ",2,2026-01-05,9.00",
        "ana,C1,2026-01-05,-5.00",
    ]
    file, results = csv_file(tmp_path, HEADER, *rows), [str(tmp_path / f"{n}.csv") for n in range(3)]
    make.run("import", "purchases", file, *SALES, "--dry-run", "--result", results[0])
    good, refused = ("good", ""), ("refused", "receipt_needed")
    assert outcomes(results[0]) == {"2": good, "3": good, "4": ("left out", ""), "5": good}
    make.run("import", "purchases", file, *SALES, "--result", results[1], exit_code=1)
    booked, left_out = ("booked", ""), ("left out", "")
    assert outcomes(results[1]) == {"2": booked, "3": booked, "4": left_out, "5": refused}
    make.run("import", "purchases", file, *SALES, "--result", results[2], exit_code=1)
    known = ("known", "")
    assert outcomes(results[2]) == {"2": known, "3": known, "4": left_out, "5": refused}
    assert stat.S_IMODE(os.stat(results[1]).st_mode) == 0o600
    told = make.run("import", "purchases", results[1], *SALES, exit_code=1)  # it may be read again as it is
    assert "0 purchases booked, 1 known before" in told.stdout
    assert "ignored, as no fields: file_line, outcome, faults" in told.stderr


def test_a_fault_names_the_column_that_holds_the_field(make, tmp_path):
    make.club()
    make.shopper(references=["ana"])
    file = xlsx_file(tmp_path, ["Kunde", "Bon", "Tag", "Betrag"], ["bob", "1", date(2026, 1, 5), "x"])
    words = [word for pair in zip(HEADER.split(","), ("Kunde", "Bon", "Tag", "Betrag"), strict=True)
             for word in ("--map", "=".join(pair))]  # fmt: skip
    told = make.run("import", "purchases", file, *words, *SALES[-4:], exit_code=1).output
    assert "line 2: amount (Betrag): 'x' is not a number such as 12.50" in told


def test_a_dry_run_tells_all_faults_of_all_lines_in_the_result(make, tmp_path):
    make.club()
    file = csv_file(tmp_path, HEADER, "bob,1,2026-01-05,x", "a,b", *(["bob,,2026-01-05,1"] * 1_100))
    result = str(tmp_path / "result.csv")
    told = make.run("import", "purchases", file, *SALES, "--dry-run", "--result", result, exit_code=1).output
    assert "and 102 faults more: --result FILE holds all" in told
    assert "1102 faults; nothing was written" in told
    found = outcomes(result)
    assert found["2"] == ("faulty", "amount: 'x' is not a number such as 12.50")
    assert found["3"] == ("faulty", "has 2 cells, the header 4")
    assert [*found.values()].count(("faulty", "receipt: is missing")) == 1_100


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_a_result_is_written_once_into_a_file_of_a_known_form(make, tmp_path):
    make.club()
    file, there = csv_file(tmp_path, HEADER), csv_file(tmp_path, name="there.xlsx")
    for result, says in ((there, "exists: a result is written once"), ("a.ods", "ends neither in .csv nor")):
        told = make.run("import", "purchases", file, *SALES, "--result", result, exit_code=1)
        assert says in told.output
    told = make.run("import", "purchases", file, *SALES, "--result", f"{tmp_path}/no/r.csv", exit_code=1)
    assert "cannot be written: No such file or directory" in told.output


def test_members_of_a_workbook_come_as_those_of_a_csv_file_and_their_result_is_one_too(make, tmp_path):
    make.club(**{"club.time_zone": "Asia/Shanghai", "club.currency": "CNY"})
    header = ["reference", "name", "phone", "birth_date", "enrolled_at", "card", "unit", "points"]
    row = ["A-1", "王小明", 13800138000, date(1980, 2, 29), date(2019, 5, 1), "KL0012345", "reward", 12]
    file, result = xlsx_file(tmp_path, header, row), tmp_path / "result.xlsx"
    told = make.run("import", "members", file, "--result", str(result)).output
    assert "1 member, read as XLSX" in told
    assert "sum of reward: 12" in told
    shown = make.till().post("/members/lookup", {"card": "KL0012345"}).json
    assert (shown["name"], shown["phone"], shown["birth_date"]) == ("王小明", "13800138000", "1980-02-29")
    assert shown["enrolled_at"] == "2019-04-30T16:00:00Z"
    with load_workbook(result) as book:
        _, line = book.get_sheet_by_index(0).to_python()
    assert line == [
        2.0, "A-1", "王小明", "13800138000", "1980-02-29", "2019-05-01", "KL0012345", "reward", "12",
        "booked", "",
    ]  # fmt: skip
    line = "A-1,王小明,13800138000,1980-02-29,2019-05-01,KL0012345,reward,12"
    same = csv_file(tmp_path, ",".join(header), line)
    assert "0 members booked, 1 known before" in make.run("import", "members", same).output


def test_what_a_spreadsheet_made_of_a_cell_is_a_fault_of_its_line_and_field(make, tmp_path):
    make.club()
    header = ["reference", "name", "card", "note"]
    rows = [["A-1", "Ana", 7_012_345_678_901_234, ""], [date(2026, 1, 2), "Bob", "", "=1+1"]]
    told = make.run("import", "members", xlsx_file(tmp_path, header, *rows), exit_code=1).output
    digits = "is a number of more than 15 digits, which a spreadsheet rounds: write it as text"
    assert told.splitlines()[-4:-1] == [
        f"line 2: card: {digits}",
        "line 3: column D holds a formula: only values are taken",
        "line 3: reference: is a day for the spreadsheet (2026-01-02): write it as text",
    ]


def test_an_import_of_a_workbook_that_is_killed_goes_on_and_its_result_tells_all(
    make, app, database, tmp_path
):
    make.club()
    file = xlsx_file(tmp_path, ["reference", "name"], *([f"A-{n}", "Ana"] for n in range(600)))
    result = str(tmp_path / "result.csv")

    def there():
        with app.app_context(), reading() as session:
            return session.scalar(text("SELECT count(*) FROM member"))

    output = killed_once(database, ["import", "members", file, "--result", result], lambda: there() >= 100)
    before = there()
    assert 100 <= before < 600, output
    assert not Path(result).exists()
    make.clock.move(datetime.now(UTC))
    told = make.run("import", "members", file, "--result", result).output
    assert f"{600 - before} members booked, {before} known before" in told
    came = [outcome for outcome, _ in outcomes(result).values()]
    assert (came.count("known"), came.count("booked"), there()) == (before, 600 - before, 600)
    make.run("ledger", "verify")
