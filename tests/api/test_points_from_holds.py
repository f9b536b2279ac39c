from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.makers import receipt, wire
from tests.tenders import CLUB, DAY, WORTH, paid


@pytest.fixture
def ana(make):
    """She holds 1,000 points, worth 10.00 in steps of a hundred; a euro paid gives a point."""
    make.club(**CLUB)
    ana = make.shopper()
    ana.adjust(1000)
    return ana


def test_p6_held_points_pay_and_the_rest_of_the_hold_is_released(make, ana):
    held = ana.hold(800)
    told = ana.buy("20.00", **paid(500, "5.00", "15.00", hold_id=held["hold_id"]))
    assert told["balance"]["reward"] == {"available": 515, "held": 0, "pending": 0, "debt": 0}
    shown = ana.till.get(f"/holds/{held['hold_id']}").json
    assert (shown["state"], shown["captured"]) == ("captured", 500)
    redeemed = ana.till.get(f"/redemptions/{told['paid_with_points']['redemption_id']}").json
    assert redeemed["points"] == 500
    assert ana.capture(held, expect=422)["code"] == "hold_closed"
    make.run("ledger", "verify")


def test_p6_held_points_pay_in_debt_and_past_their_day(make):
    make.club(**CLUB | {"unit.reward.expiry": {"days": 1}})
    ana = make.shopper()
    bought = ana.buy("500.00")
    held = ana.hold(500, ends_in_seconds=10 * 24 * 3600)
    make.clock.move(3 * DAY)
    ana.give_back(bought, amount="500.00")
    assert ana.figures() == (0, 500, 0, 500)
    told = ana.buy("20.00", **paid(500, "5.00", "15.00", hold_id=held["hold_id"]))
    assert told["balance"]["reward"] == {"available": 0, "held": 0, "pending": 0, "debt": 485}
    make.run("ledger", "verify")


def test_p13_a_hold_fixed_what_its_points_are_worth(make, ana):
    held = ana.hold(500)
    cheaper = WORTH | {"money": "0.50"}
    make.club(**CLUB | {"unit.reward.worth": cheaper}, in_force_from=make.clock.now() + timedelta(minutes=1))
    make.clock.move(timedelta(minutes=2))
    assert ana.buy("20.00", expect=422, **paid(500, "5.00", "15.00"))["code"] == "points_tender_wrong"
    ana.buy("20.00", **paid(500, "5.00", "15.00", hold_id=held["hold_id"]))
    ana.buy("20.00", **paid(500, "2.50", "17.50"))
    make.run("ledger", "verify")


def test_p6_p10_a_hold_that_cannot_pay(make, ana):
    ben = make.shopper(ana.till)
    mine = ana.hold(500, ends_in_seconds=60)["hold_id"]
    with_hold = paid(500, "5.00", "15.00", hold_id=mine)
    assert ben.buy("20.00", expect=404, **with_hold)["fields"] == {"hold_id": "is unknown"}
    refused = ana.buy("20.00", expect=404, **paid(500, "5.00", "15.00", hold_id="x"))
    assert (refused["code"], refused["fields"]) == ("not_found", {"hold_id": "is unknown"})
    most = paid(600, "6.00", "14.00", hold_id=mine)
    assert ana.buy("20.00", expect=422, **most)["code"] == "capture_exceeds_hold"
    other = paid(500, "5.00", "15.00", hold_id=mine, unit="status")
    assert ana.buy("20.00", expect=422, **other)["code"] == "points_tender_wrong"
    make.clock.move(timedelta(seconds=60))
    assert ana.buy("20.00", expect=422, **with_hold)["code"] == "hold_closed"
    ana.void(ana.hold(5))
    voided = ana.hold(500)
    ana.void(voided)
    closed = ana.buy("20.00", expect=422, **paid(500, "5.00", "15.00", hold_id=voided["hold_id"]))
    assert (closed["code"], closed["state"]) == ("hold_closed", "voided")
    assert ana.figures() == (1000, 0, 0, 0)
    make.run("ledger", "verify")


def test_p4_p6_the_same_points_never_pay_twice_whoever_is_quicker(make, ana):
    held = ana.hold(500)
    sales = [
        receipt(f"race-{no}")
        | {"card": ana.card, "sold_at": wire(ana.clock.now()), "currency": "EUR"}
        | {"lines": [{"line": 1, "amount": "20.00"}]}
        | paid(500, "5.00", "15.00", **more)
        for no, more in enumerate([{}, {}, {"hold_id": held["hold_id"]}, {"hold_id": held["hold_id"]}])
    ]
    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(lambda body: ana.till.post("/purchases", body), sales))
    assert sorted(one.status_code for one in told) == [201, 201, 422, 422]
    assert {one.json["code"] for one in told if one.status_code == 422} == {
        "not_enough_points",
        "hold_closed",
    }
    assert ana.figures() == (30, 0, 0, 0)
    make.run("ledger", "verify")


def test_p17_held_points_of_a_unit_that_is_worth_nothing_pay_nothing(make):
    miles = {"name": {"zh": "里程", "en": "Miles"}, "spendable": True}
    make.club(**CLUB | {"unit.miles": miles})
    ana = make.shopper()
    ana.adjust(500, unit="miles")
    held = ana.hold(500, unit="miles")["hold_id"]
    refused = ana.buy("20.00", expect=422, **paid(500, "5.00", "15.00", hold_id=held))
    assert (refused["code"], refused["unit"]) == ("points_tender_wrong", "miles")
    assert ana.figures(unit="miles") == (0, 500, 0, 0)


def test_p6_a_sale_is_paid_from_the_hold_it_names_and_from_no_other(ana):
    first, second = ana.hold(300), ana.hold(500)
    ana.buy("20.00", **paid(500, "5.00", "15.00", hold_id=second["hold_id"]))
    states = [ana.till.get(f"/holds/{held['hold_id']}").json["state"] for held in (first, second)]
    assert states == ["open", "captured"]
