"""The night writes down what cards give, once its period has begun or the card rose (B1, B4)."""

import pytest
from sqlalchemy import select

from loyalty.benefits import EntitlementRow
from loyalty.db import db
from tests.api.test_benefits import Desk, benefit, left
from tests.ladders import club, midnight, noon

YEARLY = {"count": 2, "per": "calendar_year"}
LOUNGE = benefit("lounge", tiers=("silver",), quota=YEARLY)
COUNTER = benefit("counter", tiers=("silver",))
ROLLING = benefit("spa", tiers=("silver",), quota={"count": 1, "per": {"months": 6}})


@pytest.fixture
def house(make, clock):
    clock.move(noon("2026-03-02"))
    make.document(club(tiers={"silver": 0}) | {"benefit": [LOUNGE, COUNTER, ROLLING]})
    return make


def night(house, day):
    house.clock.move(midnight(day))
    house.run("jobs", "nightly")


def written(house):
    """Benefit, granted, reserved and used of every entitlement that is written down."""
    rows = select(EntitlementRow).order_by(EntitlementRow.benefit, EntitlementRow.from_at)
    with house.app.app_context():
        return [(row.benefit, row.granted, row.reserved, row.used) for row in db.session.scalars(rows)]


def granted(house):
    """Benefit, count and end of whatever was told as granted."""
    house.run("jobs", "post")
    told = house.till().get("/events?limit=100").json["items"]
    mine = [one["data"] for one in told if one["type"] == "benefit.granted"]
    return [(one["benefit"], one["granted"], one["until"]) for one in mine]


def test_b1_the_night_writes_down_what_a_period_brings_once(house):
    ana = house.shopper()
    assert (left(ana, "lounge"), written(house)) == ((2, 0, 0, 2), [])
    night(house, "2026-03-03")
    night(house, "2026-03-04")
    assert written(house) == [("lounge", 2, 0, 0)]  # a counter has no count, and spans that roll no period
    assert granted(house) == [("lounge", 2, "2026-12-31T16:00:00Z")]
    night(house, "2027-01-01")
    assert written(house) == [("lounge", 2, 0, 0)] * 2
    assert granted(house)[1:] == [("lounge", 2, "2027-12-31T16:00:00Z")]


def test_b1_what_was_touched_before_the_night_is_left_as_it_is(house):
    ana = house.shopper()
    Desk(house).use(ana, "lounge", "l1")
    night(house, "2026-03-03")
    assert (written(house), granted(house)) == ([("lounge", 2, 0, 1)], [])


def test_b4_the_night_adds_what_a_better_card_brings(make, clock):
    clock.move(noon("2026-03-02"))
    by_tier = {"count": {"silver": 2, "gold": 6}, "per": "calendar_year"}
    lounge = benefit("lounge", tiers=("silver", "gold"), quota=by_tier, on_upgrade="difference")
    make.document(club(tiers={"silver": 0, "gold": 100}) | {"benefit": [lounge]})
    ana = make.shopper()
    night(make, "2026-03-03")
    assert written(make) == [("lounge", 2, 0, 0)]
    ana.adjust(100, "status")
    assert left(ana, "lounge") == (6, 0, 0, 6)  # at once, whatever is written down
    night(make, "2026-03-04")
    night(make, "2026-03-05")
    assert written(make) == [("lounge", 6, 0, 0)]
    assert [count for _, count, _ in granted(make)] == [2, 6]


def test_m9_nothing_is_granted_to_the_dead(house):
    house.shopper(references=["C-1"])
    ben = house.shopper()
    dead = {"version": 1, "name": "Ana Silva", "deceased": True}
    assert house.till().send("PUT", "/customers/C-1", dead).status_code == 200
    night(house, "2026-03-04")
    assert (len(written(house)), len(granted(house))) == (1, 1)
    assert left(ben, "lounge") == (2, 0, 0, 2)
