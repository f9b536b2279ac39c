"""What cards bring by post, made ahead of the day by the night: once a year, until mail comes back (B8)."""

import csv

import pytest

from tests.api.test_benefits import benefit, left
from tests.ladders import club, midnight

CARD = benefit("card", kind="mailing", tiers=("silver",), days_ahead=10, cost="8.00")
ADDRESS = {"lines": ["人民路 1 号"], "city": "福州", "postcode": "350001", "country": "CN"}


@pytest.fixture
def house(make):
    make.document(club(tiers={"silver": 0}) | {"benefit": [CARD]})
    return make


def night(make, day):
    make.clock.move(midnight(day))
    make.run("jobs", "nightly")


def written(make, folder, name):
    """The lines of a new file for the printer."""
    file = folder / f"{name}.csv"
    make.run("mailings", "write", "card", str(file))
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
