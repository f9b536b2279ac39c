"""What the review at a term's end decides, and when terms end: lives in memory."""

from datetime import datetime
from typing import Any

import pytest

from loyalty.calendar import INSTANT
from loyalty.decide import standing
from loyalty.decide.course import Course
from tests.ladders import LATER, OF_STATUS, club, midnight, noon
from tests.lives import Someone

TWELVE_MONTHS = OF_STATUS | {"window": {"months": 12}}
CALENDAR_YEAR = OF_STATUS | {"window": "calendar_year"}


def test_p14_a_late_fact_leaves_past_reviews_alone() -> None:
    ana = Someone(club(measure=TWELVE_MONTHS))
    ana.buys("2026-02-01", 100)
    ana.is_settled(noon("2027-02-03"))
    ana.buys("2027-01-31", 100, told="2027-02-05")
    assert ana.history(noon("2027-02-05"))[2:] == [
        ("silver", "review", "2027-02-01", "2028-01-31"),
    ]


def test_t6_a_late_fact_finds_the_review_booked_without_it() -> None:
    """Gold ends with 31 January; a purchase of the 30th, told on 5 February, no longer helps the review."""
    ana = Someone(club(measure=OF_STATUS | {"window": {"months": 6}}))
    ana.buys("2026-02-01", 200)
    ana.buys("2027-01-30", 200, told="2027-02-05")
    assert ana.history(noon("2027-02-05"))[1:] == [
        ("gold", "lift", "2026-02-01", "2027-01-31"),
        (None, "review", "2027-02-01", ""),
        ("gold", "lift", "2027-02-05", "2028-02-04"),
    ]


def test_t5_a_fall_of_the_measure_changes_nothing_until_the_term_ends() -> None:
    ana = Someone()
    ana.adjusts("2026-02-08", 200)
    ana.adjusts("2026-03-01", -200)
    assert ana.tier(midnight("2027-02-08") - INSTANT) == "gold"
    assert ana.tier(midnight("2027-02-08")) is None


def test_t6_the_next_term_begins_where_the_old_one_ended_however_late_one_looks() -> None:
    ana = Someone()
    ana.adjusts("2026-02-08", 200)
    assert ana.history(noon("2029-06-01"))[1:] == [
        ("gold", "lift", "2026-02-08", "2027-02-07"),
        ("gold", "review", "2027-02-08", "2028-02-07"),
        ("gold", "review", "2028-02-08", "2029-02-07"),
        ("gold", "review", "2029-02-08", "2030-02-07"),
    ]


def test_t6_a_review_reads_the_windows_last_day_of_the_term() -> None:
    """The window of the last day, 7 February, still holds 8 February of the year before."""
    ana = Someone(club(measure=TWELVE_MONTHS))
    ana.buys("2026-02-08", 100)
    reviewed = ana.term(midnight("2027-02-08"))
    assert (reviewed.tier, reviewed.reason) == ("silver", "review")
    assert reviewed.evidence["measure"] == {"points": 100}


@pytest.mark.parametrize(
    ("terms", "tier"),
    [
        pytest.param({}, "silver", id="to the measure by attain"),
        pytest.param({"downgrade_bars": "retain"}, "gold", id="to the measure by retain"),
        pytest.param({"downgrade": "one_step"}, "gold", id="one step"),
        pytest.param({"downgrade": "never"}, "diamond", id="never"),
    ],
)
def test_t6_what_a_review_below_retain_leads_to(terms: dict[str, Any], tier: str) -> None:
    ana = Someone(club({"silver": 100, "gold": (200, 160), "diamond": (400, 300)}, **terms))
    ana.adjusts("2026-02-08", 400)
    ana.adjusts("2026-03-01", -230)  # 170 are left: gold to keep, silver to attain
    assert ana.tier(midnight("2027-02-08")) == tier


def test_t6_retain_is_inclusive() -> None:
    ana = Someone(club({"gold": (200, 160)}))
    ana.adjusts("2026-02-08", 200)
    ana.adjusts("2026-03-01", -40)
    assert ana.tier(midnight("2027-02-08")) == "gold"


def test_t6_a_term_below_the_first_tier_after_a_review_has_no_end() -> None:
    ana = Someone()
    ana.adjusts("2026-02-08", 100)
    ana.adjusts("2026-03-01", -100)
    assert ana.history(noon("2030-01-01"))[2:] == [(None, "review", "2027-02-08", "")]


@pytest.mark.parametrize(
    ("on_upgrade", "last_day"),
    [("restart", "2027-05-09"), ("keep_end", "2027-02-07"), ("later_of_both", "2027-05-09")],
)
def test_t7_an_upgrade_restarts_the_term_or_keeps_its_end(on_upgrade: str, last_day: str) -> None:
    ana = Someone(club(on_upgrade=on_upgrade))
    ana.adjusts("2026-02-08", 100)
    ana.adjusts("2026-05-10", 100)
    assert ana.history(noon("2026-05-10"))[1:] == [
        ("silver", "lift", "2026-02-08", "2027-02-07"),
        ("gold", "lift", "2026-05-10", last_day),
    ]


@pytest.mark.parametrize(
    ("length", "joined", "last_days"),
    [
        pytest.param({"months": 12}, "2024-02-29", ["2025-02-28", "2026-03-01"], id="N6 exact from 29 Feb"),
        pytest.param(
            {"months": 12, "less_a_day": True}, "2024-02-29", ["2025-02-27", "2026-02-27"], id="N6 less a day"
        ),
        pytest.param({"month_end": 1}, "2026-01-31", ["2026-02-28", "2026-04-30"], id="next month's end"),
        pytest.param({"year_end": 1}, "2026-12-31", ["2027-12-31", "2029-12-31"], id="next year's end"),
        pytest.param({"until": "03-31"}, "2026-03-31", ["2027-03-31", "2028-03-31"], id="until 31 March"),
        pytest.param({"days": 10}, "2026-02-20", ["2026-03-02", "2026-03-13"], id="days"),
    ],
)
def test_t7_terms_follow_each_other_by_the_length(length: Any, joined: str, last_days: list[str]) -> None:
    ana = Someone(club({"standard": 0}, length=length), joined=joined)
    first = ana.term(noon(joined)).until_at
    assert first is not None
    assert [last for _, _, _, last in ana.history(first)] == last_days


AIRLINE = {
    "measure": CALENDAR_YEAR,
    "length": {"until": "03-31"},
    "review": {"measured_on": "12-31"},
}


def test_t7_the_year_is_measured_on_31_december_and_takes_effect_in_april() -> None:
    """Gold in May for 200; 200 again by 31 December keep it from 1 April, and January's do not matter."""
    ana = Someone(club({"gold": 200}, **AIRLINE))
    ana.buys("2026-05-10", 200)
    ana.buys("2027-12-31", 199)
    ana.buys("2028-01-01", 1)
    assert ana.history(noon("2028-04-01"))[1:] == [
        ("gold", "lift", "2026-05-10", "2027-03-31"),  # 200 in 2026
        ("gold", "review", "2027-04-01", "2028-03-31"),  # 199 in 2027
        (None, "review", "2028-04-01", ""),
    ]


def test_t7_what_was_measured_is_kept_with_the_term() -> None:
    ana = Someone(club({"gold": 200}, **AIRLINE))
    ana.buys("2026-05-10", 230)
    outcome = ana.is_settled(midnight("2027-01-01"))
    assert outcome.measured == {2: {"points": 230}}
    assert ana.term(midnight("2027-01-01")).measured == {"points": 230}
    assert ana.is_settled(noon("2027-01-02")).measured == {}
    reviewed = ana.is_settled(noon("2027-04-02")).terms
    assert [(term.tier, term.evidence["measure"]) for term in reviewed] == [("gold", {"points": 230})]


def test_t7_a_lift_after_the_measuring_day_is_measured_at_its_own_end() -> None:
    """Lifted in February until 31 March: the measuring day was over before the term began."""
    ana = Someone(club({"gold": 200}, **AIRLINE))
    ana.buys("2027-02-10", 200)
    assert ana.history(noon("2027-04-01"))[1:] == [
        ("gold", "lift", "2027-02-10", "2027-03-31"),
        ("gold", "review", "2027-04-01", "2028-03-31"),
    ]


def test_t7_an_edition_with_other_counters_cannot_use_what_was_measured() -> None:
    ana = Someone(club({"gold": 200}, **AIRLINE))
    ana.buys("2026-05-10", 200)
    ana.hears_of(club({"gold": {"held": 100}}, measure={"any": [_held("reward")]}), "2027-02-01")
    assert ana.term(noon("2027-04-01")).evidence["measure"] == {"held": 200}


def _held(unit: str) -> dict[str, str]:
    return {"code": "held", "balance": unit}


def test_t1_a_tier_put_between_two_leaves_running_terms_alone_and_the_review_uses_it() -> None:
    ana = Someone(club({"silver": 100, "gold": 200}))
    ana.adjusts("2026-02-08", 200)
    ana.adjusts("2026-03-01", -40)
    ana.hears_of(club({"silver": 100, "jade": 150, "gold": 200}), "2026-04-01")
    assert ana.tier(noon("2026-04-02")) == "gold"
    reviewed = ana.term(midnight("2027-02-08"))
    assert (reviewed.tier, reviewed.edition) == ("jade", 2)
    assert set(reviewed.evidence["bars"]) == {"silver", "jade", "gold"}  # type: ignore[call-overload]


def test_t6_a_higher_bar_counts_from_the_next_review() -> None:
    ana = Someone(club({"silver": 100, "gold": 200}))
    ana.adjusts("2026-02-08", 200)
    ana.hears_of(club({"silver": 100, "gold": 300}), "2026-04-01")
    ana.adjusts("2026-05-01", 10)
    assert ana.tier(midnight("2027-02-08") - INSTANT) == "gold"
    assert ana.tier(midnight("2027-02-08")) == "silver"


def test_t7_a_longer_length_counts_from_the_next_term() -> None:
    ana = Someone(club({"silver": 100}))
    ana.adjusts("2026-02-08", 100)
    ana.hears_of(club({"silver": 100}, length={"months": 24}), "2026-04-01")
    assert ana.history(midnight("2027-02-08"))[1:] == [
        ("silver", "lift", "2026-02-08", "2027-02-07"),
        ("silver", "review", "2027-02-08", "2029-02-08"),
    ]


def test_t4_a_lift_uses_the_edition_of_the_lift() -> None:
    ana = Someone(club({"silver": 100, "gold": 200}))
    ana.adjusts("2026-02-08", 150)
    ana.hears_of(club({"silver": 100, "gold": 160}), "2026-04-01")
    assert ana.tier(noon("2026-04-02")) == "silver"
    ana.adjusts("2026-05-01", 10)
    lifted = ana.term(noon("2026-05-01"))
    assert (lifted.tier, lifted.edition) == ("gold", 2)


def test_n7_at_the_end_of_a_term_lots_die_before_the_review() -> None:
    """Status of 8 February dies with 7 February of the next year, the very midnight of the review."""
    ana = Someone(club(status_lasts={"days": 364}))
    ana.adjusts("2026-02-08", 100)
    assert ana.tier(midnight("2027-02-08") - INSTANT) == "silver"
    reviewed = ana.term(midnight("2027-02-08"))
    assert (reviewed.tier, reviewed.evidence["measure"]) == (None, {"points": 0})


def test_n7_at_the_end_of_a_term_pending_points_open_before_the_review() -> None:
    ana = Someone()
    ana.adjusts("2026-02-08", 100)
    ana.adjusts("2026-03-01", -100)
    ana.buys("2027-01-29", 100, LATER)  # opens on 2027-02-08
    assert ana.history(noon("2027-02-08"))[2:] == [("silver", "review", "2027-02-08", "2028-02-07")]


def test_t6_several_reviews_that_are_late_at_once_read_each_its_own_window() -> None:
    ana = Someone(club(measure=TWELVE_MONTHS))
    ana.buys("2026-02-08", 200)
    ana.buys("2026-03-01", 50)
    ana.buys("2027-02-01", 120)
    assert ana.term(noon("2027-02-01")).no == 2
    assert ana.history(noon("2030-06-01"))[1:] == [
        ("gold", "lift", "2026-02-08", "2027-02-07"),
        ("gold", "review", "2027-02-08", "2028-02-07"),  # 200 + 50 + 120 of 2026-02-08 to 2027-02-07
        (None, "review", "2028-02-08", ""),  # nothing since 2027-02-08
    ]


def next_review(ana: Someone, at: datetime) -> datetime | None:
    return standing.next_review(Course(ana.editions, ana.at(at), ana.ids))


def test_t9_the_next_review_is_where_the_term_ends_or_is_measured() -> None:
    ana = Someone(club({"gold": 200}, **AIRLINE))
    assert next_review(ana, noon("2026-02-01")) is None
    ana.buys("2026-05-10", 200)
    assert next_review(ana, noon("2026-05-10")) == midnight("2027-01-01")
    assert next_review(ana, midnight("2027-01-01")) == midnight("2027-04-01")
