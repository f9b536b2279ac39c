"""Tiers given by hand, and clubs in which the tier falls at once: lives in memory."""

from itertools import pairwise

import pytest

from loyalty.calendar import INSTANT
from tests.ladders import LATER, club, midnight, noon
from tests.lives import Someone

FALLS = {"when": "at_once", "tiers": {"silver": (100, 80), "gold": (200, 160)}}


@pytest.mark.parametrize(
    ("left", "tier"),
    [(160, "gold"), (159, "silver"), (100, "silver"), (99, None), (0, None)],
)
def test_t5_in_a_club_of_at_once_the_tier_falls_with_the_measure(left: int, tier: str | None) -> None:
    ana = Someone(club(**FALLS))
    ana.adjusts("2026-02-08", 200)
    ana.adjusts("2026-03-01", left - 200)
    assert ana.tier(noon("2026-03-01")) == tier


def test_t5_at_once_a_fall_begins_a_term_of_its_own() -> None:
    ana = Someone(club(**FALLS))
    ana.adjusts("2026-02-08", 200)
    ana.adjusts("2026-03-01", -50)
    assert ana.history(noon("2026-03-01"))[1:] == [
        ("gold", "lift", "2026-02-08", "2027-02-07"),
        ("silver", "fall", "2026-03-01", "2027-02-28"),
    ]


def test_t5_at_once_points_that_die_lower_the_tier_at_that_midnight() -> None:
    ana = Someone(club(status_lasts={"days": 30}, **FALLS))
    ana.adjusts("2026-02-01", 200)
    assert ana.tier(midnight("2026-03-04") - INSTANT) == "gold"
    assert ana.tier(midnight("2026-03-04")) is None


def test_t5_n7_at_once_what_opens_at_the_midnight_of_a_death_does_not_hide_it() -> None:
    """10 open at the very midnight at which 200 die: 10 are left, and make nothing."""
    ana = Someone(club(status_lasts={"days": 30}, **FALLS))
    ana.adjusts("2026-02-01", 200)
    ana.buys("2026-02-22", 10, LATER)
    assert ana.at(midnight("2026-03-04")).accounts["status"].balance == 10
    assert ana.tier(midnight("2026-03-04")) is None


def test_t2_at_once_spending_what_is_not_measured_changes_nothing_after_an_edition() -> None:
    """Gold asks for more from March on: members keep the running term, whatever they do with other points."""
    ana = Someone(club(**FALLS))
    ana.adjusts("2026-02-08", 200)
    ana.adjusts("2026-02-08", 50, unit="reward")
    ana.hears_of(club(**FALLS | {"tiers": {"silver": 100, "gold": 900}}), "2026-03-01")
    ana.adjusts("2026-03-10", -50, unit="reward")
    assert ana.tier(noon("2026-03-10")) == "gold"
    assert ana.tier(midnight("2027-02-08")) == "silver"


def test_t8_a_tier_by_hand_has_its_reason_and_its_end() -> None:
    ana = Someone()
    ana.is_given("gold", "2026-02-01", midnight("2026-07-01"))
    given = ana.term(noon("2026-02-01"))
    assert (given.tier, given.reason, given.until_at) == ("gold", "by_hand", midnight("2026-07-01"))
    assert given.evidence["note"] == "a friend of the house"
    assert given.evidence["measure"] == {"points": 0}
    assert ana.history(noon("2026-07-01"))[2:] == [(None, "review", "2026-07-01", "")]


@pytest.mark.parametrize("protected", [False, True])
def test_t8_a_tier_by_hand_never_blocks_an_upgrade(protected: bool) -> None:
    ana = Someone()
    ana.is_given("silver", "2026-02-01", midnight("2030-01-01"), protected)
    ana.adjusts("2026-03-01", 200)
    assert ana.history(noon("2026-03-01"))[2:] == [("gold", "lift", "2026-03-01", "2027-02-28")]
    assert not ana.term(noon("2026-03-01")).protected


def test_t8_a_lower_measure_does_not_lift_out_of_a_tier_by_hand() -> None:
    ana = Someone()
    ana.is_given("gold", "2026-02-01", midnight("2027-01-01"))
    ana.adjusts("2026-03-01", 150)
    assert ana.tier(noon("2026-03-01")) == "gold"
    assert ana.history(noon("2027-01-01"))[2:] == [("silver", "review", "2027-01-01", "2027-12-31")]


@pytest.mark.parametrize(("protected", "tier"), [(True, "gold"), (False, None)])
def test_t8_at_once_a_protected_tier_holds_and_an_unprotected_one_falls(
    protected: bool, tier: str | None
) -> None:
    ana = Someone(club(**FALLS))
    ana.adjusts("2026-01-20", 50)
    ana.is_given("gold", "2026-02-01", midnight("2026-07-01"), protected)
    ana.adjusts("2026-03-01", -50)
    assert ana.tier(noon("2026-03-01")) == tier


def test_t8_a_protected_tier_still_ends_on_its_day() -> None:
    ana = Someone(club(**FALLS))
    ana.is_given("gold", "2026-02-01", midnight("2026-07-01"), protected=True)
    assert ana.tier(midnight("2026-07-01") - INSTANT) == "gold"
    assert ana.tier(midnight("2026-07-01")) is None


def test_t8_a_late_review_comes_before_what_a_hand_gives() -> None:
    ana = Someone()
    ana.adjusts("2026-02-08", 100)
    ana.adjusts("2026-03-01", -100)
    ana.is_given("gold", "2027-03-01", midnight("2027-07-01"))
    assert [tier for tier, *_ in ana.history(noon("2027-03-01"))] == [None, "silver", None, "gold"]


def test_t3_each_instant_belongs_to_one_term() -> None:
    ana = Someone(club(status_lasts={"months": 6}, **FALLS))
    for month in range(1, 13):
        ana.adjusts(f"2026-{month:02}-10", 45)
    terms = ana.at(noon("2029-01-01")).terms
    assert [term.no for term in terms] == list(range(1, len(terms) + 1))
    for before, after in pairwise(terms):
        assert before.from_at < after.from_at
        assert before.until_at is None or after.from_at <= before.until_at
