"""Windows of whole months, lifts of the next day, lengths after a review, and terms that are counted."""

from typing import Any

import pytest

from loyalty.calendar import INSTANT
from tests.ladders import LATER, OF_STATUS, club, midnight, noon
from tests.lives import Someone

PHOENIX = {
    "measure": OF_STATUS | {"window": {"months": 12, "whole": True, "ends_before": {"months": 1}}},
    "length": {"month_end": 12},
    "length_after_review": {"month_end": 11},
    "downgrade_bars": "retain",
}
AIR_CHINA = {"silver": (40_000, 35_000), "gold": (80_000, 70_000), "platinum": (160_000, 145_000)}
NEXT_DAY = {"starts": "next_day"}
BY_YEARS = {"on_upgrade": "keep_end", "rollover": "none"}


def flyer(level: str) -> Someone:
    """Somebody of a level since 2025-07-10: what made it lies before the months that its review looks at."""
    ana = Someone(club(AIR_CHINA, **PHOENIX), "2025-06-01")
    ana.is_given(level, "2025-06-02", midnight("2026-08-01"))
    return ana


WHOLE_MONTHS = [
    pytest.param("2025-06-30", None, id="the day before the first of the twelve months"),
    pytest.param("2025-07-01", "silver", id="their first day"),
    pytest.param("2026-06-30", "silver", id="their last day"),
    pytest.param("2026-07-01", None, id="the review's own month counts for the next one"),
]


@pytest.mark.parametrize(("day", "tier"), WHOLE_MONTHS)
def test_t6_a_review_looks_at_whole_months_that_end_before_its_own(day: str, tier: str | None) -> None:
    ana = flyer("silver")
    ana.buys(day, 35_000)
    assert ana.term(noon("2026-07-31")).reason == "by_hand"
    assert ana.tier(noon("2026-08-01")) == tier


@pytest.mark.parametrize(("level", "kept"), [("gold", "gold"), ("silver", "silver"), ("platinum", "gold")])
def test_t6_retain_lies_below_attain_and_a_fall_goes_by_retain_bars(level: str, kept: str) -> None:
    ana = flyer(level)
    ana.buys("2025-09-01", 36_000)
    ana.buys("2026-05-01", 36_000)
    assert ana.history(noon("2026-08-01"))[-1] == (kept, "review", "2026-08-01", "2027-07-31")


def test_t7_a_review_makes_terms_of_its_own_length() -> None:
    """Lifted in March the card is good to the end of March a year later; then for twelve months each."""
    ana = Someone(club({"silver": 100}, length={"month_end": 12}, length_after_review={"month_end": 11}))
    ana.buys("2026-03-15", 100)
    assert [end for *_, end in ana.history(noon("2028-04-01"))] == [
        "",
        "2027-03-31",
        "2028-03-31",
        "2029-03-31",
    ]


def test_t4_a_lift_looks_at_whole_months_up_to_its_own_day() -> None:
    """80,000 of the running month lift at once; of the thirteenth month before nothing counts."""
    ana = Someone(club(AIR_CHINA, **PHOENIX), "2025-06-01")
    ana.buys("2025-06-30", 40_000 - 1)
    ana.buys("2026-06-10", 40_000)
    assert ana.tier(noon("2026-06-10")) == "silver"
    assert ana.term(noon("2026-06-10")).evidence["measure"] == {"points": 40_000}
    ana.buys("2026-06-20", 40_000)
    assert ana.tier(noon("2026-06-20")) == "gold"


def test_t4_a_lift_may_start_on_the_next_day() -> None:
    ana = Someone(club({"silver": 100}, **NEXT_DAY), "2009-01-05")
    ana.buys("2009-07-01", 100)
    assert ana.tier(noon("2009-07-01")) is None
    assert ana.tier(midnight("2009-07-02") - INSTANT) is None
    assert ana.history(midnight("2009-07-02"))[-1] == ("silver", "lift", "2009-07-02", "2010-07-01")


def test_t4_sales_of_one_day_lift_once_to_what_they_reach_together() -> None:
    ana = Someone(club(**NEXT_DAY))
    ana.buys("2026-02-01", 100)
    ana.buys("2026-02-01", 100)
    assert ana.history(noon("2026-02-05"))[1:] == [("gold", "lift", "2026-02-02", "2027-02-01")]


def test_t4_who_has_lost_the_points_by_the_next_day_is_not_lifted() -> None:
    ana = Someone(club(**NEXT_DAY))
    ana.buys("2026-02-01", 100)
    ana.adjusts("2026-02-01", -1)
    assert ana.tier(noon("2026-02-03")) is None
    ana.is_settled(noon("2026-02-03"))
    assert ana.term(noon("2026-02-03")).lifts_at is None
    ana.adjusts("2026-02-10", 1)
    assert ana.history(noon("2026-02-12"))[1:] == [("silver", "lift", "2026-02-11", "2027-02-10")]


def test_t4_points_that_open_by_the_clock_lift_the_day_after() -> None:
    ana = Someone(club(**NEXT_DAY))
    ana.buys("2026-02-01", 100, category=LATER)
    assert ana.tier(noon("2026-02-11")) is None
    assert ana.history(noon("2026-03-01"))[1:] == [("silver", "lift", "2026-02-12", "2027-02-11")]


def test_t4_a_lift_that_waits_is_lost_neither_to_a_hand_nor_to_a_review() -> None:
    by_hand = Someone(club(**NEXT_DAY))
    by_hand.buys("2026-02-01", 200)
    by_hand.is_given("silver", "2026-02-01", midnight("2026-06-01"))
    assert by_hand.history(noon("2026-02-02"))[-1] == ("gold", "lift", "2026-02-02", "2027-02-01")
    reviewed = Someone(club(**NEXT_DAY))
    reviewed.is_given("silver", "2026-02-01", midnight("2026-03-01"))
    reviewed.buys("2026-02-28", 200)
    assert reviewed.history(noon("2026-03-01"))[-1] == ("gold", "review", "2026-03-01", "2027-02-28")


def discovery(**terms: Any) -> dict[str, Any]:
    """Gold in three years running makes diamond, and gold each year keeps it."""
    document = club(
        {"blue": 0, "silver": 100, "gold": 200, "diamond": 0},
        length={"year_end": 0},
        measure={"any": [{"code": "held", "balance": "status"}, {"code": "years", "terms_held": "gold"}]},
        **BY_YEARS | terms,
    )
    for tier in document["tier"][:3]:
        tier["attain"] = {"held": tier["attain"]}
    document["tier"][3] |= {"attain": {"years": 3}, "retain": {"years": 1}}
    return document


IN_YEARS = [
    pytest.param([200, 200, 200], "diamond", id="gold in three years running"),
    pytest.param([200, 100, 200, 200], "gold", id="a year of silver begins the count anew"),
    pytest.param([200, 200], "gold", id="two are not enough"),
    pytest.param([200, 200, 200, 200], "diamond", id="kept by gold each year"),
    pytest.param([200, 200, 200, 150], "silver", id="a year without gold ends it"),
    pytest.param([200, 200, 200, 150, 200], "gold", id="and three more are needed"),
    pytest.param([200, 200, 200, 0, 200, 200, 200], "diamond", id="as these are"),
]


@pytest.mark.parametrize(("years", "tier"), IN_YEARS)
def test_t2_a_tier_may_come_of_consecutive_terms(years: list[int], tier: str) -> None:
    """What is said of each year is what it earned; the tier is that of the first day after."""
    ana = Someone(discovery(), "2020-01-05")
    for year, euros in enumerate(years, start=2020):
        ana.buys(f"{year}-05-01", euros)
    after = noon(f"{2020 + len(years)}-01-01")
    assert ana.tier(after) == tier
    assert ana.at(after).accounts["status"].balance == 0


def test_t2_a_lift_inside_a_term_neither_adds_to_the_count_nor_breaks_it() -> None:
    ana = Someone(discovery(), "2020-01-05")
    for year in (2020, 2021, 2022):
        ana.buys(f"{year}-03-01", 120)
        ana.buys(f"{year}-05-01", 80)
        ana.is_given("gold", f"{year}-06-01", midnight(f"{year + 1}-01-01"))
    assert ana.tier(noon("2022-12-31")) == "gold"
    lifted: Any = ana.term(noon("2023-01-01"))
    assert (lifted.tier, lifted.evidence["measure"]) == ("diamond", {"held": 200, "years": 3})


def test_t7_the_own_measuring_day_of_a_review_counts_the_term_too() -> None:
    ana = Someone(discovery(review={"measured_on": "11-30"}), "2020-01-05")
    for year in (2020, 2021, 2022):
        ana.buys(f"{year}-05-01", 200)
    assert ana.term(noon("2022-12-15")).measured == {"held": 200, "years": 3}
    assert ana.tier(noon("2023-01-01")) == "diamond"
