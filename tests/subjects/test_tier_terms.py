from datetime import date

import pytest

from loyalty.errors import TierUnknown
from loyalty.tiers.terms import Ladder, Length, Terms, Tier, Window


@pytest.mark.parametrize(
    ("length", "anchor", "last_day"),
    [
        pytest.param(
            Length(months=12, less_a_day=True), date(2008, 2, 8), date(2009, 2, 7), id="a year less a day"
        ),
        pytest.param(Length(months=12), date(2008, 2, 8), date(2009, 2, 8), id="a year"),
        pytest.param(
            Length(months=12, less_a_day=True), date(2024, 2, 29), date(2025, 2, 27), id="from a leap day"
        ),
        pytest.param(
            Length(months=1, less_a_day=True), date(2026, 1, 31), date(2026, 2, 27), id="clamped, then less"
        ),
        pytest.param(Length(days=365), date(2026, 1, 1), date(2027, 1, 1), id="days"),
        pytest.param(
            Length(days=1, less_a_day=True), date(2026, 1, 1), date(2026, 1, 1), id="the day itself"
        ),
        pytest.param(
            Length(months=12, align="month_end"), date(2023, 3, 15), date(2024, 3, 31), id="month end"
        ),
        pytest.param(
            Length(align="month_end", plus=1), date(2026, 1, 31), date(2026, 2, 28), id="next month's end"
        ),
        pytest.param(
            Length(align="year_end", plus=1), date(2026, 5, 1), date(2027, 12, 31), id="next year's end"
        ),
        pytest.param(Length(align="year_end"), date(2026, 12, 31), date(2026, 12, 31), id="this year's end"),
        pytest.param(
            Length(months=12, align="year_end", plus=1), date(2026, 5, 1), date(2028, 12, 31), id="both"
        ),
        pytest.param(
            Length(until=(3, 31)), date(2026, 3, 30), date(2026, 3, 31), id="until a day of this year"
        ),
        pytest.param(
            Length(until=(3, 31)), date(2026, 3, 31), date(2027, 3, 31), id="strictly after the anchor"
        ),
        pytest.param(Length(until=(2, 29)), date(2026, 3, 1), date(2027, 2, 28), id="until a leap day"),
        pytest.param(
            Length(until=(2, 29)), date(2027, 3, 1), date(2028, 2, 29), id="until a leap day that is there"
        ),
    ],
)
def test_t7_the_last_day_of_a_term(length: Length, anchor: date, last_day: date) -> None:
    assert length.last_day(anchor) == last_day


@pytest.mark.parametrize(
    ("window", "day", "enrolled_on", "first"),
    [
        pytest.param(
            Window("months", 12), date(2026, 3, 15), date(2020, 1, 1), date(2025, 3, 16), id="12 months"
        ),
        pytest.param(
            Window("months", 12), date(2026, 2, 28), date(2020, 1, 1), date(2025, 3, 1), id="from February"
        ),
        pytest.param(
            Window("months", 1), date(2026, 3, 31), date(2020, 1, 1), date(2026, 3, 1), id="a whole month"
        ),
        pytest.param(
            Window("days", 365), date(2026, 3, 15), date(2020, 1, 1), date(2025, 3, 16), id="365 days"
        ),
        pytest.param(Window("days", 1), date(2026, 3, 15), date(2020, 1, 1), date(2026, 3, 15), id="one day"),
        pytest.param(
            Window("calendar_year"), date(2026, 3, 15), date(2020, 1, 1), date(2026, 1, 1), id="calendar year"
        ),
        pytest.param(
            Window("membership_year"),
            date(2026, 3, 15),
            date(2020, 3, 15),
            date(2026, 3, 15),
            id="on the anniversary",
        ),
        pytest.param(
            Window("membership_year"),
            date(2026, 3, 14),
            date(2020, 3, 15),
            date(2025, 3, 15),
            id="the day before it",
        ),
        pytest.param(
            Window("membership_year"),
            date(2026, 2, 28),
            date(2024, 2, 29),
            date(2026, 2, 28),
            id="N6 joined on 29 Feb",
        ),
        pytest.param(
            Window("membership_year"),
            date(2028, 2, 28),
            date(2024, 2, 29),
            date(2027, 2, 28),
            id="N6 before a leap day",
        ),
    ],
)
def test_t2_the_first_day_that_counts(window: Window, day: date, enrolled_on: date, first: date) -> None:
    assert window.days(day, enrolled_on) == (first, day)


def test_t1_a_rank_is_the_place_on_the_ladder_and_none_is_below_it() -> None:
    silver = Tier("silver", {}, 1, {"points": 500}, {"points": 500})
    ladder = Ladder((silver,), Terms((), Length(days=1), None, "restart", "never", "attain", "term_end"))
    assert ladder.tier("silver") is silver
    assert (ladder.rank(None), ladder.rank("silver")) == (0, 1)
    with pytest.raises(TierUnknown):
        ladder.rank("bronze")
