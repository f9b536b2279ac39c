"""Late facts of somebody who was merged, where the club's terms are special (M6)."""

from datetime import timedelta

from tests.api.test_merge import books_balance, two  # noqa: F401 -- whatever happens here, the books are good
from tests.merging import LADDER, merge

LATER = {
    "code": "later",
    "on": "purchase",
    "unit": "reward",
    "earn": {"points": 1, "per": "1.00"},
    "from": {"event": "call_back_done"},
}


def test_p7_a_return_that_takes_pending_points_only_takes_the_survivors(make):
    ana, ben = two(make, **{"rule": [LATER], "unit.reward.on_return": "pending_only"})
    sold = ben.buy("100.00")
    merge(ben, ana)
    assert ben.give_back(sold, amount="30.00")["taken_back"] == {"reward": 30}
    assert ana.figures() == (0, 0, 70, 0)


def test_p7_a_return_leaves_the_survivor_what_is_no_longer_pending(make):
    ana, ben = two(make, **{"unit.reward.on_return": "pending_only"})
    sold = ben.buy("100.00")
    merge(ben, ana)
    assert ben.give_back(sold, amount="30.00")["taken_back"].get("reward", 0) == 0
    assert ana.figures() == (100, 0, 0, 0)


def test_p7_a_return_that_gave_nothing_takes_nothing(make):
    ana, ben = two(make, rule=[LADDER["rule"][0] | {"when": "line.category == 'fresh'"}])
    sold = ben.buy("100.00")
    merge(ben, ana)
    assert ben.give_back(sold, amount="30.00")["taken_back"] == {}
    ben.tell("/purchases", ben.sale({"amount": "10.00", "category": "fresh"}), 201)
    assert ana.figures()[0] == 10


def test_t5_a_return_that_ends_the_survivors_tier_lets_die_what_it_kept_alive(make, clock):
    """What the fall leads to is the survivor's own, under their own name."""
    changes: dict[str, object] = {
        "unit.reward.expiry": {"days": 1},
        "unit.reward.paused_while_tier": ["gold"],
    }
    changes |= {"terms.when": "at_once", "terms.measure": {"balance": "status"}}
    ana, ben = two(make, **LADDER, **changes)
    ana.buy("1000.00")
    sold = ben.buy("1000.00")
    assert merge(ben, ana)["tier"] == "gold"
    clock.move(timedelta(days=5))
    assert ana.figures()[0] == 2000
    assert ben.give_back(sold, amount="600.00")["balance"]["reward"]["available"] == 0
    assert "expired" in {line["contra"] for line in ana.look("/entries")["items"]}
