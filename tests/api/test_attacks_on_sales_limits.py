"""A void sale counts against no limit and no budget of a rule (P15, P18)."""

from datetime import timedelta

import pytest

from tests.makers import receipt

WELCOME = {"code": "welcome", "on": "purchase", "unit": "reward", "phase": "bonus", "earn": {"fixed": 500}}


@pytest.mark.parametrize(
    "bound",
    [
        {"limit": {"times": 1, "per": "lifetime"}},
        {"limit": {"points": 500, "per": "day"}},
        {"budget": {"points": 500, "per": "month"}},
    ],
    ids=["times", "points", "budget"],
)
@pytest.mark.parametrize("part", [None, "40.00"])
def test_p15_p18_a_void_sale_leaves_what_a_rule_may_still_give(make, clock, bound, part):
    make.club(**{"rule[2]": WELCOME | bound})
    ana = make.shopper()
    sold = ana.buy("100.00", receipt="r-1")
    assert ana.buy("1.00")["award"]["units"]["reward"] == 1
    if part:
        ana.give_back(sold, amount=part)
    for turn in range(2):
        told = ana.tell("/purchases/cancel", receipt("r-1") | {"cancel_ref": f"c-{turn}"}, 200)
        assert told["void"] is not bool(turn)
    assert ana.buy("100.00", receipt="r-2")["award"]["units"]["reward"] == 600
    assert ana.buy("100.00", receipt="r-3")["award"]["units"]["reward"] == 100
    make.run("ledger", "verify")


def test_p15_p18_a_sale_cancelled_on_a_later_day_has_used_its_limit(make, clock):
    make.club(**{"rule[2]": WELCOME | {"limit": {"times": 1, "per": "lifetime"}}})
    ana = make.shopper()
    ana.buy("100.00", receipt="r-1")
    clock.move(timedelta(days=1))
    assert not ana.tell("/purchases/cancel", receipt("r-1") | {"cancel_ref": "c"}, 200)["void"]
    assert ana.buy("100.00", receipt="r-2")["award"]["units"]["reward"] == 100
