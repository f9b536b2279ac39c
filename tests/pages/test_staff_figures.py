"""The pages of the books and of the club: figures, tables, files."""

import csv
import io
import json

import pytest
from python_calamine import load_workbook

from loyalty import ids
from tests.pages.colleagues import Colleague
from tests.pages.desk import text_of
from tests.pasts import live

MOST_STATEMENTS = 12
FINANCE = {"name": "flows", "unit": "reward", "months": "6", "as_of": ""}


@pytest.fixture
def people(make):
    return live(make)


def asked(statements):
    return sum(one.startswith(("SELECT", "WITH")) for one in statements)


def told(answer):
    return list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


def test_finance_sees_the_books_and_takes_them_home(app, make, people, clock, statements):
    mia = Colleague(app, "finance", name="Mia")
    page = mia.open("/staff/books?unit=reward&months=24")
    assert "The night works this out" in text_of(page)
    assert "not proven yet" in text_of(page)
    make.run("jobs", "nightly")
    statements.clear()
    page = mia.open("/staff/books?unit=reward&months=24")
    assert asked(statements) <= MOST_STATEMENTS, statements
    text = text_of(page)
    assert "the trial balance is nil" in text
    assert "Everything was proven on" in text
    assert (
        f"Outstanding {sum(who.figures()[0] + who.figures()[1] - who.figures()[3] for who in people):,}"
        in text
    )
    csv_file = told(mia.post("/staff/reports", form="csv", **FINANCE))
    printed = make.run("report", "flows", "--unit", "reward", "--months", "6", "--csv").stdout
    assert csv_file == list(csv.reader(io.StringIO(printed)))
    book = mia.post("/staff/reports", form="xlsx", **FINANCE)
    [_, first, *_] = load_workbook(io.BytesIO(book.get_data())).get_sheet_by_index(0).to_python()
    assert [str(int(cell)) if isinstance(cell, float) else cell for cell in first] == csv_file[1]
    assert book.headers["Content-Disposition"] == 'attachment; filename="flows-2027-02-03.xlsx"'
    lines = [line for line in make.run("audit", "show").stdout.splitlines() if "report.taken" in line]
    assert len(lines) == 2
    assert f"staff:{ids.to_text(mia.account_id)}" in lines[0]
    kept = told(mia.post("/staff/reports", form="csv", **(FINANCE | {"name": "cohorts", "months": "24"})))
    live_now = make.run("report", "cohorts", "--unit", "reward", "--months", "24", "--json").stdout
    assert [row[2:5] for row in kept[1:]] == [
        [str(row[name]) for name in ("came_in", "expired", "left")] for row in json.loads(live_now)
    ]


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_marketing_sees_the_club_and_takes_nothing(app, people, statements):
    leo = Colleague(app, "marketing", name="Leo", language="zh")
    statements.clear()
    page = leo.open("/staff/club?months=12")
    assert asked(statements) <= MOST_STATEMENTS, statements
    text = text_of(page)
    assert "会员 3" in text
    assert "三个月内复核" in text
    assert "CSV" not in text
    assert leo.post("/staff/reports", form="csv", **FINANCE).status_code == 403
    assert leo.client.get("/staff/books").status_code == 403
    past = text_of(leo.open("/staff/club?as_of=2026-03-01&months=nonsense&unit=nothing"))
    assert "其中按今天情况会降级" not in past
    assert "会员 3" in past
    assert leo.open("/staff/club?as_of=9999-99-99").status_code == 200


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_a_report_on_a_terminal(make, people):
    lines = make.run("report", "tiers", "--months", "2").stdout.splitlines()
    assert lines[0].split() == ["month", "below", "silver", "gold", "waiting", "members"]
    assert lines[-1].split()[0] == "2027-02"
    make.run("jobs", "nightly")
    assert "verify" in make.run("report", "proofs").stdout
    assert "2026-04" in make.run("report", "flows", "--as-of", "2026-04-30").stdout.splitlines()[-1]
    assert "is no day" in make.run("report", "flows", "--as-of", "soon", exit_code=1).output
    assert "no unit" in make.run("report", "flows", "--unit", "gold", exit_code=1).output
