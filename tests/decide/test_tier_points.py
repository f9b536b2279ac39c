"""Tiers that take points: lifts and keeps that cost, what rolls over, and what a void tier forfeits."""

from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from loyalty.calendar import BEGINNING
from loyalty.decide import spend
from loyalty.decide.arrival import Luggage, OpeningLot, arrive
from loyalty.decide.example_points import RedeemFact
from loyalty.decide.outcome import Snapshot
from loyalty.decide.programme import Edition, Editions, compile_programme
from loyalty.ledger.lots import Account
from tests.ladders import OF_STATUS, club, midnight, noon
from tests.lives import Someone

JOINED = "2026-01-05"
LAST_DAY, NEXT_DAY = "2027-01-04", "2027-01-05"
FLYING = club(
    {"explorer": 0, "silver": 100, "gold": 180, "platinum": 300},
    lift_costs="attain",
    keep_costs="retain",
    rollover={"cap": 300},
    downgrade="one_step",
)
YEARLY = {"on_upgrade": "keep_end"}
CARDS = {"bronze": 0, "silver": 800, "gold": 1600}


def points(snapshot: Snapshot, unit: str = "status") -> int:
    return snapshot.accounts[unit].balance


def stands(who: Someone, day: str) -> tuple[str | None, int]:
    """The tier and the points at noon of a day, by the clock alone."""
    return who.tier(noon(day)), points(who.at(noon(day)))


@pytest.mark.parametrize(
    ("earned", "tier", "left"),
    [
        (99, "explorer", 99),
        (100, "silver", 0),
        (279, "silver", 179),
        (280, "gold", 0),
        (579, "gold", 299),
        (580, "platinum", 0),
        (1000, "platinum", 420),
    ],
)
def test_t4_each_step_of_a_lift_is_paid_for(earned: int, tier: str, left: int) -> None:
    ana = Someone(FLYING)
    ana.buys("2026-02-01", earned)
    assert stands(ana, "2026-02-01") == (tier, left)


def test_t4_a_lift_that_is_paid_for_is_a_lift_from_where_the_member_stands() -> None:
    ana = Someone(FLYING)
    for euros, tier, left in ((100, "silver", 0), (179, "silver", 179), (1, "gold", 0), (300, "platinum", 0)):
        ana.buys("2026-02-01", euros)
        assert stands(ana, "2026-02-01") == (tier, left)
    paid = [op for op in ana.operations if op.kind == "tier_price"]
    assert [(op.parts[0].points, op.reasons) for op in paid] == [
        (100, {"tier": "silver"}),
        (180, {"tier": "gold"}),
        (300, {"tier": "platinum"}),
    ]


@pytest.mark.parametrize(
    ("lifted_by", "more", "tier", "carried"),
    [
        pytest.param(580, 450, "platinum", 150, id="platinum costs 300 again, and 150 go on"),
        pytest.param(580, 700, "platinum", 300, id="at most 300 go on"),
        pytest.param(580, 300, "platinum", 0, id="exactly the price keeps the tier"),
        pytest.param(580, 299, "gold", 119, id="a step down costs what that tier costs"),
        pytest.param(580, 150, "gold", 150, id="a soft landing that the points do not reach costs nothing"),
        pytest.param(100, 130, "silver", 30, id="silver costs 100"),
    ],
)
def test_t6_keeping_a_tier_costs_its_bar_and_the_rest_rolls_over_up_to_the_cap(
    lifted_by: int, more: int, tier: str, carried: int
) -> None:
    ana = Someone(FLYING)
    ana.buys(JOINED, lifted_by)
    ana.buys("2026-06-01", more)
    assert points(ana.at(noon(LAST_DAY))) == more
    assert stands(ana, NEXT_DAY) == (tier, carried)
    assert ana.term(noon(NEXT_DAY)).reason == "review"


def test_t6_a_review_that_lifts_costs_the_lift() -> None:
    """Gold comes down to 150 in the second edition: 170 points reach it at the review, and 20 are left."""
    ana = Someone(FLYING)
    ana.buys(JOINED, 100)
    ana.buys("2026-06-01", 170)
    lower: Any = FLYING | {"tier": [tier | {} for tier in FLYING["tier"]]}
    lower["tier"][2]["attain"] = 150
    ana.hears_of(lower, "2026-07-01")
    assert stands(ana, LAST_DAY) == ("silver", 170)
    assert stands(ana, NEXT_DAY) == ("gold", 20)


def test_t7_a_price_takes_no_more_than_is_there() -> None:
    """Measured in November with 100 points, reviewed in January with none."""
    document = club(
        {"bronze": 0, "silver": 100}, keep_costs="retain", review={"measured_on": "11-30"}, **YEARLY
    )
    ana = Someone(document)
    ana.buys("2026-02-01", 100)
    ana.is_settled(noon("2026-12-01"))
    ana.adjusts("2026-12-02", -100)
    assert stands(ana, NEXT_DAY) == ("silver", 0)
    ana.is_settled(noon(NEXT_DAY))
    assert [op.kind for op in ana.operations if op.kind == "tier_price"] == []


def test_t4_points_that_a_member_brings_along_pay_for_the_first_tier() -> None:
    editions = Editions((Edition(1, BEGINNING, compile_programme(FLYING)),))
    unborn = Snapshot(1, noon(JOINED), None, {"status": Account("status")}, {}, ())
    brought = arrive(editions, Luggage(lots=(OpeningLot("status", 290),)), unborn, noon(JOINED), count(1))
    assert (brought.after.terms[-1].tier, points(brought.after)) == ("gold", 10)


ROLLED = [
    pytest.param("none", 1700, 0, "gold", id="none: a reset, and the status carries"),
    pytest.param({"percent": 10}, 8250, 825, "gold", id="a tenth starts the new year"),
    pytest.param({"percent": "12.5"}, 999, 124, "silver", id="fractions are dropped"),
    pytest.param({"cap": 300}, 200, 200, "bronze", id="less than the cap goes on whole"),
    pytest.param({"cap": 300}, 1700, 300, "gold", id="no more than the cap goes on"),
    pytest.param("once", 1700, 1700, "gold", id="once: the term's own points go on"),
]


@pytest.mark.parametrize(("rollover", "earned", "carried", "tier"), ROLLED)
def test_t6_what_rolls_over_into_the_next_term(rollover: Any, earned: int, carried: int, tier: str) -> None:
    ana = Someone(club(CARDS, rollover=rollover, **YEARLY))
    ana.buys("2026-03-01", earned)
    assert stands(ana, LAST_DAY) == (tier, earned)
    assert stands(ana, NEXT_DAY) == (tier, carried)


def test_t6_without_a_word_on_rollover_points_stay_as_they_are() -> None:
    ana = Someone(club(CARDS, **YEARLY))
    ana.buys("2026-03-01", 1700)
    assert stands(ana, NEXT_DAY) == ("gold", 1700)


def test_t6_status_of_one_year_holds_for_the_next_and_is_then_judged_by_that_years_points() -> None:
    ana = Someone(club(CARDS, rollover="none", **YEARLY))
    ana.buys("2026-03-01", 1700)
    ana.buys("2027-03-01", 900)
    assert stands(ana, "2028-01-04") == ("gold", 900)
    assert stands(ana, "2028-01-05") == ("silver", 0)


def test_t6_points_roll_over_once_and_no_more() -> None:
    """1,000 of the first year and 300 of the second: after it 300 are left, after the third nothing."""
    ana = Someone(club(CARDS, rollover="once", **YEARLY))
    ana.buys("2026-03-01", 1000)
    assert stands(ana, NEXT_DAY) == ("silver", 1000)
    ana.buys("2027-03-01", 300)
    assert [points(ana.at(noon(day))) for day in ("2028-01-04", "2028-01-05", "2029-01-05")] == [1300, 300, 0]


def test_t6_what_is_spent_of_points_that_roll_over_once_is_the_oldest() -> None:
    """Of the 1,000 carried 900 are spent; the 100 left of them go at the end of the second year."""
    ana = Someone(club(CARDS, rollover="once", measure={"balance": "reward"}, **YEARLY))
    ana.buys("2026-03-01", 1000)
    ana.buys("2027-03-01", 300)
    ana.tell(RedeemFact(noon("2027-05-01"), "reward", 900))
    assert points(ana.at(noon("2028-01-04")), "reward") == 400
    assert points(ana.at(noon("2028-01-05")), "reward") == 300


def test_t6_a_lift_in_the_middle_of_a_year_does_not_make_its_points_old() -> None:
    ana = Someone(club(CARDS, rollover="once", **YEARLY))
    ana.buys("2026-02-01", 500)
    ana.buys("2026-06-01", 500)
    assert stands(ana, NEXT_DAY) == ("silver", 1000)


def test_t6_every_instant_is_the_same_however_late_it_is_booked() -> None:
    late, on_time = Someone(FLYING), Someone(FLYING)
    for who in (late, on_time):
        who.buys(JOINED, 580)
        who.buys("2026-06-01", 700)
    for day in ("2027-01-05", "2028-01-05", "2029-01-05"):
        on_time.is_settled(midnight(day))
    end = noon("2030-06-01")
    assert late.history(end) == on_time.history(end)
    booked = [(op.kind, op.happened_at, op.points) for op in late.is_settled(end).operations]
    on_time.is_settled(end)
    assert booked == [(op.kind, op.happened_at, op.points) for op in on_time.operations[-len(booked) :]]


def hexing() -> dict[str, Any]:
    document = club(
        {"points-card": 0, "silver": 2000, "gold": 6000},
        measure=OF_STATUS | {"window": {"months": 12}},
        downgrade="one_step",
        void_forfeits=["reward", "status"],
    )
    for tier in document["tier"][:2]:
        tier["void_below"] = 500
    return document


AT_THE_END = [
    pytest.param(0, 499, None, id="a points card under 500 is void"),
    pytest.param(0, 500, "points-card", id="exactly 500 is not under it"),
    pytest.param(0, 501, "points-card", id="a points card above it is valid for a year more"),
    pytest.param(2000, 2001, "silver", id="silver above its bar"),
    pytest.param(2000, 1999, "points-card", id="silver under its bar falls a step"),
    pytest.param(2000, 499, None, id="silver under 500 is void"),
    pytest.param(6000, 6001, "gold", id="gold above its bar"),
    pytest.param(6000, 5999, "silver", id="gold under its bar falls a step"),
    pytest.param(6000, 499, "silver", id="gold is never void"),
]


@pytest.mark.parametrize(("lifted_by", "in_year", "tier"), AT_THE_END)
def test_t6_a_tier_may_be_void_at_its_terms_end_and_the_points_with_it(
    lifted_by: int, in_year: int, tier: str | None
) -> None:
    """What lifted on the first day is corrected at once, so that the year has earned `in_year` alone."""
    ana = Someone(hexing())
    if lifted_by:
        ana.buys(JOINED, lifted_by)
        ana.adjusts(JOINED, -lifted_by)
    ana.buys("2026-06-01", in_year)
    assert stands(ana, NEXT_DAY) == (tier, in_year if tier else 0)
    assert points(ana.at(noon(NEXT_DAY)), "reward") == (lifted_by + in_year if tier else 0)


def test_t6_who_earns_after_the_card_was_void_begins_anew() -> None:
    ana = Someone(hexing())
    ana.buys("2026-06-01", 499)
    assert stands(ana, "2027-02-01") == (None, 0)
    ana.buys("2027-02-01", 10)
    assert ana.history(noon("2027-02-01"))[-2:] == [
        (None, "review", NEXT_DAY, ""),
        ("points-card", "lift", "2027-02-01", "2028-01-31"),
    ]
    assert points(ana.at(noon("2027-02-01")), "reward") == 10


def test_t6_a_fall_below_the_first_tier_is_not_void() -> None:
    document = club({"silver": 100}, void_forfeits=["reward"])
    ana = Someone(document)
    ana.buys("2026-02-01", 100)
    ana.adjusts("2026-03-01", -50)
    after = ana.at(noon("2027-02-01"))
    assert (ana.tier(noon("2027-02-01")), points(after, "reward")) == (None, 100)


def test_p6_held_points_are_not_forfeited_and_stay_with_the_member() -> None:
    document = club(CARDS, rollover="none", measure={"balance": "reward"}, **YEARLY)
    ana = Someone(document)
    ana.buys("2026-12-20", 100)
    told, day = noon("2026-12-20"), timedelta(days=1)
    held = spend.hold(ana.editions, "reward", 60, 20 * day, ana.at(told), told, ana.ids)
    ana.snapshot = held.after
    account = ana.at(noon(NEXT_DAY)).accounts["reward"]
    assert (account.available, account.held) == (0, 60)
    assert ana.at(noon("2027-02-01")).accounts["reward"].available == 60


def test_t3_the_evidence_says_what_a_tier_cost_and_from_when_its_points_are_its_own() -> None:
    ana = Someone(FLYING)
    ana.buys("2026-02-01", 279)
    evidence: Any = ana.term(noon("2026-02-01")).evidence
    assert evidence["measure"] == {"points": 279}
    assert evidence["price"]["lots"] == [["9999-12-31", "base", 100]]
    assert evidence["since"] == "2026-01-05T04:00:00Z"
