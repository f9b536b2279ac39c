"""Points for numbers that facts tell, milestones, and units with decimals (N1, N3, P15)."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.api.test_cancelled_sales import cancelled
from tests.api.test_facts import tell
from tests.makers import receipt, wire

DAY = timedelta(days=1)
ACT = {"on": "activity", "unit": "reward"}
STEPS = ACT | {"code": "steps", "earn": {"points": 1, "per_count": 100, "of": "attributes.steps"}}
FRIENDS = ACT | {
    "code": "friend",
    "when": "activity.kind == 'friend_paid'",
    "earn": {"fixed": 200},
    "milestone": {"reaches": 500_000, "of": "attributes.premium_minor"},
}
SPENT = {
    "code": "spent",
    "on": "purchase",
    "unit": "reward",
    "earn": {"fixed": 50},
    "milestone": {"reaches": "100.00", "of": "amount"},
}
LATER = {"when": "line.category == 'fresh'"}


def reward(told):
    return told["award"]["units"]["reward"]


def walks(one, steps, reference):
    return tell(one, "walked", reference, attributes={"steps": steps})


def paid(one, minor, reference, **more):
    return tell(one, "friend_paid", reference, attributes={"premium_minor": minor} | more)


@pytest.mark.parametrize(
    ("said", "steps", "points"),
    [
        ({}, 1_050, 10),
        ({"round": "half_up"}, 1_050, 11),
        ({"round": "up"}, 1_001, 11),
        ({"earn": {"points": "1.5", "per_count": "0.5", "of": "attributes.steps"}}, 7, 21),
        ({"step": True, "earn": {"points": 3, "per_count": 100, "of": "attributes.steps"}}, 199, 3),
        ({}, 99, 0),
        ({}, -500, 0),
        ({}, True, 0),
        ({}, "500", 0),
    ],
)
def test_n3_points_for_a_number_that_is_told(make, said, steps, points):
    make.club(rule=[STEPS | said])
    assert reward(walks(make.shopper(), steps, "1")) == points


def test_n3_a_number_told_with_a_purchase_counts_beside_its_lines(make):
    make.club(rule=[STEPS | {"on": "purchase"}])
    ana = make.shopper()
    sold = ana.buy("10.00", attributes={"steps": 1_000})
    assert reward(sold) == 10
    assert reward(ana.buy("10.00")) == 0
    ana.give_back(sold, (1, "5.00"))
    assert ana.figures() == (5, 0, 0, 0)
    make.run("ledger", "verify")


def test_a_yearly_cap_counts_so_many_points_and_no_more(make, clock):
    fitness = STEPS | {"earn": {"points": 1, "per_count": 1, "of": "attributes.points"}}
    make.club(rule=[fitness | {"limit": {"points": 30_000, "per": "year"}}])
    ana = make.shopper()
    told = tell(ana, "trained", "1", attributes={"points": 34_000})
    assert [(one["rule"], one["points"]) for one in told["award"]["because"]] == [
        ("steps", 34_000),
        ("steps:limit", -4_000),
    ]
    assert reward(tell(ana, "trained", "2", attributes={"points": 1})) == 0
    assert ana.figures() == (30_000, 0, 0, 0)
    clock.move(365 * DAY)
    assert reward(tell(ana, "trained", "3", attributes={"points": 5})) == 5
    make.run("ledger", "verify")


@pytest.mark.parametrize(
    ("tier", "amount", "points"),
    [("gold", "105.00", 120), ("silver", "1999.00", 1990), ("gold", "1999.00", 2388), ("gold", "9.99", 0)],
)
def test_n1_a_factor_over_whole_steps_in_a_unit_with_decimals(make, clock, tier, amount, points):
    """12.0, 199 and 238.8 points: floor first, then the tier's factor; one decimal is a tenth inside."""
    rules = [
        {"code": code, "on": "purchase", "unit": "reward", "step": True, "when": f"member.tier == '{code}'",
         "earn": {"points": rate, "per": "10.00"}}
        for code, rate in (("silver", 1), ("gold", "1.2"))
    ]  # fmt: skip
    make.club(rule=rules, **{"unit.reward.decimals": 1})
    ana = make.shopper()
    ana.given(tier, clock.now() + 90 * DAY)
    assert reward(ana.buy(amount)) == points
    assert ana.figures()[0] == points


def test_a_milestone_is_reached_once(make, clock):
    make.club(rule=[FRIENDS])
    ana = make.shopper()
    assert [reward(paid(ana, minor, str(minor))) for minor in (499_999, 1, 500_000)] == [0, 200, 0]
    ben = make.shopper()
    assert reward(paid(ben, 600_000, "b")) == 200
    clock.move(800 * DAY)
    assert reward(paid(ana, 900_000, "late")) == 0
    make.run("ledger", "verify")


def test_a_sum_that_falls_gives_nothing_twice(make):
    make.club(rule=[FRIENDS])
    ana = make.shopper()
    told = [
        paid(ana, minor, str(place))
        for place, minor in enumerate((400_000, -300_000, 400_000, -900_000, 500_000))
    ]
    assert [reward(one) for one in told] == [0, 0, 200, 0, 0]
    ben = make.shopper()
    told = [paid(ben, minor, f"b{place}") for place, minor in enumerate((-50, 499_999, -499_999, 499_999, 1))]
    assert [reward(one) for one in told] == [0, 0, 0, 0, 200]  # no sum is below nil


def test_n1_a_sum_stays_within_what_a_counter_holds(make):
    make.club(rule=[FRIENDS | {"milestone": FRIENDS["milestone"] | {"reaches": 10**15}}])
    ana = make.shopper()
    told = [paid(ana, 10**15 - 1, str(place)) for place in range(3)]
    assert [reward(one) for one in told] == [0, 200, 0]


def test_a_milestone_for_each_friend(make):
    make.club(rule=[FRIENDS | {"milestone": FRIENDS["milestone"] | {"each": "attributes.friend"}}])
    ana = make.shopper()
    told = [("x" * 200, 300_000), ("Ben", 400_000), ("x" * 200, 200_000), ("Ben", 100_000), ("Ben", 500_000)]
    assert [
        reward(paid(ana, minor, str(place), friend=friend)) for place, (friend, minor) in enumerate(told)
    ] == [0, 0, 200, 200, 0]
    make.run("ledger", "verify")


def test_a_milestone_of_times(make):
    make.club(rule=[FRIENDS | {"milestone": {"reaches": 3, "of": "times"}}])
    ana = make.shopper()
    told = [
        tell(ana, kind, str(place))
        for place, kind in enumerate(["friend_paid", "other", *["friend_paid"] * 3])
    ]
    assert [reward(one) for one in told] == [0, 0, 0, 200, 0]


def test_a_milestone_of_anniversaries(make, clock):
    third = {"code": "third", "on": "anniversary", "unit": "reward", "earn": {"fixed": 70}}
    make.club(rule=[third | {"milestone": {"reaches": 3, "of": "times"}}])
    ana = make.shopper()
    held = []
    for year in range(2027, 2031):
        clock.move(datetime(year, 1, 5, 20, tzinfo=UTC))
        make.run("jobs", "nightly")
        held.append(ana.figures()[0])
    assert held == [0, 0, 70, 70]
    make.run("ledger", "verify")


def test_a_milestone_of_what_was_bought(make):
    make.club(rule=[SPENT | LATER])
    ana = make.shopper()
    fresh = [{"amount": "60.00", "category": "fresh"}, {"amount": "500.00", "category": "home"}]
    assert reward(ana.buy(*fresh)) == 0
    assert reward(ana.buy({"amount": "39.99", "category": "fresh"})) == 0
    assert reward(ana.buy({"amount": "0.01", "category": "fresh"})) == 50
    make.run("ledger", "verify")


def test_p18_a_void_sale_counts_back(make, clock):
    make.club(rule=[SPENT])
    ana = make.shopper()
    ana.buy("90.00", **receipt("r-1"))
    assert cancelled(ana)["void"] is True
    assert reward(ana.buy("99.00")) == 0
    assert reward(ana.buy("1.00", **receipt("r-2"))) == 50
    cancelled(ana, "r-2", ref="c-2")
    assert ana.figures() == (0, 0, 0, 0)
    assert reward(ana.buy("1.00")) == 50  # reached again, for the first time
    make.run("ledger", "verify")


def test_p7_goods_without_a_receipt_take_no_milestone_back(make):
    rules = [
        SPENT,
        {"code": "points", "on": "purchase", "unit": "reward", "earn": {"points": 1, "per": "1.00"}},
    ]
    make.club(rule=rules, **{"club.returns_without_receipt": {"member_day": "500.00"}})
    ana = make.shopper()
    ana.buy("100.00")
    body = {
        "card": ana.card,
        "store": "S1",
        "terminal": "T1",
        "business_date": "2026-01-05",
        "return_ref": "B",
    }
    body |= {
        "returned_at": wire(ana.clock.now()),
        "lines": [{"line": 1, "amount": "100.00"}],
    }
    ana.tell("/returns", body, 201)
    assert ana.figures() == (50, 0, 0, 0)


def test_a_quote_shows_a_milestone_and_does_not_reach_it(make):
    make.club(rule=[SPENT])
    ana = make.shopper()
    basket = {
        name: value for name, value in ana.sale("100.00").items() if name not in ("receipt", "business_date")
    }
    assert reward(ana.tell("/quotes", basket, 200)) == 50
    assert reward(ana.buy("100.00")) == 50
