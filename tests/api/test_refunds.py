"""What goes back to the customer: money by tender, and points before the earned ones are taken (P9)."""

from datetime import timedelta
from itertools import permutations

import pytest

from tests.makers import receipt, wire

DAY = timedelta(days=1)
WORTH = {"points": 100, "money": "1.00", "step": 100, "max_share": "0.5"}


@pytest.fixture
def ana(make):
    make.club(**{"unit.reward.worth": WORTH})
    who = make.shopper()
    who.adjust(5_000)
    return who


def tenders(points, **money):
    """So many points, worth a hundredth each, and money."""
    paid = [{"kind": kind, "amount": amount} for kind, amount in money.items()]
    whole = {"kind": "points", "amount": f"{points // 100}.{points % 100:02}", "points": points}
    return {"tenders": [*paid, whole] if points else paid}


def test_p9_goods_paid_with_points_give_points_back_before_the_earned_ones_are_taken(make, ana):
    sold = ana.buy("100.00", **tenders(4_000, card="60.00"))
    assert ana.figures() == (1_060, 0, 0, 0)  # the part paid with points earned nothing
    told = ana.give_back(sold, amount="25.00")
    assert told["refund"] == {"money_by_tender": {"card": "15.00"}, "points": {"reward": 1_000}}
    assert (told["taken_back"], told["debt"]) == ({"reward": 15}, {})
    assert ana.figures() == (2_045, 0, 0, 0)
    make.run("ledger", "verify")


def test_p9_points_that_are_spent_leave_no_debt_when_the_goods_gave_them_back(make, ana):
    sold = ana.buy("100.00", **tenders(4_000, card="60.00"))
    ana.redeem(1_060)
    told = ana.give_back(sold, amount="100.00")
    assert (told["taken_back"], told["debt"], told["shortfall"]) == ({"reward": 60}, {}, {})
    assert ana.figures() == (3_940, 0, 0, 0)
    make.run("ledger", "verify")


@pytest.mark.parametrize("order", list(permutations(["0.01", "33.33", "66.66"])), ids="-".join)
def test_p9_any_split_refunds_the_same(make, ana, order):
    sold = ana.buy("100.00", **tenders(3_300, cash="20.00", card="47.00"))
    money, points = {"cash": 0, "card": 0}, 0
    for amount in order:
        refund = ana.give_back(sold, amount=amount)["refund"]
        points += refund["points"].get("reward", 0)
        for kind, text in refund["money_by_tender"].items():
            money[kind] += round(float(text) * 100)
    assert (money, points) == ({"cash": 2_000, "card": 4_700}, 3_300)
    assert ana.figures() == (5_000, 0, 0, 0)
    make.run("ledger", "verify")


def test_p9_a_sale_without_tenders_refunds_what_the_till_knows(ana):
    told = ana.give_back(ana.buy("10.00"), amount="5.00")
    assert told["refund"] == {"money_by_tender": {}, "points": {}}


def test_p9_points_paid_from_a_hold_come_back_too(make, ana):
    held = ana.hold(3_000)
    paid = {"kind": "points", "amount": "20.00", "points": 2_000, "hold_id": held["hold_id"]}
    sold = ana.buy("50.00", tenders=[{"kind": "card", "amount": "30.00"}, paid])
    told = ana.give_back(sold, amount="50.00")
    assert told["refund"] == {"money_by_tender": {"card": "30.00"}, "points": {"reward": 2_000}}
    assert ana.figures() == (5_000, 0, 0, 0)
    make.run("ledger", "verify")


def test_p9_dead_lots_come_back_with_grace(make, ana, clock):
    sold = ana.buy("100.00", **tenders(4_000, card="60.00"))
    clock.move(800 * DAY)
    told = ana.give_back(sold, amount="100.00")
    assert told["refund"]["points"] == {"reward": 4_000}
    shown = ana.look("/balance")["units"]["reward"]
    assert [(lot["points"], lot["last_day"]) for lot in shown["expiring"]] == [(3_940, "2028-04-14")]
    make.run("ledger", "verify")


def test_p10_points_that_were_reversed_before_do_not_come_back_twice(make, ana):
    sold = ana.buy("100.00", **tenders(4_000, card="60.00"))
    ana.reverse(sold["paid_with_points"], 3_500)
    told = ana.give_back(sold, amount="50.00")
    assert told["refund"]["points"] == {"reward": 500}
    assert ana.give_back(sold, amount="50.00")["refund"]["points"] == {}
    assert ana.figures() == (5_000, 0, 0, 0)
    make.run("ledger", "verify")


def test_p9_p18_a_cancelled_sale_gives_all_of_it_back(make, ana):
    sold = ana.buy("100.00", receipt="r-1", **tenders(4_000, card="60.00"))
    ana.give_back(sold, amount="25.00")
    told = ana.tell("/purchases/cancel", receipt("r-1") | {"cancel_ref": "c"}, 200)
    assert told["refund"] == {"money_by_tender": {"card": "45.00"}, "points": {"reward": 3_000}}
    assert told["taken_back"] == {"reward": 45}
    assert ana.figures() == (5_000, 0, 0, 0)
    make.run("ledger", "verify")


def test_p2_a_return_of_goods_paid_with_points_told_twice_gives_back_once(make, ana):
    sold = ana.buy("100.00", **tenders(4_000, card="60.00"))
    back = receipt("ret", "return_ref") | {"returned_at": wire(ana.clock.now()), "amount": "50.00"}
    path = f"/purchases/{sold['purchase_id']}/returns"
    first = ana.tell(path, back, 201)
    assert ana.tell(path, back, 201) == first | {"replayed": True}
    assert ana.figures() == (3_030, 0, 0, 0)
    make.run("ledger", "verify")
