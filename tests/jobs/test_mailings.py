"""What cards bring by post, made ahead of the day by the night: once a year, until mail comes back (B8)."""

import csv

import pytest
from sqlalchemy import text

from loyalty.db import db
from tests.api.test_benefits import Desk, benefit, left
from tests.ladders import club, midnight, noon

CARD = benefit("card", kind="mailing", tiers=("silver",), days_ahead=10, cost="8.00")
ADDRESS = {"lines": ["人民路 1 号"], "city": "福州", "postcode": "350001", "country": "CN"}


@pytest.fixture
def house(make):
    make.document(club(tiers={"silver": 0}) | {"benefit": [CARD]})
    return make


def night(make, day):
    make.clock.move(midnight(day))
    make.run("jobs", "nightly")


def written(make, folder, name, code="card"):
    """The lines of a new file for the printer."""
    file = folder / f"{name}.csv"
    make.run("mailings", "write", code, str(file))
    assert file.stat().st_mode & 0o77 == 0
    with file.open(encoding="utf-8", newline="") as lines:
        return [
            (row["for_day"], row["recipient"], row["lines"], row["city"]) for row in csv.DictReader(lines)
        ]


def moves(who, address):
    path = f"/members/{who.member_id}"
    version = who.till.get(path).headers["ETag"]
    assert who.till.send("PATCH", path, {"address": address}, if_match=version).status_code == 200


def mailing(folder, name):
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return next(csv.DictReader(lines))["mailing"]


def test_b8_a_birthday_card_is_made_ahead_of_the_day_once_a_year(house, tmp_path):
    ana = house.shopper(name="林岚", birth_date="1990-06-20", address=ADDRESS)
    night(house, "2026-06-09")
    assert written(house, tmp_path, "none") == []
    night(house, "2026-06-10")
    night(house, "2026-06-11")
    assert written(house, tmp_path, "one") == [("2026-06-20", "林岚", "人民路 1 号", "福州")]
    assert written(house, tmp_path, "two") == []
    assert left(ana, "card", midnight("2026-06-20")) == (None, 0, 1, None)
    night(house, "2027-06-15")  # late, and still before the day
    assert [day for day, *_ in written(house, tmp_path, "three")] == ["2027-06-20"]


def test_n8_who_was_born_on_29_february_has_one_card_every_year(house, tmp_path):
    house.shopper(birth_date="1996-02-29", address=ADDRESS)
    days = []
    for year, name in (("2026", "a"), ("2027", "b"), ("2028", "c")):
        night(house, f"{year}-02-18")
        night(house, f"{year}-02-20")
        days += [day for day, *_ in written(house, tmp_path, name)]
    assert days == ["2026-02-28", "2027-02-28", "2028-02-29"]


def test_b8_mail_that_came_back_stops_it_until_the_address_changes(house, tmp_path):
    ana = house.shopper(birth_date="1990-06-20", address=ADDRESS)
    night(house, "2026-06-10")
    written(house, tmp_path, "one")
    house.run("mailings", "returned", mailing(tmp_path, "one"))
    assert (
        "is not on its way" in house.run("mailings", "returned", mailing(tmp_path, "one"), exit_code=1).output
    )
    night(house, "2027-06-12")
    assert written(house, tmp_path, "two") == []
    moves(ana, ADDRESS | {"city": "厦门"})
    night(house, "2027-06-13")
    assert len(written(house, tmp_path, "three")) == 1


def test_b8_without_an_address_it_waits_and_without_the_card_it_is_not_made(make, tmp_path):
    make.document(club() | {"benefit": [CARD]})
    ana = make.shopper(birth_date="1990-06-20", address=ADDRESS)
    ben = make.shopper(birth_date="1990-06-20")
    for one in (ana, ben):
        one.card or one.adjust(50, "status")
    ben.adjust(100, "status")
    night(make, "2026-06-12")
    assert written(make, tmp_path, "none") == []
    moves(ben, ADDRESS)
    night(make, "2026-06-13")
    assert len(written(make, tmp_path, "one")) == 1


def test_a_file_is_written_once(house, tmp_path):
    written(house, tmp_path, "one")
    again = house.run("mailings", "write", "card", str(tmp_path / "one.csv"), exit_code=1)
    assert "is written once" in again.output


def rename(house, table, called):
    with house.app.app_context(), db.engine.begin() as connection:
        connection.execute(text(f"ALTER TABLE {table} RENAME TO {called}"))


def test_b8_a_file_that_cannot_be_written_loses_no_mailing(house, tmp_path):
    house.shopper(birth_date="1990-06-20", address=ADDRESS)
    night(house, "2026-06-10")
    told = house.run("mailings", "write", "card", str(tmp_path / "no" / "a.csv"), exit_code=1)
    assert "cannot be written: No such file or directory" in told.output
    assert len(written(house, tmp_path, "b")) == 1


def test_b8_a_database_that_fails_leaves_no_file(house, tmp_path):
    house.shopper(birth_date="1990-06-20", address=ADDRESS)
    night(house, "2026-06-10")
    rename(house, "mailing", "elsewhere")
    house.run("mailings", "write", "card", str(tmp_path / "a.csv"), exit_code=1)
    assert list(tmp_path.iterdir()) == []
    rename(house, "elsewhere", "mailing")
    assert len(written(house, tmp_path, "a")) == 1


def test_m9_b8_nothing_is_posted_to_the_dead(house, tmp_path):
    house.shopper(birth_date="1990-06-20", address=ADDRESS, references=["C-1"])
    night(house, "2026-06-10")
    dead = {"version": 1, "name": "Ana Silva", "deceased": True}
    assert house.till().send("PUT", "/customers/C-1", dead).status_code == 200
    assert written(house, tmp_path, "a") == []


def test_b8_what_is_made_waits_until_there_is_an_address(house, tmp_path):
    ana = house.shopper(birth_date="1990-06-20", address=ADDRESS)
    night(house, "2026-06-10")
    moves(ana, None)
    assert written(house, tmp_path, "a") == []
    moves(ana, ADDRESS)
    assert len(written(house, tmp_path, "b")) == 1


def test_b8_what_is_made_waits_once_other_mail_came_back(make, tmp_path):
    make.document(club(tiers={"silver": 0}) | {"benefit": [CARD, CARD | {"code": "other"}]})
    ana = make.shopper(birth_date="1990-06-20", address=ADDRESS)
    night(make, "2026-06-10")
    written(make, tmp_path, "a")
    make.run("mailings", "returned", mailing(tmp_path, "a"))
    assert written(make, tmp_path, "b", "other") == []
    moves(ana, ADDRESS | {"city": "厦门"})
    assert [city for *_, city in written(make, tmp_path, "c", "other")] == ["厦门"]


def test_b2_an_edition_with_another_occasion_changes_nothing_for_cards_that_run(make, clock, tmp_path):
    clock.move(noon("2026-03-02"))
    card, long = CARD | {"days_ahead": 0}, {"months": 18}
    make.document(club(tiers={"silver": 0}, length=long) | {"benefit": [card]})
    make.shopper(birth_date="1990-06-20", address=ADDRESS)
    clock.move(noon("2026-04-02"))
    joined = card | {"occasion": "anniversary"}
    make.document(club(tiers={"silver": 0}, length=long) | {"benefit": [joined]})
    got = []
    for day in ("2026-06-19", "2026-06-20", "2027-03-01", "2027-03-02", "2027-06-20", "2028-03-02"):
        night(make, day)
        got += [for_day for for_day, *_ in written(make, tmp_path, day)]
    assert got == ["2026-06-20", "2027-06-20", "2028-03-02"]  # the next card begins on 2 September 2027


def test_b1_b8_a_night_missed_at_new_year_takes_from_the_old_year(make, clock, tmp_path):
    clock.move(noon("2026-03-02"))
    yearly = CARD | {"days_ahead": 0, "quota": {"count": 1, "per": "calendar_year"}}
    make.document(club(tiers={"silver": 0}) | {"benefit": [yearly]})
    ana = make.shopper(birth_date="1990-12-31", address=ADDRESS)
    night(make, "2026-12-30")
    night(make, "2027-01-02")
    assert [day for day, *_ in written(make, tmp_path, "a")] == ["2026-12-31"]
    assert left(ana, "card") == (1, 0, 0, 1)
    night(make, "2027-12-31")
    assert [day for day, *_ in written(make, tmp_path, "b")] == ["2027-12-31"]


def test_b8_a_late_night_looks_at_the_card_of_the_day(make, clock, tmp_path):
    clock.move(noon("2026-03-02"))
    make.document(club(tiers={"standard": 0, "silver": 100}) | {"benefit": [CARD | {"days_ahead": 0}]})
    early, late = (make.shopper(birth_date="1990-06-20", address=ADDRESS) for _ in range(2))
    early.adjust(150, "status")
    night(make, "2026-06-19")
    clock.move(noon("2026-06-21"))
    late.adjust(150, "status")
    night(make, "2026-06-22")
    assert len(written(make, tmp_path, "a")) == 1


def test_b10_post_does_not_pass_what_a_member_may_be_given_a_year(make, tmp_path):
    capped = {"compliance": {"regime": "none", "value_cap_per_year": "100.00"}}
    spa = benefit("spa", cost="95.00")
    make.document(club(tiers={"silver": 0}) | {"benefit": [CARD, spa]} | capped)
    ana, _ = (make.shopper(birth_date="1990-06-20", address=ADDRESS) for _ in range(2))
    Desk(make).use(ana, "spa", "s")
    night(make, "2026-06-10")
    assert len(written(make, tmp_path, "a")) == 1  # the other one's
    assert left(ana, "card") == (None, 0, 0, None)
