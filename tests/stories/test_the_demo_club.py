"""The demo club: the same twelve members that the documents name."""

import re

import pytest

from tests.makers import Maker, Till
from tests.pages.desk import Desk, text_of


@pytest.fixture
def club(make: Maker, app, tmp_path) -> Till:
    """A key of the demo till, as `flask seed demo` prints it."""
    told = make.run("seed", "demo", "--key-file", str(tmp_path / "key")).stdout
    assert "he is silver, 20 points from gold." in told
    return Till(app, re.search(r"A key for everything\s+(\S+)", told)[1])


def member(club: Till, no: int) -> dict:
    found = club.post("/members/lookup", {"reference": f"demo-{no}"})
    assert found.status_code == 200, found.json
    return found.json


def test_each_member_has_their_story(club):
    ana, bruno, helena, ivo = (member(club, no) for no in (1, 2, 7, 8))
    expiring = club.get(f"/members/{ana['member_id']}/balance").json["units"]["reward"]["expiring"]
    assert expiring[0]["last_day"] == "2026-01-31"  # of two years ago: this month is their last
    tier = club.get(f"/members/{bruno['member_id']}/tier").json
    assert (tier["tier"], tier["next"]) == ("silver", {"tier": "gold", "missing": 20})
    assert helena["balance"]["reward"] == {"available": 0, "held": 0, "pending": 0, "debt": 350}
    assert ivo["balance"]["reward"]["held"] == 60
    assert [member(club, no)["tier"] for no in (4, 5, 12)] == ["standard", "diamond", "gold"]
    refused = club.post("/members/lookup", {"card": member(club, 11)["card"]["number"]})
    assert refused.json["code"] == "card_blocked"


def test_the_cafe_records_a_coffee_on_its_page(app, make, club, tmp_path):
    told = make.run("seed", "demo", "--key-file", str(tmp_path / "key")).stdout
    cafe = Desk(app)
    assert "Café" in cafe.sign_in(re.search(r"/partner\s+(\S+)", told)[1]).text
    assert "6 left" in text_of(cafe.look(re.search(r"card is (\d+)", told)[1]))
    assert "Recorded. 5 are left." in text_of(cafe.send("Record"))


def test_made_twice_it_is_one_club_and_its_books_are_good(make, club, tmp_path):
    again = make.run("seed", "demo", "--key-file", str(tmp_path / "key")).stdout
    assert "Bruno Costa" in again
    assert member(club, 12)["name"] == "Maria Sousa"
    assert club.post("/members/lookup", {"reference": "demo-13"}).status_code == 404
    make.run("ledger", "verify")
