"""Which days of the tally a decision must be shown."""

from datetime import date, datetime
from typing import Any

import pytest

from loyalty.calendar import BEGINNING
from loyalty.decide.needs import needs
from loyalty.decide.programme import Edition, Editions, compile_programme
from tests.ladders import OF_STATUS, club, midnight, noon


def edition(number: int, in_force_from: datetime, **terms: Any) -> Edition:
    return Edition(number, in_force_from, compile_programme(club(**terms)))


@pytest.mark.parametrize(
    ("window", "first"),
    [
        pytest.param(
            {"months": 12}, date(2026, 1, 1), id="the first day of twelve months that end with the year"
        ),
        pytest.param({"days": 365}, date(2026, 1, 1), id="and of 365 days"),
        pytest.param("calendar_year", date(2026, 1, 1), id="a calendar year that ends at this midnight"),
        pytest.param("membership_year", date(2025, 12, 30), id="whoever's membership year"),
    ],
)
def test_t6_a_review_at_midnight_is_shown_the_window_of_the_day_that_ends(window: Any, first: date) -> None:
    editions = Editions((edition(1, BEGINNING, measure=OF_STATUS | {"window": window}),))
    need = needs(editions, midnight("2027-01-01"), noon("2027-01-20"))
    assert need.units == {"status"}
    assert need.since <= first


def test_t6_editions_that_came_into_force_meanwhile_are_shown_their_own_windows() -> None:
    short = edition(1, BEGINNING, measure=OF_STATUS | {"window": {"months": 1}})
    long = edition(2, midnight("2027-01-10"), measure={"earned": "reward", "window": {"months": 24}})
    need = needs(Editions((short, long)), midnight("2027-01-01"), noon("2027-01-20"))
    assert need.units == {"status", "reward"}
    assert need.since <= date(2025, 1, 11)
    assert needs(Editions((short, long)), midnight("2027-01-01"), noon("2027-01-05")).units == {"status"}


def test_t2_balances_need_no_tally() -> None:
    need = needs(Editions((edition(1, BEGINNING),)), noon("2027-01-01"), noon("2027-01-20"))
    assert need.units == frozenset()


def test_t6_what_rolls_over_once_is_told_by_the_days_of_the_whole_term() -> None:
    editions = Editions((edition(1, BEGINNING, rollover="once"),))
    need = needs(editions, midnight("2027-01-01"), noon("2027-01-20"), midnight("2026-02-03"))
    assert (need.units, need.since) == ({"status"}, date(2026, 2, 3))
    assert needs(editions, noon("2027-01-01"), noon("2027-01-20")).since == date(2027, 1, 1)


def test_t6_whole_months_that_end_before_a_review_are_shown_from_their_first_day() -> None:
    window = {"months": 12, "whole": True, "ends_before": {"months": 1}}
    editions = Editions((edition(1, BEGINNING, measure=OF_STATUS | {"window": window}),))
    assert needs(editions, midnight("2026-08-01"), noon("2026-08-02")).since == date(2025, 7, 1)
