"""T10: terms that void facts alone caused end with them, what they replaced resumes; lives in memory."""

from typing import Any

import pytest

from tests.decide.buyers import TWELVE_MONTHS, Buyer
from tests.ladders import LATER, OF_STATUS, club, midnight, noon


def test_t10_the_term_a_void_sale_alone_caused_ends_and_the_one_before_resumes() -> None:
    ana = Buyer()
    ana.buys("2026-02-01", 120)
    bought = ana.buys("2026-03-01", 100)
    ana.cancels(bought, "2026-03-01", noon("2026-03-01"))
    assert ana.history(noon("2026-03-01"))[1:] == [
        ("silver", "lift", "2026-02-01", "2027-01-31"),
        ("gold", "lift", "2026-03-01", "2027-02-28"),
        ("silver", "resumed", "2026-03-01", "2027-01-31"),
    ]
    assert ana.term(noon("2026-03-01")).evidence["measure"] == {"points": 120}
    assert ana.tier(noon("2027-01-31")) == "silver"


def test_t10_a_first_tier_gives_way_to_none() -> None:
    ana = Buyer()
    ana.cancels(ana.buys("2026-02-01", 100), "2026-02-01")
    assert ana.history(noon("2027-06-01"))[1:] == [
        ("silver", "lift", "2026-02-01", "2027-01-31"),
        (None, "resumed", "2026-02-01", ""),
    ]


def test_t10_what_stands_without_the_sale_is_left_alone() -> None:
    """The lift was made by 150 of 200; the other fifty are void."""
    ana = Buyer()
    ana.buys("2026-02-01", 150)
    ana.cancels(ana.buys("2026-02-02", 30), "2026-02-02")
    assert ana.history(noon("2026-02-02"))[1:] == [("silver", "lift", "2026-02-01", "2027-01-31")]


def test_t10_a_term_that_something_else_keeps_up_now_is_left_alone() -> None:
    """Silver by the sale of the morning; by noon another hundred would have made it too."""
    ana = Buyer()
    first = ana.buys("2026-02-01", 100)
    ana.buys("2026-02-01", 100, LATER)
    ana.buys("2026-02-01", 100)
    ana.cancels(first, "2026-02-01")
    terms = [(tier, reason) for tier, reason, *_ in ana.history(noon("2026-02-01"))[1:]]
    assert terms == [("silver", "lift"), ("gold", "lift"), ("silver", "resumed")]


def test_t10_a_lower_term_that_falls_too_is_gone_through() -> None:
    """Silver and then gold on one morning: the first sale is void, what is left makes neither."""
    ana = Buyer()
    first = ana.buys("2026-02-01", 150)
    ana.buys("2026-02-01", 60)
    ana.cancels(first, "2026-02-01")
    assert [(tier, reason) for tier, reason, *_ in ana.history(noon("2026-02-01"))[1:]] == [
        ("silver", "lift"),
        ("gold", "lift"),
        (None, "resumed"),
    ]


def test_t10_what_is_left_lifts_again_where_it_attains_more() -> None:
    """Nothing, then diamond by two sales; without the one, the other alone makes gold."""
    ana = Buyer()
    first = ana.buys("2026-02-01", 400)
    ana.buys("2026-02-01", 250)
    ana.cancels(first, "2026-02-01")
    assert ana.history(noon("2026-02-01"))[1:] == [
        ("diamond", "lift", "2026-02-01", "2027-01-31"),
        (None, "resumed", "2026-02-01", ""),
        ("gold", "lift", "2026-02-01", "2027-01-31"),
    ]


def test_t10_a_sale_of_the_same_instant_after_the_lift_was_not_there() -> None:
    """Silver, and then a sale that never was; that the first comes back the next day changes nothing."""
    ana = Buyer()
    first = ana.buys("2026-02-01", 100)
    ana.cancels(ana.buys("2026-02-01", 50), "2026-02-01")
    ana.cancels(first, "2026-02-02")
    ana.cancels(ana.buys("2026-02-03", 10), "2026-02-03")
    assert ana.history(noon("2026-02-03"))[1:] == [("silver", "lift", "2026-02-01", "2027-01-31")]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["first sold, first void", "last sold, first void"])
def test_t10_nobody_keeps_a_tier_of_void_sales_alone_in_whatever_order_they_are_cancelled(order: Any) -> None:
    ana = Buyer()
    sales = [ana.buys("2026-02-01", 100), ana.buys("2026-02-01", 150)]
    for place in order:
        ana.cancels(sales[place], "2026-02-01")
    assert ana.tier(noon("2026-02-01")) is None
    assert ana.at(noon("2026-02-01")).accounts["status"].balance == 0


def test_t10_a_resumed_term_can_be_undone_in_its_turn() -> None:
    ana = Buyer()
    first, second = ana.buys("2026-02-01", 100), ana.buys("2026-02-01", 100)
    ana.cancels(second, "2026-02-01")
    assert ana.tier(noon("2026-02-01")) == "silver"
    ana.cancels(first, "2026-02-01")
    assert [(tier, reason) for tier, reason, *_ in ana.history(noon("2026-02-01"))[1:]] == [
        ("silver", "lift"),
        ("gold", "lift"),
        ("silver", "resumed"),
        (None, "resumed"),
    ]


def test_t10_a_tier_by_hand_is_resumed_with_its_end_and_its_protection() -> None:
    ana = Buyer()
    ana.is_given("silver", "2026-02-01", noon("2026-06-01"), protected=True)
    ana.cancels(ana.buys("2026-02-02", 200), "2026-02-02")
    resumed = ana.term(noon("2026-02-02"))
    assert (resumed.tier, resumed.until_at, resumed.protected) == ("silver", noon("2026-06-01"), True)


def test_t10_a_later_cancellation_is_a_return_and_leaves_the_term() -> None:
    ana = Buyer()
    ana.cancels(ana.buys("2026-02-01", 100), "2026-02-02")
    assert ana.tier(noon("2026-02-02")) == "silver"
    assert ana.at(noon("2026-02-02")).accounts["status"].balance == 0


def test_t5_t10_a_plain_return_leaves_the_term() -> None:
    ana = Buyer()
    ana.gives_back(ana.buys("2026-02-01", 100), "2026-02-01", 100)
    assert ana.tier(noon("2026-02-01")) == "silver"


def test_t10_a_programme_may_let_plain_returns_do_the_same() -> None:
    ana = Buyer(club(measure=TWELVE_MONTHS, on_reversal="resume"))
    ana.buys("2026-02-01", 120)
    bought = ana.buys("2026-03-01", 100)
    ana.gives_back(bought, "2026-03-10", 20)
    assert ana.tier(noon("2026-03-10")) == "gold"
    ana.gives_back(bought, "2026-03-20", 1)
    assert ana.history(noon("2026-03-20"))[3:] == [("silver", "resumed", "2026-03-20", "2027-01-31")]


def test_t10_a_return_counts_only_as_far_as_it_had_lifted() -> None:
    """Gold by 150 + 60; of a later sale as much comes back: gold was not caused by it."""
    ana = Buyer(club(measure=TWELVE_MONTHS, on_reversal="resume"))
    ana.buys("2026-02-01", 150)
    ana.buys("2026-02-02", 60)
    ana.gives_back(ana.buys("2026-03-01", 100), "2026-03-10", 100)
    assert ana.tier(noon("2026-03-10")) == "gold"


def test_t10_what_opened_after_the_lift_did_not_cause_it() -> None:
    """The points of the first sale open on the 11th; silver was made on the 5th, by the second."""
    ana = Buyer(club(measure=TWELVE_MONTHS, on_reversal="resume"))
    first = ana.buys("2026-02-01", 50, LATER)
    second = ana.buys("2026-02-05", 100)
    ana.gives_back(second, "2026-02-12", 40)
    ana.gives_back(first, "2026-02-13", 50)
    assert ana.tier(noon("2026-02-12")) == "silver"
    assert ana.tier(noon("2026-02-13")) is None  # 60 are left, and forty of the hundred were the second's


def test_p18_a_sale_that_came_back_whole_has_nothing_left_to_take() -> None:
    ana = Buyer()
    bought = ana.buys("2026-02-01", 100)
    ana.gives_back(bought, "2026-02-01", 100)
    cancelled = ana.cancels(bought, "2026-02-01").booked("cancel")
    assert (cancelled.parts, cancelled.undoes) == ((), ())
    assert ana.tier(noon("2026-02-01")) is None


def test_t10_the_term_before_is_reviewed_where_its_end_is_past() -> None:
    """Silver of February, gold in June, given back in March: the review of 1 February is made up."""
    ana = Buyer(club(measure=TWELVE_MONTHS, on_reversal="resume"))
    ana.buys("2026-02-01", 100)
    bought = ana.buys("2026-06-01", 100)
    ana.gives_back(bought, "2027-03-01", 100)
    assert ana.history(noon("2027-03-01"))[3:] == [("silver", "resumed", "2027-03-01", "2028-01-31")]
    ben = Buyer(club(measure=TWELVE_MONTHS | {"window": {"months": 6}}, on_reversal="resume"))
    ben.buys("2026-02-01", 100)
    bought = ben.buys("2026-06-01", 100)
    ben.gives_back(bought, "2027-03-01", 100)
    assert ben.history(noon("2027-03-01"))[3:] == [(None, "resumed", "2027-03-01", "")]


def test_t7_t10_a_measuring_day_that_went_by_is_made_up() -> None:
    """Silver is measured on 31 December; meanwhile gold ran. In March its own measure still counts."""
    document = club(
        measure=OF_STATUS | {"window": "calendar_year"}, on_reversal="resume", review={"measured_on": "12-31"}
    )
    ana = Buyer(document)
    ana.buys("2026-02-01", 100)
    bought = ana.buys("2026-12-31", 100)
    ana.gives_back(bought, "2027-01-10", 100)
    resumed = ana.term(noon("2027-01-10"))
    assert (resumed.tier, resumed.until_at) == ("silver", midnight("2027-02-01"))
    assert resumed.measured == {"points": 100}
    assert ana.tier(noon("2027-02-01")) == "silver"


def test_t7_t10_the_review_that_was_missed_goes_by_its_own_measuring_day() -> None:
    """As above, but told when silver was over: the 100 of 2026 keep it, of 2027 there is nothing."""
    document = club(
        measure=OF_STATUS | {"window": "calendar_year"}, on_reversal="resume", review={"measured_on": "12-31"}
    )
    ana = Buyer(document)
    ana.buys("2026-02-01", 100)
    ana.gives_back(ana.buys("2026-12-31", 100), "2027-02-10", 100)
    assert ana.history(noon("2027-02-10"))[3:] == [("silver", "resumed", "2027-02-10", "2028-01-31")]


def test_p8_t10_points_that_paid_a_debt_when_they_opened_counted_all_the_same() -> None:
    document = club(measure=TWELVE_MONTHS, on_reversal="resume")
    ana = Buyer(document)
    ana.gives_back(ana.buys("2026-01-06", 50), "2026-01-06", 50)
    ana.adjusts("2026-01-07", 20)
    ana.adjusts("2026-01-07", -20)
    bought = ana.buys("2026-02-01", 100, LATER)
    ana.gives_back(bought, "2026-02-20", 40)
    assert ana.tier(noon("2026-02-20")) is None


def test_t10_pending_points_that_lifted_when_they_opened_are_taken_with_their_term() -> None:
    ana = Buyer(club(measure=TWELVE_MONTHS, on_reversal="resume"))
    bought = ana.buys("2026-02-01", 100, LATER)
    ana.gives_back(bought, "2026-02-20", 100)
    assert ana.history(noon("2026-02-20"))[1:] == [
        ("silver", "lift", "2026-02-11", "2027-02-10"),
        (None, "resumed", "2026-02-20", ""),
    ]


def test_t5_t10_where_a_fall_counts_at_once_the_term_before_still_keeps_its_end() -> None:
    ana = Buyer(club(when="at_once"))
    ana.buys("2026-02-01", 120)
    ana.cancels(ana.buys("2026-03-01", 100), "2026-03-01")
    assert ana.history(noon("2026-03-01"))[3:] == [("silver", "resumed", "2026-03-01", "2027-01-31")]


def test_t10_any_of_several_counters_keeps_the_term() -> None:
    either = {
        "any": [
            {"code": "spend", "earned": "status", "window": {"months": 1}},
            {"code": "held", "balance": "reward"},
        ]
    }
    bars = {"silver": {"spend": 100, "held": 500}}
    ana, ben = Buyer(club(bars, measure=either)), Buyer(club(bars, measure=either))
    ben.adjusts("2026-01-20", 450, unit="reward")
    for who in (ana, ben):
        bought = who.buys("2026-02-01", 100)
        who.adjusts("2026-02-01", 50, unit="reward")
        who.cancels(bought, "2026-02-01")
    assert (ana.tier(noon("2026-02-01")), ben.tier(noon("2026-02-01"))) == (None, "silver")
