"""The statement of a month as a PDF: it adds up, and says what the API says (N5, P1, P5, P7, P8)."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from loyalty.ledger.models import KINDS
from loyalty.pages.member.line_words import kind_words
from tests.pages.histories import NAMED, with_history
from tests.pages.pdf_text import pages_of, rows_of
from tests.pages.reader import Reader

DAY = timedelta(days=1)
MINUS = "\u2212"
END_OF_JANUARY = datetime(2026, 1, 31, 23, 59, 59, 999_999, tzinfo=UTC)  # in Lisbon, too


@pytest.fixture
def ana(make):
    make.club(**NAMED)
    return make.shopper()


def statement(app, shopper, month, language="en"):
    """The printed rows of a member's statement."""
    answer = Reader(app, shopper, language).open(f"/me/points/statement/{month}.pdf")
    assert answer.status_code == 200
    return rows_of(answer.data)


def figures(rows, unit="Points"):
    """Opening, the points of every line, closing of a unit; what each line left comes to the next."""
    start = rows.index([unit])
    first = next(place for place in range(start, len(rows)) if "Opening balance" in rows[place])
    last = next(place for place in range(first, len(rows)) if "Closing balance" in rows[place])
    moved = [row for row in rows[first + 1 : last] if len(row) >= 4 and re.match(r"[+\u2212\d]", row[2])]
    opening, closing = number(rows[first][-1]), number(rows[last][-1])
    left = opening
    for row in moved:
        left += number(row[2])
        assert number(row[3]) == left
    return opening, [number(row[2]) for row in moved], closing


def number(text):
    return int(text.replace(MINUS, "-").replace(",", "").replace("+", ""))


def balance_at(shopper, at, unit="reward"):
    """What the API says of an instant: available and held, less what is owed."""
    available, held, _, debt = shopper.figures(at, unit)
    return available + held - debt


def test_p1_opening_and_all_lines_come_to_the_closing_that_the_api_tells(app, ana, clock):
    sold = ana.buy("1,200.00".replace(",", ""))
    clock.move(DAY)
    ana.redeem(300, **{"for": "coffee"})
    ana.hold(100)
    clock.move(27 * DAY)
    ana.give_back(sold, amount="1100.00")
    ana.buy("20.00")
    clock.move(10 * DAY)
    ana.buy("7.00")
    rows = statement(app, ana, "2026-01")
    assert figures(rows) == (0, [1200, -300], 900)
    assert balance_at(ana, END_OF_JANUARY) == 900
    opening, moved, closing = figures(statement(app, ana, "2026-02"))
    assert (opening, closing) == (900, balance_at(ana, None))
    assert opening + sum(moved) == closing < 0
    assert ["owed", f"{MINUS}173"] in statement(app, ana, "2026-02")


def test_a_statement_says_whose_it_is_of_which_days_and_how_to_check_it(app, ana, clock):
    ana.buy("100.00", store="Chiado")
    clock.move(40 * DAY)
    rows = statement(app, ana, "2026-01")
    head = [row[0] for row in rows[:5]]
    card = " ".join(ana.card[place : place + 4] for place in range(0, 16, 4))
    assert head == [
        "Club", "Statement of points", "1 January 2026 – 31 January 2026",
        "Member: Ana Silva", f"Card number: {card}",
    ]  # fmt: skip
    line = next(row for row in rows if "Purchase · Chiado" in row)
    assert line[:4] == ["5 January 2026", "Purchase · Chiado", "+100", "100"]
    assert Reader(app, ana).open(f"/me/points/{ana.member_id}-{line[4]}").status_code == 200
    lots = rows.index(["Usable until", "Amount"])
    assert rows[lots + 1] == ["5 January 2028", "100"]
    assert ["How to check this statement"] in rows[lots:]
    chinese = statement(app, ana, "2026-01", "zh")
    assert ["积分对账单"] in chinese
    assert ["2026年1月31日", "期末余额", "100"] in chinese


def test_every_kind_of_line_has_words(app):
    with app.test_request_context("/me/"):
        assert set(kind_words()) == set(KINDS)


def test_a_month_without_lines_says_so(app, ana, clock):
    ana.buy("100.00")
    clock.move(70 * DAY)
    rows = statement(app, ana, "2026-02")
    assert figures(rows) == (100, [], 100)
    assert ["Nothing moved in this time."] in rows


@pytest.mark.parametrize("month", ["2025-12", "2026-03", "2026-13", "0000-01", "9999-12", "2026-1", "x"])
def test_there_is_no_statement_of_a_time_without_the_member(app, ana, month):
    assert Reader(app, ana).open(f"/me/points/statement/{month}.pdf").status_code == 404
    assert Reader(app, ana).open(f"/me/points/statement?month={month}").status_code == 404


def test_the_running_month_is_told_so_far(app, ana, clock):
    ana.buy("100.00")
    answer = Reader(app, ana).open("/me/points/statement?month=2026-01")
    assert ["1 January 2026 – 5 January 2026"] in rows_of(answer.data)
    assert figures(rows_of(answer.data)) == (0, [100], 100)


def test_n5_p5_what_died_is_in_the_month_it_died_in_before_and_after_the_night(app, ana, make, clock):
    ana.buy("100.00")
    clock.move(datetime(2028, 1, 31, 12, tzinfo=UTC))
    before = statement(app, ana, "2028-01")
    assert figures(before) == (100, [-100], 0)
    assert next(row[0] for row in before if "Expired" in row) == "6 January 2028"
    clock.move(datetime(2028, 2, 3, 12, tzinfo=UTC))
    late = [figures(statement(app, ana, month)) for month in ("2027-12", "2028-01", "2028-02")]
    assert late == [(100, [], 100), (100, [-100], 0), (0, [], 0)]
    make.run("jobs", "nightly")
    assert [figures(statement(app, ana, month)) for month in ("2027-12", "2028-01", "2028-02")] == late


def test_n7_what_was_told_late_stands_in_the_month_that_heard_of_it(app, ana, clock):
    sold_at = clock.now().isoformat().replace("+00:00", "Z")
    clock.move(28 * DAY)
    ana.buy("100.00", sold_at=sold_at)
    clock.move(DAY)
    assert figures(statement(app, ana, "2026-01")) == (0, [], 0)
    rows = statement(app, ana, "2026-02")
    assert figures(rows) == (0, [100], 100)
    assert any("told on 2 February 2026" in " ".join(row) for row in rows)


def test_a_name_that_the_font_cannot_write_is_printed_with_a_visible_sign(app, make):
    make.club(**NAMED)
    one = make.shopper(name="李\U00020bb7 \U0001f600 محمد é")
    assert ["Member: 李□ □ □□□□ é"] in statement(app, one, "2026-01")


def test_a_statement_is_private_and_has_a_plain_name(app, ana):
    answer = Reader(app, ana).open("/me/points/statement/2026-01.pdf")
    assert answer.data.startswith(b"%PDF")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="statement-2026-01.pdf"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Sign in" in app.test_client().get("/me/points/statement/2026-01.pdf", follow_redirects=True).text


@pytest.mark.slow
def test_p1_a_month_of_thousands_of_lines_adds_up_page_by_page(app, ana, clock):
    ana.buy("100.00")
    clock.move(20 * DAY)
    with_history(app, ana, 5_000, clock.now())
    clock.move(20 * DAY)
    answer = Reader(app, ana).open("/me/points/statement/2026-01.pdf")
    rows = rows_of(answer.data)
    opening, moved, closing = figures(rows, "Status")
    assert (opening, len(moved), sum(moved)) == (0, 5_001, 5_100)
    assert closing == balance_at(ana, END_OF_JANUARY, "status") == 5_100
    heads = rows.count(["Day", "What", "Movement", "Balance", "Number"])
    assert heads >= pages_of(answer.data) - 1 > 100
