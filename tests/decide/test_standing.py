"""How points and time move a member's tier: lives in memory, told day by day."""

from datetime import timedelta
from typing import Any

import pytest

from loyalty.calendar import INSTANT
from loyalty.decide.outcome import tier_change
from tests.ladders import LATER, OF_STATUS, club, midnight, noon
from tests.lives import Someone

SHORT = {"days": 5}  #: a lot of the 20th dies with the 25th
CARD_AT_ONCE = {"standard": 0, "silver": 100, "gold": 200}
TWELVE_MONTHS = OF_STATUS | {"window": {"months": 12}}


def test_t3_a_member_has_a_term_from_the_instant_of_joining() -> None:
    joined = Someone().term(noon("2026-01-05"))
    assert (joined.no, joined.tier, joined.reason) == (1, None, "joined")
    assert (joined.from_at, joined.until_at) == (noon("2026-01-05"), None)


def test_t3_below_the_first_tier_nothing_ends() -> None:
    assert Someone().history(noon("2099-01-01")) == [(None, "joined", "2026-01-05", "")]


def test_t3_a_first_tier_that_asks_for_nothing_comes_with_joining() -> None:
    ana = Someone(club(CARD_AT_ONCE))
    assert ana.history(noon("2026-01-05")) == [("standard", "joined", "2026-01-05", "2027-01-04")]


def test_t3_a_term_keeps_its_edition_the_measure_and_the_bars() -> None:
    ana = Someone(club({"silver": (100, 80)}))
    ana.adjusts("2026-02-01", 120)
    lifted = ana.term(noon("2026-02-01"))
    assert lifted.edition == 1
    assert lifted.evidence == {
        "measure": {"points": 120},
        "bars": {"silver": {"attain": {"points": 100}, "retain": {"points": 80}}},
        "entries": {"status": 1},
    }


def test_t4_a_lift_is_told_with_both_tiers_and_its_end() -> None:
    ana = Someone()
    change = tier_change(ana.buys("2026-02-08", 250))
    assert change is not None
    assert (change.before, change.after, change.until_at) == (None, "gold", midnight("2027-02-08"))
    assert tier_change(ana.buys("2026-02-09", 1)) is None


def test_t2_what_is_not_measured_does_not_move_the_tier() -> None:
    ana = Someone(club({"silver": 100}))
    ana.adjusts("2026-02-01", 5_000, unit="reward")
    assert ana.tier(noon("2026-02-01")) is None
    ana.adjusts("2026-02-02", 100)
    ana.adjusts("2026-02-03", -5_000, unit="reward")
    assert ana.tier(noon("2026-02-03")) == "silver"


WINDOWS = [
    pytest.param({"months": 12}, "2027-01-31", "2027-02-01", id="twelve months"),
    pytest.param({"months": 1}, "2026-02-28", "2026-03-01", id="a month"),
    pytest.param({"days": 365}, "2027-01-31", "2027-02-01", id="365 days"),
    pytest.param({"days": 30}, "2026-03-02", "2026-03-03", id="30 days"),
    pytest.param("calendar_year", "2026-12-31", "2027-01-01", id="a calendar year"),
    pytest.param("membership_year", "2027-01-04", "2027-01-05", id="a membership year"),
]


@pytest.mark.parametrize(("window", "counts", "counts_not"), WINDOWS)
def test_t2_earnings_of_a_window_add_up_until_it_has_moved_on(
    window: Any, counts: str, counts_not: str
) -> None:
    """50 of 1 February and 50 of another day make 100, as long as the window holds both days."""
    for day, tier in ((counts, "silver"), (counts_not, None)):
        ana = Someone(club(measure=OF_STATUS | {"window": window}))
        ana.buys("2026-02-01", 50)
        ana.buys(day, 50)
        assert ana.tier(noon(day)) == tier, day


def test_t2_n6_the_membership_year_of_29_february_turns_on_the_28th() -> None:
    ana = Someone(club(measure=OF_STATUS | {"window": "membership_year"}), joined="2024-02-29")
    ana.buys("2025-02-27", 60)
    ana.buys("2025-02-28", 60)
    assert ana.tier(noon("2025-02-28")) is None
    ana.buys("2026-02-27", 40)
    assert ana.tier(noon("2026-02-27")) == "silver"


ANY_OF = {
    "any": [
        {"code": "spend", "earned": "status", "window": {"months": 1}},
        {"code": "held", "balance": "reward"},
    ]
}
BARS = {"silver": {"spend": 100, "held": 500}, "gold": {"spend": 200}}


@pytest.mark.parametrize(
    ("status", "reward", "tier"),
    [(99, 499, None), (100, 0, "silver"), (0, 500, "silver"), (0, 9_000, "silver"), (200, 0, "gold")],
)
def test_t2_any_of_several_counters_lifts(status: int, reward: int, tier: str | None) -> None:
    ana = Someone(club(BARS, measure=ANY_OF))
    ana.adjusts("2026-02-01", status or 1)
    ana.adjusts("2026-02-02", reward or 1, unit="reward")
    assert ana.tier(noon("2026-02-02")) == tier


def test_p5_points_that_open_and_die_make_gold_in_between_whenever_one_looks() -> None:
    """200 open on the 20th and die with the 25th: gold on the 20th, even if looked at on the 30th."""
    ana = Someone(club(status_lasts=SHORT))
    ana.buys("2026-01-10", 200, LATER)
    assert ana.at(noon("2026-01-30")).accounts["status"].balance == 0
    assert ana.history(noon("2026-01-30"))[1:] == [("gold", "lift", "2026-01-20", "2027-01-19")]
    assert ana.term(noon("2026-01-30")).from_at == midnight("2026-01-20")
    assert ana.term(noon("2026-01-30")).evidence["measure"] == {"points": 200}


def test_t4_pending_points_lift_from_the_instant_they_open() -> None:
    ana = Someone()
    ana.buys("2026-01-10", 100, LATER)
    assert ana.tier(midnight("2026-01-20") - INSTANT) is None
    assert ana.tier(midnight("2026-01-20")) == "silver"


def test_t4_pending_points_count_in_their_window_from_the_day_they_open() -> None:
    ana = Someone(club(measure=OF_STATUS | {"window": {"days": 10}}))
    ana.buys("2026-01-10", 60, LATER)
    ana.buys("2026-01-29", 40)
    assert ana.tier(noon("2026-01-29")) == "silver"


def test_p5_a_late_night_changes_nothing() -> None:
    """Written down day by day, or all at once after three years: the same terms."""
    on_time, late = Someone(club(status_lasts={"months": 6})), Someone(club(status_lasts={"months": 6}))
    for ana in (on_time, late):
        ana.buys("2026-01-10", 450, LATER)
        ana.buys("2026-03-01", 120)
    for days in range(0, 1_100, 3):
        on_time.is_settled(noon("2026-03-01") + timedelta(days=days))
    end = noon("2029-03-01")
    assert on_time.history(end) == late.history(end)
    assert [op.happened_at for op in on_time.operations if op.kind == "expire"] == [
        op.happened_at for op in late.is_settled(end).operations if op.kind == "expire"
    ]


def test_t4_p14_a_fact_told_late_lifts_from_its_booking() -> None:
    ana = Someone(club(measure=TWELVE_MONTHS))
    ana.buys("2026-02-01", 100, told="2026-02-11")
    assert ana.history(noon("2026-02-11"))[1:] == [("silver", "lift", "2026-02-11", "2027-02-10")]
    assert ana.tier(noon("2026-02-10")) is None


def test_t4_pending_points_told_late_lift_from_their_booking() -> None:
    ana = Someone()
    ana.buys("2026-01-10", 100, LATER, told="2026-01-25")
    assert ana.history(noon("2026-01-25"))[1:] == [("silver", "lift", "2026-01-25", "2027-01-24")]
    assert ana.term(noon("2026-01-25")).from_at == noon("2026-01-25")


@pytest.mark.parametrize("category", ["home", LATER])
def test_t4_points_that_were_dead_when_they_were_told_lift_nobody(category: str) -> None:
    ana = Someone(club(status_lasts=SHORT))
    ana.buys("2026-01-10", 200, category, told="2026-01-30")
    assert ana.at(noon("2026-01-30")).accounts["status"].balance == 0
    assert ana.tier(noon("2026-01-30")) is None


def test_t6_any_of_several_counters_keeps() -> None:
    ana = Someone(club(BARS, measure=ANY_OF))
    ana.adjusts("2026-02-01", 500, unit="reward")
    ana.adjusts("2026-05-01", -100, unit="reward")
    ana.adjusts("2027-01-20", 100)
    assert ana.history(noon("2027-02-01"))[1:] == [
        ("silver", "lift", "2026-02-01", "2027-01-31"),
        ("silver", "review", "2027-02-01", "2028-01-31"),
    ]
    assert ana.term(noon("2027-02-01")).evidence["measure"] == {"spend": 100, "held": 400}


@pytest.mark.parametrize(
    ("points", "tier"),
    [(99, None), (100, "silver"), (199, "silver"), (200, "gold"), (1_000, "diamond")],
)
def test_t4_points_lift_at_once_by_as_many_steps_as_they_allow(points: int, tier: str | None) -> None:
    ana = Someone()
    ana.adjusts("2026-02-01", points)
    assert ana.tier(noon("2026-02-01")) == tier
    assert ana.tier(noon("2026-02-01") - INSTANT) is None


def test_t3_t4_what_opens_at_the_end_of_a_term_lifts_out_of_its_review() -> None:
    """Silver ends with 7 February; 200 open at that very midnight: gold begins there, in a full year."""
    ana = Someone(club(measure=TWELVE_MONTHS))
    ana.buys("2026-02-08", 100)
    ana.buys("2027-01-29", 200, LATER)
    lifted = ana.term(midnight("2027-02-08"))
    assert (lifted.tier, lifted.reason) == ("gold", "lift")
    assert (lifted.from_at, lifted.until_at) == (midnight("2027-02-08"), midnight("2028-02-08"))
