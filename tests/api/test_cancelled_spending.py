"""P18: holds and redemptions are cancelled by the caller's own reference, booked or not told yet."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.makers import receipt


@pytest.fixture
def ana(make):
    make.club()
    who = make.shopper()
    who.adjust(100)
    return who


@pytest.fixture(autouse=True)
def _verified(make):
    yield
    make.run("ledger", "verify")


def cancel(who, path, reference, expect=200, key=None):
    return who.tell(f"/{path}/cancel", {"reference": reference}, expect, key)


def test_p18_a_redemption_is_given_back_whole(ana):
    spent = ana.redeem(60, reference="r")
    ana.reverse(spent, 10)
    told = cancel(ana, "redemptions", "r")
    assert (told["was"], told["unit"], told["points"]) == ("redeemed", "reward", 50)
    assert (told["redemption_id"], told["hold_id"]) == (spent["redemption_id"], None)
    assert (told["balance"]["reward"]["available"], told["reference"]) == (100, "r")
    assert ana.reverse(spent, 1, expect=422)["code"] == "reversal_exceeds_redemption"
    assert ana.figures() == (100, 0, 0, 0)


def test_p18_an_open_hold_is_let_go(ana):
    held = ana.hold(60, reference="h")
    told = cancel(ana, "holds", "h")
    assert (told["was"], told["hold_id"], told["points"]) == ("open", held["hold_id"], 60)
    assert ana.till.get(f"/holds/{held['hold_id']}").json["state"] == "voided"
    assert ana.capture(held, expect=422)["code"] == "hold_closed"
    assert ana.figures() == (100, 0, 0, 0)


def test_p18_what_was_captured_of_a_hold_is_given_back(ana):
    captured = ana.capture(ana.hold(60, reference="h"), 40)
    told = cancel(ana, "holds", "h")
    assert (told["was"], told["points"]) == ("captured", 40)
    assert told["redemption_id"] == captured["redemption_id"]
    assert ana.figures() == (100, 0, 0, 0)


def test_p13_p18_what_is_undone_is_under_the_edition_it_was_promised_by(make, ana, clock):
    ana.hold(10, reference="h")
    ana.redeem(10, reference="r")
    later = clock.now() + timedelta(seconds=60)
    make.club(in_force_from=later, **{"unit.reward.give_back_days": 5})
    clock.move(later)
    assert [cancel(ana, path, name)["edition"] for path, name in (("holds", "h"), ("redemptions", "r"))] == [
        1,
        1,
    ]
    assert cancel(ana, "holds", "unseen")["edition"] == 2  # nothing was undone: what is in force now


@pytest.mark.parametrize("ended", [True, False], ids=["by the clock", "by hand"])
def test_p18_a_hold_that_is_over_needs_nothing(ana, clock, ended):
    held = ana.hold(60, reference="h", ends_in_seconds=60)
    if ended:
        clock.move(timedelta(minutes=2))
    else:
        ana.void(held)
    told = cancel(ana, "holds", "h")
    assert (told["was"], told["points"]) == ("ended" if ended else "voided", 0)
    assert ana.figures() == (100, 0, 0, 0)


def test_p18_a_hold_that_the_night_ended_needs_nothing(make, ana, clock):
    ana.hold(60, reference="h", ends_in_seconds=60)
    clock.move(timedelta(days=1))
    make.run("jobs", "nightly")
    assert cancel(ana, "holds", "h")["was"] == "ended"


@pytest.mark.parametrize("path", ["holds", "redemptions"])
def test_p18_twice_is_once(ana, path):
    tell = ana.hold if path == "holds" else ana.redeem
    tell(60, reference="x")
    first = cancel(ana, path, "x")
    assert cancel(ana, path, "x") == first | {"replayed": True}
    again = cancel(ana, path, "x", key="another wish")
    assert again == first | {"replayed": True}
    assert ana.figures() == (100, 0, 0, 0)


@pytest.mark.parametrize("path", ["holds", "redemptions"])
def test_p18_one_not_seen_yet_is_refused_when_it_comes_whatever_it_says(ana, path):
    spend = {"card": ana.card, "reference": "x"}
    told = cancel(ana, path, "x")
    assert (told["was"], told["points"], told["balance"], told["print"]) == ("unseen", 0, {}, [])
    for points, key in ((60, None), (7, None), (60, "k")):
        refused = ana.tell(f"/{path}", spend | {"points": points}, 422, key)
        assert refused["code"] == "reference_cancelled"
    assert ana.till.get(f"/{path}?reference=x").status_code == 404
    ana.tell(f"/{path}", spend | {"points": 60, "reference": "y"}, 201)


def test_p18_a_reversed_redemption_needs_nothing(ana):
    ana.reverse(ana.redeem(60, reference="r"))
    told = cancel(ana, "redemptions", "r")
    assert (told["was"], told["points"]) == ("reversed", 0)


def test_p18_a_reference_is_the_clients_own(make, ana):
    spent = ana.redeem(60, reference="r")
    other = make.till(terminal="T9")
    told = other.post("/redemptions/cancel", {"reference": "r"})
    assert (told.status_code, told.json["was"]) == (200, "unseen")
    assert ana.till.get(f"/redemptions/{spent['redemption_id']}").json["reversed"] == 0


def test_p18_the_points_that_paid_a_sale_are_not_given_back_twice(make):
    worth = {"points": 1, "money": "1.00", "step": 1, "max_share": "1"}
    make.club(**{"unit.reward.worth": worth})
    ana = make.shopper()
    ana.adjust(100)
    held = ana.hold(60, reference="h")
    paid = {"kind": "points", "amount": "60.00", "points": 60, "hold_id": held["hold_id"]}
    ana.buy("60.00", receipt="r-1", tenders=[paid])
    assert cancel(ana, "holds", "h")["points"] == 60
    told = ana.tell("/purchases/cancel", receipt("r-1") | {"cancel_ref": "c"}, 200)
    assert told["refund"]["points"] == {}
    assert ana.figures() == (100, 0, 0, 0)


def test_p2_p18_a_redemption_and_its_cancellation_at_one_moment_leave_all_points(make, ana):
    tills = [make.till() for _ in range(6)]
    spend = {"card": ana.card, "points": 60, "reference": "r"}
    wishes = [("/redemptions", spend), ("/redemptions/cancel", {"reference": "r"})] * 3

    def send(place):
        answer = tills[place].post(*wishes[place])
        return (answer.json or {}).get("code")

    with ThreadPoolExecutor(6) as pool:
        told = set(pool.map(send, range(6)))
    assert told <= {None, "reference_cancelled", "busy", "in_progress"}
    cancel(ana, "redemptions", "r", key="again")
    assert ana.figures() == (100, 0, 0, 0)
