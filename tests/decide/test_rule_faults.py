"""What a rule may not say of limits, groups, budgets, parts and activities."""

from fractions import Fraction
from typing import Any

import pytest

from loyalty.decide.programme import compile_programme
from loyalty.rules.terms import Budget, Limit, Promise
from tests.decide.test_programme_faults import faults_of
from tests.documents import small

FIVE = {"code": "five", "on": "purchase", "unit": "reward", "phase": "bonus", "earn": {"fixed": 5}}
CAP = {"code": "cap", "on": "purchase", "unit": "reward", "phase": "cap", "earn": {"at_most": 5}}
ACT = {"code": "act", "on": "activity", "unit": "reward", "earn": {"fixed": 5}}
TOO = FIVE | {"code": "too", "group": "g"}
DAYS, EVENT = {"share": "0.5", "days": 14}, {"share": "0.5", "event": "call_back_done"}
BY_LINE = {"rule[0].at": "line", "rule[1].at": "line"}
COUNT = {"points": 1, "per_count": 1, "of": "attributes.steps"}
DAILY = {"points": 5, "per": "day"}


@pytest.mark.parametrize(
    ("said", "key", "message"),
    [
        ({"limit": {"per": "day"}}, "limit", "times, points or both"),
        ({"limit": {"times": 1}}, "limit.per", "is missing"),
        ({"limit": {"times": 0, "per": "day"}}, "limit.times", "from 1"),
        ({"limit": {"points": 0, "per": "day"}}, "limit.points", "from 1"),
        ({"limit": {"times": 1, "per": "week"}}, "limit.per", "must be"),
        ({"limit": {"times": 1, "per": "day", "for": "all"}}, "limit.for", "not known"),
        ({"limit": 1}, "limit", "must be a table"),
        ({"budget": {"per": "day"}}, "budget.points", "is missing"),
        ({"budget": {"points": "0.5", "per": "day"}}, "budget.points", "digits"),
        ({"budget": {"points": 10**12 + 1, "per": "day"}}, "budget.points", "from 1"),
        ({"budget": {"points": 5, "per": "hour"}}, "budget.per", "must be"),
        ({"group": "G"}, "group", "must be a code"),
        ({"name": "Five"}, "name", "must be a table"),
        ({"name": {"en": "Five"}}, "name.zh", "is missing"),
        ({"paid_with_points": True}, "paid_with_points", "must be"),
        ({"from": {}}, "from", "must be {"),
        ({"from": {"at_latest_days": 5}}, "from", "must be {"),
        ({"from": {"event": "Done"}}, "from.event", "must be a code"),
        ({"from": {"event": "a", "days": 3}}, "from.days", "not known"),
        ({"from": {"event": "a", "at_latest_days": 0}}, "from.at_latest_days", "from 1"),
        ({"parts": [DAYS, EVENT], "from": {"days": 1}}, "from", "stands alone"),
        ({"parts": [{"share": "1", "days": 1}]}, "parts", "must hold 2"),
        ({"parts": [DAYS, DAYS | {"share": "0.4"}]}, "parts", "1 in all"),
        ({"parts": [DAYS | {"share": "1.5"}, EVENT | {"share": "-0.5"}]}, "parts", "1 in all"),
        ({"parts": [DAYS, EVENT | {"share": 0.5}]}, "parts[1].share", "quotes"),
        ({"parts": [DAYS, {"days": 3}]}, "parts[1].share", "is missing"),
        ({"earn": COUNT | {"of": "steps"}}, "earn.of", "attribute of the fact"),
        ({"earn": COUNT | {"of": 5}}, "earn.of", "attribute of the fact"),
        ({"earn": {"points": 1, "per_count": 1}}, "earn.of", "is missing"),
        ({"earn": COUNT | {"per_count": 0}}, "earn.points", "above 0"),
        ({"earn": COUNT | {"points": "-1"}}, "earn.points", "above 0"),
        ({"earn": COUNT | {"per_count": 0.5}}, "earn.per_count", "quotes"),
        ({"earn": COUNT, "at": "line"}, "at", "whole fact"),
        ({"milestone": {"of": "times"}}, "milestone.reaches", "is missing"),
        ({"milestone": {"reaches": 0, "of": "times"}}, "milestone.reaches", "from 1"),
        ({"milestone": {"reaches": "1.00", "of": "times"}}, "milestone.reaches", "whole number"),
        ({"milestone": {"reaches": 5, "of": "steps"}}, "milestone.of", "times"),
        ({"milestone": {"reaches": 5, "of": "amount"}}, "milestone.reaches", "decimal string"),
        ({"milestone": {"reaches": "0.00", "of": "amount"}}, "milestone.reaches", "above 0"),
        ({"milestone": {"reaches": 5, "of": "times", "each": "friend"}}, "milestone.each", "attribute"),
        ({"milestone": 5}, "milestone", "must be a table"),
        ({"expiry": {"inactive_months": 3}}, "expiry", "all points of a unit"),
        ({"expiry": {}}, "expiry", "says no length"),
        ({"expiry": "soon"}, "expiry", "never"),
        ({"from": {"event": "a", "within_days": 3}}, "from", "for gifts"),
        ({"parts": [DAYS, EVENT | {"within_days": 3}]}, "parts", "for gifts"),
        ({"from": {"event": "a", "within_days": 3, "at_latest_days": 3}}, "from.within_days", "lapse"),
        ({"from": {"event": "a", "then_days": 0}}, "from.then_days", "from 1"),
        ({"from": {"days": 3, "then_days": 1}}, "from.then_days", "not known"),
        ({"phase": "take"}, "phase", "come back"),
        ({"phase": "take", "earn": {"all": False}}, "earn.all", "must be true"),
        ({"phase": "take", "earn": {"points": 1, "per": "1.00"}}, "earn", "money's worth"),
        ({"phase": "take", "limit": {"times": 1, "per": "day"}}, "limit", "is not given"),
        ({"earn": {"all": True}}, "earn", "points or fixed"),
    ],
)
def test_a_fault_of_a_bonus_rule_is_told_with_its_path(said, key, message):
    assert_told({"rule[2]": FIVE | said}, f"rule[2].{key}", message)


@pytest.mark.parametrize(
    ("changes", "path", "message"),
    [
        ({"rule[0].group": "g", "rule[2]": FIVE | {"group": "g"}}, "rule[2].group", "phase"),
        ({"rule[2]": FIVE | {"group": "g"}, "rule[3]": TOO | {"on": "activity"}}, "rule[3].group", "kind"),
        ({"rule[2]": FIVE | {"group": "g"}, "rule[3]": TOO | {"unit": "status"}}, "rule[3].group", "unit"),
        ({"rule[2]": ACT | {"paid_with_points": "earns"}}, "rule[2].paid_with_points", "of a purchase"),
        ({"rule[1].paid_with_points": "earns"}, "rule[1].paid_with_points", "base and bonus"),
        ({"rule[2]": CAP | {"limit": {"times": 1, "per": "day"}}}, "rule[2].limit", "gives no points"),
        ({"rule[2]": CAP | {"budget": DAILY}}, "rule[2].budget", "gives no points"),
        ({"rule[2]": CAP | {"group": "g"}}, "rule[2].group", "gives no points"),
        ({"rule[2]": CAP | {"parts": [DAYS, EVENT]}}, "rule[2].parts", "gives no points"),
        (BY_LINE | {"rule[0].budget": DAILY}, "rule[1].at", "limited in points"),
        (BY_LINE | {"rule[0].limit": DAILY}, "rule[1].at", "limited in points"),
        ({"rule[2]": ACT | {"earn": {"points": 1, "per": "1.00"}}}, "rule[2].earn", "need a purchase"),
        ({"rule[2]": ACT | {"at": "line"}}, "rule[2].at", "only a purchase"),
        ({"rule[2]": ACT | {"when": "purchase.store == 'A'"}}, "rule[2].when", "undeclared"),
        ({"rule[2]": ACT | {"when": "activity.kind == 5"}}, "rule[2].when", "no matching overload"),
        ({"rule[2]": ACT | {"on": "event"}}, "rule[2].on", '"activity"'),
        ({"rule[2]": ACT | {"on": "birthday", "earn": COUNT}}, "rule[2].earn.of", "have attributes"),
        (
            {"rule[2]": ACT | {"milestone": {"reaches": "5", "of": "amount"}}},
            "rule[2].milestone.of",
            "amount",
        ),
        (
            {"rule[2]": ACT | {"on": "birthday", "milestone": {"reaches": 5, "of": "attributes.a"}}},
            "rule[2].milestone.of",
            "have attributes",
        ),
        (
            {"unit.reward.expiry": {"inactive_months": 12}, "rule[2]": FIVE | {"expiry": {"days": 3}}},
            "rule[2].expiry",
            "by inactivity",
        ),
        ({"unit.status.cap": 0}, "unit.status.cap", "from 1"),
        ({"unit.status.floor": 0}, "unit.status.floor", "from 1"),
        ({"unit.status.cap": 5, "unit.status.floor": 6}, "unit.status.floor", "above the cap"),
        (
            {"unit.reward.cap": 5, "unit.reward.transfer": {"member_day": 5}},
            "unit.reward.transfer",
            "stay with",
        ),
    ],
)
def test_a_fault_is_told_with_its_path(changes: dict[str, Any], path: str, message: str) -> None:
    assert_told(changes, path, message)


def assert_told(changes, path, message):
    found = faults_of(**changes)
    assert [told for where, told in found if where == path and message in told], found


@pytest.mark.parametrize(
    ("said", "opens"),
    [
        ({}, ()),
        ({"from": {"days": 14}}, (Promise(Fraction(1), 14),)),
        ({"from": {"event": "done"}}, (Promise(Fraction(1), None, "done"),)),
        ({"from": {"event": "done", "at_latest_days": 60}}, (Promise(Fraction(1), 60, "done"),)),
        (
            {"parts": [DAYS, {"share": "0.25"}, {"share": "0.25", "event": "done"}]},
            (Promise(Fraction(1, 2), 14), Promise(Fraction(1, 4)), Promise(Fraction(1, 4), None, "done")),
        ),
    ],
)
def test_p11_a_rule_says_when_its_points_open(said, opens):
    assert compile_programme(small(**{"rule[2]": FIVE | said})).rules[2].opens == opens


def test_p15_a_rule_says_its_limit_its_group_and_its_budget():
    said = {"group": "g", "limit": {"times": 2, "points": 7, "per": "month"}, "budget": DAILY}
    rule = compile_programme(small(**{"rule[2]": FIVE | said})).rules[2]
    assert (rule.group, rule.limit, rule.budget) == ("g", Limit(2, 7, "month"), Budget(5, "day"))
    plain = compile_programme(small(**{"rule[2]": FIVE})).rules[2]
    assert (plain.group, plain.limit, plain.budget, plain.paid_with_points) == (
        None,
        None,
        None,
        "earns_nothing",
    )
