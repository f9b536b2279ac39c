"""T10 where lifts are paid for, or start the next day; lives in memory."""

from typing import Any

from tests.decide.buyers import Buyer
from tests.ladders import OF_STATUS, club, midnight, noon

FLYING = club({"silver": 100, "gold": 180, "platinum": 300}, lift_costs="attain")


def test_t10_a_lift_that_falls_gives_back_what_it_cost() -> None:
    """Gold falls with the first sale; the 180 points of the second pay for silver, and 80 are left."""
    ana = Buyer(FLYING)
    first = ana.buys("2026-02-01", 100)
    ana.buys("2026-02-01", 180)
    assert (ana.tier(noon("2026-02-01")), ana.snapshot.accounts["status"].balance) == ("gold", 0)
    ana.cancels(first, "2026-02-01")
    after = ana.at(noon("2026-02-01"))
    assert (after.terms[-1].tier, after.accounts["status"].balance) == ("silver", 80)
    told = [(op.kind, op.points) for op in ana.operations if op.kind.startswith("tier_")]
    assert told == [
        ("tier_price", {"status": -100}),
        ("tier_price", {"status": -180}),
        ("tier_refund", {"status": 180}),
    ]


def test_t10_all_that_fallen_lifts_cost_comes_back() -> None:
    ana = Buyer(FLYING)
    sold = ana.buys("2026-02-01", 300)
    ana.buys("2026-02-01", 10)
    ana.cancels(sold, "2026-02-01")
    after = ana.at(noon("2026-02-01"))
    assert (after.terms[-1].tier, after.accounts["status"].balance) == (None, 10)


def test_t10_a_lift_that_other_sales_pay_for_stands() -> None:
    ana = Buyer(FLYING)
    first = ana.buys("2026-02-01", 100)
    ana.buys("2026-02-01", 100)
    ana.cancels(first, "2026-02-01")
    after = ana.at(noon("2026-02-01"))
    assert (after.terms[-1].tier, after.accounts["status"].balance) == ("silver", 0)


def test_t10_a_lift_that_would_have_started_the_next_day_never_does() -> None:
    ana = Buyer(club({"silver": 100}, starts="next_day"))
    sold = ana.buys("2026-02-01", 100)
    ana.cancels(sold, "2026-02-01")
    assert ana.tier(noon("2026-02-02")) is None


def test_t10_a_lift_that_started_the_next_day_falls_with_the_sale() -> None:
    """A window of one day: the measure that lifted is that of the day of the sale."""
    window = OF_STATUS | {"window": {"days": 1}}
    ana = Buyer(club({"silver": 100}, starts="next_day", measure=window))
    sold = ana.buys("2026-02-01", 100)
    ana.is_settled(midnight("2026-02-02"))
    now = midnight("2026-02-02")
    ana.loses(sold, now)
    assert ana.term(now).reason == "resumed"
    assert ana.tier(now) is None


def test_t10_a_resumed_term_keeps_from_when_its_points_are_its_own() -> None:
    terms = {"rollover": "once", "length": {"months": 1, "less_a_day": True}}
    ana = Buyer(club({"bronze": 0, "silver": 100}, **terms))
    ana.buys("2026-01-20", 50)
    sold = ana.buys("2026-01-20", 60)
    ana.loses(sold, noon("2026-02-10"))
    resumed: Any = ana.term(noon("2026-02-10"))
    assert (resumed.tier, resumed.reason) == ("bronze", "resumed")
    assert resumed.evidence["since"] == "2026-02-04T16:00:00Z"
