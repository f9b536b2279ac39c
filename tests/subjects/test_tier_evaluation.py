"""What a measure makes of a member: pure tables."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from loyalty.errors import TierUnknown
from loyalty.tiers.evaluation import (
    Term,
    attained,
    earned,
    end_after_lift,
    measuring_instant,
    missing,
    next_tier,
    reviewed,
    term_end,
)
from loyalty.tiers.terms import Counter, Ladder, Length, Terms, Tier, Window

SHANGHAI = ZoneInfo("Asia/Shanghai")
JOINED = date(2024, 2, 29)
YEAR = Length(months=12, less_a_day=True)
TERMS = Terms((Counter("points", "status", None),), YEAR, None, "restart", "to_measure", "attain", "term_end")
TIERS = (
    Tier("silver", {}, 1, {"points": 100}, {"points": 80}),
    Tier("gold", {}, 2, {"points": 200}, {"points": 160}),
    Tier("diamond", {}, 3, {"points": 400}, {"points": 300}),
)
ANY_OF = (
    Tier("silver", {}, 1, {"spend": 100, "visits": 10}, {"spend": 100, "visits": 10}),
    Tier("gold", {}, 2, {"spend": 200}, {"spend": 200}),
)


def ladder(tiers: tuple[Tier, ...] = TIERS, **terms: Any) -> Ladder:
    return Ladder(tiers, replace(TERMS, **terms))


def beijing(*when: int) -> datetime:
    return datetime(*when, tzinfo=SHANGHAI).astimezone(UTC)  # type: ignore[misc,arg-type]


def term(from_at: datetime, until_at: datetime | None) -> Term:
    return Term(1, "silver" if until_at else None, from_at, until_at, "lift", 1)


TALLY = {
    date(2025, 3, 15): 1,
    date(2025, 3, 16): 10,
    date(2025, 12, 31): 100,
    date(2026, 1, 1): 1_000,
    date(2026, 3, 15): 10_000,
    date(2026, 3, 16): 100_000,
}


@pytest.mark.parametrize(
    ("window", "shown"),
    [
        pytest.param(Window("months", 12), 11_110, id="twelve rolling months begin the day after"),
        pytest.param(Window("months", 3), 11_100, id="three rolling months"),
        pytest.param(Window("days", 365), 11_110, id="365 rolling days"),
        pytest.param(Window("days", 366), 11_111, id="a day more"),
        pytest.param(Window("days", 1), 10_000, id="one day is today"),
        pytest.param(Window("calendar_year"), 11_000, id="the calendar year begins on 1 January"),
        pytest.param(Window("membership_year"), 10_000, id="the membership year on 28 February (N6)"),
    ],
)
def test_t2_a_counter_shows_what_its_window_earned(window: Window, shown: int) -> None:
    assert earned(window, TALLY, date(2026, 3, 15), JOINED) == shown


def test_a_tier_that_is_not_there_has_no_rank() -> None:
    assert [Ladder(TIERS, TERMS).rank(code) for code in (None, "silver", "diamond")] == [0, 1, 3]
    with pytest.raises(TierUnknown):
        Ladder(TIERS, TERMS).rank("copper")


def test_t2_returns_lower_what_their_days_earned() -> None:
    tally = {date(2026, 3, 1): 50, date(2026, 3, 2): -20}
    assert earned(Window("months", 1), tally, date(2026, 3, 15), JOINED) == 30


@pytest.mark.parametrize(
    ("points", "tier"),
    [
        pytest.param(-5, None, id="a debt is below the first tier"),
        pytest.param(0, None, id="nothing is below the first tier"),
        pytest.param(99, None, id="one short"),
        pytest.param(100, "silver", id="the threshold is inclusive"),
        pytest.param(199, "silver", id="one short of gold"),
        pytest.param(200, "gold", id="gold"),
        pytest.param(10**12, "diamond", id="as many steps as the measure allows"),
    ],
)
def test_t1_the_measure_attains_the_highest_tier_whose_bar_it_meets(points: int, tier: str | None) -> None:
    assert attained(ladder(), {"points": points}) == tier


def test_t1_a_first_tier_that_asks_for_nothing_leaves_nobody_below_it() -> None:
    first = Tier("standard", {}, 1, {"points": 0}, {"points": 0})
    assert attained(ladder((first,)), {"points": 0}) == "standard"


@pytest.mark.parametrize(
    ("readings", "tier"),
    [
        pytest.param({"spend": 99, "visits": 9}, None, id="neither counter"),
        pytest.param({"spend": 0, "visits": 10}, "silver", id="visits alone"),
        pytest.param({"spend": 100, "visits": 0}, "silver", id="spend alone"),
        pytest.param({"spend": 200, "visits": 0}, "gold", id="only spend makes gold"),
        pytest.param({"spend": 0, "visits": 99}, "silver", id="visits never make gold"),
        pytest.param({}, None, id="a counter that was not read shows nothing"),
    ],
)
def test_t2_any_of_several_counters_is_enough(readings: dict[str, int], tier: str | None) -> None:
    assert attained(ladder(ANY_OF), readings) == tier


@pytest.mark.parametrize(
    ("terms", "tier", "points", "after"),
    [
        pytest.param({}, "gold", 160, "gold", id="kept at retain, inclusive"),
        pytest.param({}, "gold", 159, "silver", id="below retain: to the measure, by attain"),
        pytest.param({}, "diamond", 99, None, id="to below the first tier"),
        pytest.param({}, "diamond", 250, "gold", id="two bars missed, one step lost"),
        pytest.param({}, "gold", 85, None, id="by attain 85 make nothing"),
        pytest.param({"downgrade_bars": "retain"}, "gold", 85, "silver", id="by retain 85 make silver"),
        pytest.param({"downgrade_bars": "retain"}, "gold", 79, None, id="and 79 do not"),
        pytest.param(
            {"downgrade_bars": "retain"}, "diamond", 170, "gold", id="by retain, the highest that is met"
        ),
        pytest.param({"downgrade": "one_step"}, "diamond", 0, "gold", id="one step, however far"),
        pytest.param({"downgrade": "one_step"}, "diamond", 300, "diamond", id="one step, but not at retain"),
        pytest.param({"downgrade": "one_step"}, "silver", 0, None, id="one step from the first is below it"),
        pytest.param({"downgrade": "never"}, "diamond", 0, "diamond", id="never"),
        pytest.param({}, "silver", 200, "gold", id="a review also lifts"),
        pytest.param({}, "silver", 100, "silver", id="at attain"),
        pytest.param({}, None, 400, "diamond", id="from below the first tier"),
        pytest.param({}, None, 0, None, id="below the first tier it stays"),
    ],
)
def test_t6_a_review_keeps_the_tier_or_lowers_it_as_the_terms_say(
    terms: dict[str, Any], tier: str | None, points: int, after: str | None
) -> None:
    assert reviewed(ladder(**terms), tier, {"points": points}) == after


@pytest.mark.parametrize(
    ("length", "from_at", "until_at"),
    [
        pytest.param(YEAR, beijing(2008, 2, 8, 9), beijing(2009, 2, 8), id="2008-02-08, last day 2009-02-07"),
        pytest.param(YEAR, beijing(2008, 2, 8), beijing(2009, 2, 8), id="from the first instant of the day"),
        pytest.param(
            YEAR, beijing(2008, 2, 7, 23, 59, 59), beijing(2009, 2, 7), id="and from the one before it"
        ),
        pytest.param(
            YEAR, beijing(2024, 2, 29, 9), beijing(2025, 2, 28), id="N6 from 29 February: 27 February"
        ),
        pytest.param(
            Length(months=12), beijing(2024, 2, 29, 9), beijing(2025, 3, 1), id="N6 exact: 28 February"
        ),
        pytest.param(
            Length(align="year_end", plus=1), beijing(2026, 12, 31, 23), beijing(2028, 1, 1), id="year end"
        ),
        pytest.param(
            Length(align="month_end"), beijing(2026, 2, 28, 23), beijing(2026, 3, 1), id="month end"
        ),
        pytest.param(
            Length(until=(3, 31)), beijing(2026, 3, 31, 9), beijing(2027, 4, 1), id="until 31 March"
        ),
    ],
)
def test_t7_n5_a_term_ends_at_the_local_midnight_after_its_last_day(
    length: Length, from_at: datetime, until_at: datetime
) -> None:
    assert term_end(replace(TERMS, length=length), from_at, SHANGHAI) == until_at


MAY_LIFT = beijing(2026, 5, 10, 15)
FRESH_END = beijing(2027, 5, 10)
SOON, FAR = beijing(2026, 12, 1), beijing(2027, 12, 1)


@pytest.mark.parametrize(
    ("on_upgrade", "running_until", "until_at"),
    [
        pytest.param("restart", SOON, FRESH_END, id="restart"),
        pytest.param("restart", FAR, FRESH_END, id="restart, though it was longer"),
        pytest.param("keep_end", SOON, SOON, id="keep the end"),
        pytest.param("keep_end", FAR, FAR, id="keep the far end"),
        pytest.param("later_of_both", SOON, FRESH_END, id="the later is the new one"),
        pytest.param("later_of_both", FAR, FAR, id="the later is the old one"),
        pytest.param("keep_end", None, FRESH_END, id="below the first tier there is no end to keep"),
        pytest.param("later_of_both", None, FRESH_END, id="nor one to compare with"),
    ],
)
def test_t7_where_the_term_begun_by_a_lift_ends(
    on_upgrade: Any, running_until: datetime | None, until_at: datetime
) -> None:
    terms = replace(TERMS, on_upgrade=on_upgrade)
    running = term(beijing(2026, 1, 1), running_until)
    assert end_after_lift(terms, running, MAY_LIFT, SHANGHAI) == until_at


@pytest.mark.parametrize(
    ("measured_on", "from_at", "until_at", "instant"),
    [
        pytest.param(None, beijing(2026, 1, 5), beijing(2027, 4, 1), None, id="at the term's end"),
        pytest.param((12, 31), beijing(2026, 1, 5), None, None, id="below the first tier nothing ends"),
        pytest.param(
            (12, 31),
            beijing(2026, 4, 1),
            beijing(2027, 4, 1),
            beijing(2027, 1, 1),
            id="the end of 31 December",
        ),
        pytest.param(
            (12, 31),
            beijing(2024, 4, 1),
            beijing(2027, 4, 1),
            beijing(2027, 1, 1),
            id="the last one inside a long term",
        ),
        pytest.param(
            (12, 31),
            beijing(2026, 1, 1),
            beijing(2027, 1, 1),
            beijing(2027, 1, 1),
            id="the term's own last day",
        ),
        pytest.param(
            (12, 31),
            beijing(2027, 1, 1),
            beijing(2027, 4, 1),
            None,
            id="a term that began when that day was over",
        ),
        pytest.param(
            (12, 31),
            beijing(2026, 12, 31, 23),
            beijing(2027, 4, 1),
            beijing(2027, 1, 1),
            id="an hour before it is over",
        ),
        pytest.param((6, 30), beijing(2026, 7, 5), beijing(2027, 4, 1), None, id="none inside"),
        pytest.param(
            (2, 29),
            beijing(2026, 1, 5),
            beijing(2027, 3, 31),
            beijing(2027, 3, 1),
            id="N6 29 February in a common year",
        ),
    ],
)
def test_t7_the_measure_may_be_taken_on_another_day_than_the_review(
    measured_on: Any, from_at: datetime, until_at: datetime | None, instant: datetime | None
) -> None:
    terms = replace(TERMS, measured_on=measured_on)
    assert measuring_instant(terms, term(from_at, until_at), SHANGHAI) == instant


@pytest.mark.parametrize(
    ("bars", "readings", "points"),
    [
        pytest.param({"points": 200}, {"points": 150}, 50, id="one bar"),
        pytest.param({"points": 200}, {"points": 200}, 0, id="met exactly"),
        pytest.param({"points": 200}, {"points": 500}, 0, id="met by far"),
        pytest.param({"points": 200}, {"points": -20}, 220, id="a debt is missing too"),
        pytest.param({"spend": 200, "visits": 10}, {"spend": 150, "visits": 7}, 3, id="the nearest bar"),
        pytest.param({"spend": 200, "visits": 10}, {"spend": 200, "visits": 0}, 0, id="one of them is met"),
        pytest.param({"spend": 200}, {}, 200, id="nothing was read"),
        pytest.param({}, {"points": 3}, 0, id="no bars"),
    ],
)
def test_t9_what_is_missing_is_the_shortest_way_to_a_bar(
    bars: dict[str, int], readings: dict[str, int], points: int
) -> None:
    assert missing(bars, readings) == points


@pytest.mark.parametrize(
    ("tier", "above"),
    [
        pytest.param(None, "silver", id="from below"),
        pytest.param("silver", "gold", id="from the first"),
        pytest.param("diamond", None, id="from the top"),
    ],
)
def test_t9_the_next_tier_is_the_one_above(tier: str | None, above: str | None) -> None:
    step = next_tier(ladder(), tier)
    assert (step.code if step else None) == above
