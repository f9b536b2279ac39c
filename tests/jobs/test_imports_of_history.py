"""History: rows in the order of time, as if the clock stood at each of them, with the nights between."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from loyalty.actions.import_sale import import_sale
from loyalty.actions.once import Asking
from loyalty.actions.who import Bearer
from loyalty.app import create_app
from loyalty.db import carry_out, db, reading
from loyalty.errors import Invalid
from loyalty.ids import from_text
from loyalty.rooms import rooms
from loyalty.sales import Purchase, Receipt
from tests.clocks import START
from tests.databases import settings_for
from tests.files import csv_file, mapped
from tests.jobs.books import digest, nights, operations
from tests.jobs.killing import killed_once
from tests.makers import Maker, Shopper

MEMBERS = [*mapped("reference", "name", "enrolled_at", "birth_date"), "--historic"]
SALES = [*mapped("reference", "receipt", "sold_at", "amount", store="S1", terminal="T9"), "--historic"]
MEMBER_HEADER, HEADER = "reference,name,enrolled_at,birth_date", "reference,receipt,sold_at,amount"
CHANGES = {
    "unit.reward.expiry": {"months": 6},
    "rule[0].code": "status",
    "rule[0].unit": "status",
    "rule[1]": {"code": "points", "on": "purchase", "unit": "reward", "earn": {"points": 1, "per": "1.00"}},
    "rule[2]": {"code": "hi", "on": "enrolment", "unit": "reward", "earn": {"fixed": 7}},
    "rule[3]": {"code": "day", "on": "birthday", "unit": "reward", "earn": {"fixed": 50}},
    "tier[0].attain": 100,
    "tier[1].attain": 200,
    "tier[1].retain": 150,
    "club.returns_without_receipt": {"member_day": "500.00"},
}
QUIET = CHANGES | {"rule[3]": CHANGES["rule[1]"] | {"code": "more"}}  #: nothing is given by the night


def told(make, what, file, options, exit_code=0):
    return make.run("import", what, file, *options, exit_code=exit_code).output


def shopper(make, reference):
    till = make.till()
    return Shopper(till, make.clock, till.post("/members/lookup", {"reference": reference}).json)


@pytest.fixture
def changes():
    return CHANGES


@pytest.fixture
def folder(make, changes, tmp_path):
    """A club that opened in 2024, with two members of then."""
    make.club(datetime(2024, 1, 1, tzinfo=UTC), **changes)
    rows = ("ana,Ana,2024-02-01 10:00,1990-03-05", "bob,Bob,2024-02-02 10:00,")
    told(make, "members", csv_file(tmp_path, MEMBER_HEADER, *rows, name="members.csv"), MEMBERS)
    return tmp_path


def at(text_of_utc):
    return datetime.fromisoformat(text_of_utc).replace(tzinfo=UTC)


def test_n7_history_is_booked_when_it_happened_and_says_when_it_was_imported(make, app, folder):
    rows = ["ana,2,2024-03-20 12:00,120.00", "ana,1,2024-03-01 12:00,30.00", "ana,3,2025-03-31 12:00,10.00"]
    told(make, "purchases", csv_file(folder, HEADER, *rows), SALES)
    ana = shopper(make, "ana")
    assert [(op.booked_at, op.imported_at) for op in operations(app, "earn")] == [
        (at("2024-02-01T10:00"), START),  # joining
        (at("2024-02-02T10:00"), START),
        (at("2024-03-01T12:00"), START),
        (at("2024-03-05T00:00"), START),  # the night of the birthday
        (at("2024-03-20T12:00"), START),
        (at("2025-03-05T00:00"), START),
        (at("2025-03-31T11:00"), START),
    ]
    assert {op.imported_at for op in operations(app, "expire")} == {START}
    assert ana.figures(at("2024-03-02T00:00")) == (37, 0, 0, 0)
    assert ana.figures(at("2024-04-01T00:00")) == (7 + 30 + 50 + 120, 0, 0, 0)
    assert ana.figures(at("2024-12-01T00:00")) == (0, 0, 0, 0)
    assert ana.figures() == (0, 0, 0, 0)  # the ten of March died in September
    make.run("ledger", "verify")


@pytest.mark.parametrize("changes", [QUIET])  # two years have few nights then
def test_t4_t6_tiers_are_made_and_reviewed_at_their_time(make, folder):
    rows = ["ana,1,2024-03-01 12:00,120.00", "ana,2,2024-03-20 12:00,90.00", "bob,3,2025-12-01 12:00,1.00"]
    told(make, "purchases", csv_file(folder, HEADER, *rows), SALES)
    ana = shopper(make, "ana")
    shown = [
        ana.look("/tier", at(day))["tier"] for day in ("2024-02-20", "2024-03-10", "2024-04-01", "2025-04-01")
    ]
    assert shown == [None, "silver", "gold", None]
    make.run("ledger", "verify")


def test_nights_run_only_where_something_is_due(make, app, tmp_path):
    make.club(datetime(2024, 1, 1, tzinfo=UTC), **QUIET)
    file = csv_file(tmp_path, MEMBER_HEADER, "ana,Ana,2024-02-01 10:00,", name="members.csv")
    told(make, "members", file, MEMBERS)
    rows = ["ana,1,2024-03-01 12:00,10.00", "ana,2,2025-06-01 12:00,10.00"]
    told(make, "purchases", csv_file(tmp_path, HEADER, *rows), SALES)
    assert [night.as_of.date().isoformat() for night in nights(app)] == ["2024-08-01", "2024-09-01"]


def test_a_night_of_history_gives_nothing_to_somebody_with_later_books(make, app, folder):
    shopper(make, "ana").buy("5.00")
    rows = ["bob,1,2024-03-01 12:00,1.00", "bob,2,2024-03-09 12:00,1.00"]
    told(make, "purchases", csv_file(folder, HEADER, *rows), SALES)
    assert [night.as_of.date() for night in nights(app)][4] == date(2024, 3, 6)
    birthdays = [op for op in operations(app, "earn") if op.happened_at == at("2024-03-05T00:00")]
    assert birthdays == []
    make.run("ledger", "verify")


def test_p1_history_before_a_later_booking_is_refused_under_the_lock_too(make, app, folder):
    ana = shopper(make, "ana")
    ana.buy("5.00")
    sold = Purchase(Receipt("S1", "T9", date(2024, 3, 2), "1"), at("2024-03-02T12:00"), "EUR", ())
    asking = Asking("import", None, sold.sold_at, START)
    bearer = Bearer(member_id=from_text(ana.member_id))

    def book(session):
        return import_sale(session, rooms().shelf.editions(session, START), bearer, sold, asking=asking)

    with app.app_context(), pytest.raises(Invalid) as refused:
        carry_out(book)
    assert "already written until" in refused.value.facts["fields"]["at"]
    assert count(app, "sale") == 1


def test_history_before_a_later_booking_is_a_fault_and_nothing_is_written(make, app, folder):
    ana = shopper(make, "ana")
    ana.buy("5.00")
    rows = ["bob,1,2024-03-01 12:00,10.00", "ana,2,2024-03-02 12:00,10.00"]
    output = told(make, "purchases", csv_file(folder, HEADER, *rows), SALES, exit_code=1)
    assert f"line 3: sold_at: the member's books are already written until {START.isoformat()}" in output
    assert "nothing was written" in output
    assert operations(app, "earn")[-1].happened_at == START
    assert len(operations(app, "earn")) == 3


def test_the_first_refusal_ends_history_and_the_rest_goes_on_once_it_is_mended(make, app, folder):
    rows = ["ana,1,2024-03-01 12:00,10.00", "ana,C1,2024-03-02 12:00,-501.00", "ana,2,2024-03-03 12:00,20.00"]
    output = told(make, "purchases", csv_file(folder, HEADER, *rows), SALES, exit_code=1)
    assert "line 3: return_limit" in output
    assert "nothing after it was booked" in output
    rows[1] = "ana,C1,2024-03-02 12:00,-4.00"
    assert "2 purchases booked, 1 known before" in told(
        make, "purchases", csv_file(folder, HEADER, *rows), SALES
    )
    assert shopper(make, "ana").figures(at("2024-03-04T00:00")) == (7 + 10 - 4 + 20, 0, 0, 0)
    make.run("ledger", "verify")


def test_history_passes_the_ceilings_of_tills(make, tmp_path):
    limits = {"earn": {"transaction": 5}, "return": {"transaction": 5}}
    make.club(datetime(2024, 1, 1, tzinfo=UTC), **CHANGES, limits=limits)
    file = csv_file(tmp_path, MEMBER_HEADER, "ana,Ana,2024-02-01 10:00,", name="members.csv")
    told(make, "members", file, MEMBERS)
    rows = ["ana,1,2024-03-01 12:00,100.00", "ana,C1,2024-03-02 12:00,-40.00"]
    told(make, "purchases", csv_file(tmp_path, HEADER, *rows), SALES)
    assert shopper(make, "ana").figures(at("2024-03-04T00:00")) == (67, 0, 0, 0)


def test_members_with_points_are_taken_over_as_of_an_instant_of_history(make, app, folder):
    fields = [*mapped("reference", "name", "enrolled_at", "as_of", "unit", "points"), "--historic"]
    row = "eva,Eva,2020-01-01,2024-06-01,reward,80"
    told(make, "members", csv_file(folder, "reference,name,enrolled_at,as_of,unit,points", row), fields)
    told(make, "purchases", csv_file(folder, HEADER, "eva,1,2024-07-01 12:00,20.00"), SALES)
    eva = shopper(make, "eva")
    assert eva.figures(at("2024-06-02T00:00")) == (80, 0, 0, 0)
    assert eva.figures(at("2024-07-02T00:00")) == (100, 0, 0, 0)
    (came,) = operations(app, "import")
    assert (came.booked_at, came.imported_at) == (at("2024-05-31T23:00"), START)
    make.run("ledger", "verify")


def test_a_historic_member_says_when_they_joined(make, folder):
    output = told(make, "members", csv_file(folder, MEMBER_HEADER, "eva,Eva,,"), MEMBERS, exit_code=1)
    assert "line 2: enrolled_at: is missing" in output


def history_of(days):
    first = date(2024, 3, 1)
    return [
        f"{who},{who}{n},{first + timedelta(days=n)} 12:00,{n}.00"
        for n in range(days)
        for who in ("ana", "bob")
    ]


def test_an_import_that_is_killed_goes_on_where_it_was_and_books_nothing_twice(make, app, database, folder):
    file = csv_file(folder, HEADER, *history_of(120))
    words = ["import", "purchases", file, *SALES]
    output = killed_once(database, words, lambda: count(app, "sale") >= 20)
    before = count(app, "sale")
    assert 20 <= before < 240, output
    make.clock.move(datetime.now(UTC))
    assert f"{240 - before} purchases booked, {before} known before" in told(make, "purchases", file, SALES)
    assert count(app, "sale") == 240
    make.run("ledger", "verify")


def test_an_import_in_pieces_ends_in_the_same_books(make, app, kind, folder):
    rows = history_of(40)
    for upto in (10, 40, 80):
        told(make, "purchases", csv_file(folder, HEADER, *rows[:upto]), SALES)
    with kind.clone() as url:
        other = create_app(settings_for(url), make.clock)
        at_once = Maker(other, make.clock)
        at_once.club(datetime(2024, 1, 1, tzinfo=UTC), **CHANGES)
        told(at_once, "members", str(folder / "members.csv"), MEMBERS)
        told(at_once, "purchases", csv_file(folder, HEADER, *rows), SALES)
        assert digest(other) == digest(app)
        with other.app_context():
            db.engine.dispose()


def count(app, table):
    with app.app_context(), reading() as session:
        return session.scalar(text(f"SELECT count(*) FROM {table}"))


def test_history_is_no_news(make, app, folder):
    """A5: what is told to others is what happens, not what happened elsewhere long ago."""
    fields = [*mapped("reference", "name", "enrolled_at"), "--historic"]
    told(make, "members", csv_file(folder, "reference,name,enrolled_at", "eva,Eva,2020-01-01"), fields)
    make.run("jobs", "post")
    assert make.till().get("/events").json["items"] == []
    shopper(make, "eva").buy("10.00")
    make.run("jobs", "post")
    assert "points.earned" in {event["type"] for event in make.till().get("/events").json["items"]}
    make.run("ledger", "verify")
