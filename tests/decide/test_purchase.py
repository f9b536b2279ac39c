from datetime import UTC, date, datetime, timedelta

import pytest

from loyalty.decide import occasion
from loyalty.decide.course import Course
from loyalty.decide.giving import in_time, member_attributes
from loyalty.decide.needs import needs
from loyalty.decide.outcome import tier_change
from loyalty.decide.programme import Edition, Editions, compile_programme
from loyalty.errors import TooManyPoints
from tests.decide.shoppers import DAY, NOON, Shopper
from tests.documents import GONE, small

TRIPLE = {"code": "triple", "on": "purchase", "unit": "reward", "phase": "multiplier", "earn": {"times": 3}}
CLIMB = {"code": "climb", "on": "purchase", "unit": "status", "earn": {"points": 1, "per": "1.00"}}
PENDING = {"code": "later", "on": "purchase", "unit": "reward", "phase": "bonus", "earn": {"fixed": 40}}
JOINING = {"code": "welcome", "on": "enrolment", "unit": "reward", "earn": {"fixed": 7}}
BIRTHDAY = {"code": "cake", "on": "birthday", "unit": "reward", "earn": {"fixed": 9}}


MEMBERSHIP = {"earned": "status", "window": "membership_year"}


def earned(outcome):
    [operation] = [one for one in outcome.operations if one.kind == "earn"]
    return operation


def test_a_sale_is_one_operation_with_a_part_for_each_unit():
    ana = Shopper(**{"rule[2]": CLIMB})
    told = earned(ana.buys(60, 40))
    assert [(part.unit, part.points) for part in told.parts] == [("reward", 100), ("status", 100)]
    assert told.points == {"reward": 100, "status": 100}
    assert told.reasons == {"because": [["points", "reward", 100], ["climb", "status", 100]]}


def test_a_sale_that_earns_nothing_is_an_operation_without_parts():
    assert earned(Shopper().buys(0)).parts == ()


@pytest.mark.parametrize(
    ("sold", "told", "edition", "points"),
    [
        pytest.param(NOON, NOON, 1, 10, id="before the change"),
        pytest.param(NOON + DAY - timedelta(microseconds=1), NOON + 9 * DAY, 1, 10, id="p13 told later"),
        pytest.param(NOON + DAY, NOON + DAY, 2, 30, id="p13 at its first instant"),
        pytest.param(NOON + DAY, NOON + DAY - DAY / 24, 1, 10, id="a stamp ahead counts as now"),
        pytest.param(NOON, NOON + 30 * DAY, 1, 10, id="p14 thirty days late is in time"),
        pytest.param(NOON, NOON + 30 * DAY + DAY / 24, 2, 30, id="p14 later is judged by now"),
        pytest.param(NOON - 500 * DAY, NOON, 1, 10, id="before the first edition, the first"),
    ],
)  # fmt: skip
def test_p13_p14_the_edition_is_fixed_when_it_happened(sold, told, edition, points):
    ana = Shopper()
    ana.hears_of(NOON + DAY, **{"rule[2]": TRIPLE})
    ana.now = told
    operation = earned(ana.buys(10, sold_at=sold))
    assert (operation.edition, operation.points) == (edition, {"reward": points})
    assert operation.happened_at == min(sold, told)


def test_p14_the_grace_for_late_facts_is_that_of_the_day_it_happened():
    editions = Editions(
        (
            Edition(1, NOON, compile_programme(small(**{"club.late_days": 2}))),
            Edition(2, NOON + DAY, compile_programme(small(**{"club.late_days": 5}))),
        )
    )
    assert in_time(editions, NOON, NOON + 2 * DAY)
    assert not in_time(editions, NOON, NOON + 3 * DAY)
    assert in_time(editions, NOON + DAY, NOON + 6 * DAY)


def test_p14_t4_a_late_fact_earns_by_the_tier_of_then_and_lifts_from_its_booking():
    double = TRIPLE | {"code": "gold", "when": "member.tier == 'gold'"}
    ana = Shopper(**{"rule[2]": CLIMB, "rule[3]": double})
    ana.now = NOON + 3 * DAY
    told = ana.buys(2000, sold_at=NOON + DAY)
    assert earned(told).points["reward"] == 2000
    assert (told.terms[-1].tier, told.terms[-1].from_at) == ("gold", ana.now)
    assert earned(ana.buys(10, sold_at=NOON + 2 * DAY)).points["reward"] == 10
    assert earned(ana.buys(10)).points["reward"] == 30


def test_p11_pending_points_open_after_whole_local_days():
    ana = Shopper(**{"rule[2]": PENDING | {"from": {"days": 14}}})
    [part] = earned(ana.buys(10)).parts
    assert part.points == 50
    assert [(one.points, one.opens_at) for one in part.promised] == [(40, datetime(2026, 1, 19, tzinfo=UTC))]
    assert ana.figures() == (10, 0, 40, 0)
    ana.now = datetime(2026, 1, 19, tzinfo=UTC)
    assert ana.figures() == (50, 0, 0, 0)


def test_p11_promises_for_the_same_day_are_one_part_and_others_have_their_own():
    def later(code, days):
        return PENDING | {"code": code, "from": {"days": days}}

    ana = Shopper(**{"rule[2]": later("a", 5), "rule[3]": later("b", 3), "rule[4]": later("c", 5)})
    [part] = earned(ana.buys(0)).parts
    assert [(one.part_no, one.points) for one in part.promised] == [(1, 40), (2, 80)]
    assert part.moves == ()


def test_p11_a_late_fact_opens_and_dies_by_the_clock_of_then():
    ana = Shopper(**{"rule[2]": PENDING | {"from": {"days": 3}}, "unit.reward.expiry": {"days": 4}})
    ana.now = NOON + 6 * DAY
    told = ana.buys(10, sold_at=NOON)
    kinds = [(one.kind, one.points["reward"], one.happened_at.day) for one in told.operations]
    assert kinds == [("earn", 10, 5), ("open", 40, 8), ("expire", -10, 10)]
    assert ana.figures() == (40, 0, 0, 0)
    ana.now = NOON + 8 * DAY
    assert ana.figures() == (0, 0, 0, 0)


def test_p5_what_the_clock_did_is_booked_before_the_fact():
    ana = Shopper(**{"unit.reward.expiry": {"days": 4}})
    ana.buys(10)
    ana.now = NOON + 10 * DAY
    told = ana.buys(5)
    assert [(one.kind, one.points) for one in told.operations] == [
        ("expire", {"reward": -10}),
        ("earn", {"reward": 5}),
    ]
    assert [event.kind for event in told.events] == ["points.expired", "points.earned"]


def test_a_unit_newer_than_the_member_has_an_empty_account():
    name = {"zh": "宝石", "en": "Gems"}
    ana = Shopper()
    gems = {"unit.gems": {"name": name, "spendable": True}, "rule[2]": CLIMB | {"unit": "gems"}}
    ana.hears_of(NOON + DAY, **gems)
    ana.now = NOON + 2 * DAY
    assert earned(ana.buys(10)).points == {"reward": 10, "gems": 10}


def test_n1_too_many_points_are_refused_before_anything_moves():
    ana = Shopper(**{"rule[0].earn": {"points": 1000, "per": "0.01"}})
    with pytest.raises(TooManyPoints):
        ana.buys(10**8)
    assert ana.figures() == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("birth_date", "at", "age"),
    [
        pytest.param(None, NOON, -1, id="unknown"),
        pytest.param(date(2000, 1, 6), NOON, 25, id="the eve of the birthday"),
        pytest.param(date(2000, 1, 5), NOON, 26, id="the birthday"),
        pytest.param(date(2000, 2, 29), datetime(2026, 2, 28, 1, tzinfo=UTC), 26, id="n8 born on a leap day"),
        pytest.param(date(2000, 2, 29), datetime(2026, 2, 27, 23, tzinfo=UTC), 25, id="n8 and its eve"),
    ],
)
def test_rules_may_ask_for_age_tier_and_days_of_membership(birth_date, at, age):
    ana = Shopper(birth_date)
    told = member_attributes(Course(ana.editions, ana.alive, ana.ids), at)
    assert told == {
        "member.tier": "",
        "member.age": age,
        "member.enrolled_days": (at - NOON + DAY / 2).days,
        "member.attributes": {},
        "member.points": {"reward": 0, "status": 0},
    }


def test_joining_earns_what_the_rules_give():
    ana = Shopper(**{"rule[2]": JOINING, "tier[0].attain": 0})
    assert earned(ana.joined).points == {"reward": 7}
    assert [event.kind for event in ana.joined.events] == ["tier.changed", "points.earned"]
    change = tier_change(ana.joined)
    assert (change.before, change.after) == (None, "silver")


def test_joining_may_earn_nothing_and_make_no_tier():
    ana = Shopper()
    assert (ana.joined.operations, tier_change(ana.joined)) == ((), None)
    assert tier_change(ana.buys(10)) is None


@pytest.mark.parametrize(("late_days", "points"), [(30, 9), (31, 90)])
def test_n8_p14_a_birthday_told_late_is_judged_as_any_late_fact(late_days, points):
    ana = Shopper(**{"rule[2]": BIRTHDAY})
    ana.hears_of(NOON + DAY, **{"rule[2]": BIRTHDAY | {"earn": {"fixed": 90}}})
    ana.now = NOON + late_days * DAY
    told = occasion.yearly(ana.editions, "birthday", NOON, ana.alive, ana.now, ana.ids)
    assert earned(told).points == {"reward": points}
    nothing = occasion.yearly(ana.editions, "anniversary", NOON, ana.alive, ana.now, ana.ids)
    assert nothing.operations == ()


@pytest.mark.parametrize(
    ("measure", "units", "since"),
    [
        pytest.param({"earned": "status", "window": {"days": 10}}, {"status"}, date(2025, 12, 26), id="days"),
        pytest.param(MEMBERSHIP, {"status"}, date(2025, 1, 3), id="year"),
        pytest.param({"balance": "status"}, set(), date(2026, 1, 4), id="a balance needs no tally"),
    ],
)  # fmt: skip
def test_a_decision_is_shown_the_days_its_windows_reach(measure, units, since):
    ana = Shopper(**{"terms.measure": measure})
    shown = needs(ana.editions, datetime(2026, 1, 5, tzinfo=UTC), NOON)
    assert (shown.units, shown.since) == (units, since)


def test_a_decision_is_shown_what_every_edition_on_the_way_asks_for():
    ana = Shopper(**{"terms.measure": {"balance": "status"}})
    ana.hears_of(NOON + DAY, **{"terms.measure": {"earned": "reward", "window": {"days": 10}}, "rule": GONE})
    assert needs(ana.editions, NOON, NOON).units == frozenset()
    assert needs(ana.editions, NOON, NOON + DAY).units == {"reward"}


def test_t7_t8_a_running_term_keeps_why_it_was_given_and_what_was_measured():
    ana = Shopper()
    course = Course(ana.editions, ana.alive, ana.ids)
    course.annotate("a friend of the house", protected=True)
    course.measure({"points": 5})
    assert (course.term.evidence["note"], course.term.protected) == ("a friend of the house", True)
    assert (course.term.measured, course.outcome().measured) == ({"points": 5}, {1: {"points": 5}})


def test_p4_accounts_are_spent_from_as_the_edition_of_the_day_says():
    ana = Shopper()
    ana.buys(10)
    ana.hears_of(NOON + DAY, **{"unit.reward.order": "oldest_first"})
    course = Course(ana.editions, ana.alive, ana.ids)
    for now, is_oldest_first in ((NOON + DAY, True), (NOON, False)):
        course.order(now)
        assert course.account("reward").oldest_first == is_oldest_first
