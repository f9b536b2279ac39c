"""Examples that a programme carries of activities, points as money, limits and what waits for an event."""

from typing import Any

import pytest

from loyalty.decide.example_sales import PurchaseFact
from loyalty.decide.examples import ActivityFact
from loyalty.decide.programme import compile_programme
from loyalty.decide.proving import failing_examples
from tests.decide.test_programme_faults import faults_of
from tests.documents import small

DAY = "2026-03-0{}T10:00:00Z"
ENROL = {"enrol": {"at": DAY.format(1)}}
ACT = {"code": "act", "on": "activity", "unit": "reward", "earn": {"fixed": 500}}
WORTH = {"unit.reward.worth": {"points": 100, "money": "1.00", "max_share": "0.5"}}


def buys(day: int, amount: str, receipt: str = "1", **more: object) -> dict[str, Any]:
    return {"purchase": {"receipt": receipt, "at": DAY.format(day), "lines": [{"amount": amount}]} | more}


def pays(points: object) -> dict[str, Any]:
    return buys(2, "1.00", paid_with_points=points)


def does(day: int, kind: str = "came", **more: object) -> dict[str, Any]:
    return {"activity": {"kind": kind, "at": DAY.format(day)} | more}


def returns(day: int, amount: str) -> dict[str, Any]:
    return {"return": {"receipt": "1", "at": DAY.format(day), "amount": amount}}


def faults(
    rules: list[dict[str, Any]], facts: list[dict[str, Any]], expect: dict[str, Any], **changes: Any
) -> Any:
    told = {"say": "as it is", "at": DAY.format(9), "facts": [ENROL, *facts], "expect": expect}
    return failing_examples(compile_programme(small(**({"rule": rules, "example[0]": told} | changes))))


POINTS = {"code": "points", "on": "purchase", "unit": "reward", "earn": {"points": 1, "per": "1.00"}}
CALLED = POINTS | {"from": {"event": "called"}}
APP = {"attributes": {"channel": "app"}}
SPENT = {"paid_with_points": {"unit": "reward", "points": 500}}


@pytest.mark.parametrize(
    ("rules", "facts", "expect", "changes"),
    [
        pytest.param([ACT], [does(2), does(3)], {"points": {"reward": 1000}}, {}, id="an activity"),
        pytest.param(
            [ACT | {"when": "activity.attributes.guests > 1"}],
            [
                does(2, attributes={"guests": 1}),
                does(3, attributes={"guests": 2, "place": "here", "vip": True}),
            ],
            {"points": {"reward": 500}},
            {},
            id="with attributes",
        ),
        pytest.param(
            [POINTS | {"when": "purchase.attributes.channel == 'app'"}],
            [
                buys(2, "10.00", **APP),
                buys(3, "5.00", "2", attributes={"channel": "till"}),
                buys(4, "1.00", "3"),
            ],
            {"points": {"reward": 10}},
            {},
            id="with attributes of a purchase",
        ),
        pytest.param(
            [ACT | {"when": "member.attributes.vip == true"}],
            [does(2)],
            {"points": {"reward": 500}},
            {"example[0].facts[0].enrol.attributes": {"vip": True}},
            id="with attributes of the member",
        ),
        pytest.param(
            [
                ACT | {"phase": "take", "when": "activity.kind == 'out'", "earn": {"all": True}},
                ACT | {"code": "up", "when": "activity.kind == 'up'", "earn": {"fixed": 70}},
                ACT | {"code": "down", "phase": "take", "when": "activity.kind == 'down'"},
            ],
            [does(2, "up"), does(2, "up"), does(3, "down"), does(4, "out"), does(5, "up")],
            {"points": {"reward": 70}},
            {"unit.reward.cap": 100, "unit.reward.floor": 10},
            id="up to a cap, down to a floor, and emptied",
        ),
        pytest.param(
            [
                ACT | {"phase": "take", "when": "activity.kind == 'down'"},
                ACT | {"code": "up", "when": "activity.kind == 'up'", "earn": {"fixed": 70}},
            ],
            [does(2, "up"), does(2, "up"), does(3, "down")],
            {"points": {"reward": 10}},
            {"unit.reward.cap": 100, "unit.reward.floor": 10},
            id="down to a floor",
        ),
        pytest.param(
            [ACT | {"earn": {"points": 1, "per_count": 2, "of": "attributes.steps"}}],
            [does(2, attributes={"steps": 9})],
            {"points": {"reward": 4}},
            {},
            id="a number that is told",
        ),
        pytest.param(
            [ACT | {"milestone": {"reaches": 10, "of": "attributes.steps"}}],
            [
                does(2, attributes={"steps": 9}),
                does(3, attributes={"steps": 1}),
                does(4, attributes={"steps": 9}),
            ],
            {"points": {"reward": 500}},
            {},
            id="a milestone",
        ),
        pytest.param(
            [ACT | {"when": "activity.kind == 'gift'", "from": {"event": "claimed", "within_days": 2}}],
            [does(2, "gift"), does(4, "claimed"), does(5, "gift")],
            {"points": {"reward": 500}, "pending": {"reward": 0}},
            {},
            id="a gift claimed in time, and one that lapsed",
        ),
        pytest.param(
            [ACT | {"when": "activity.kind == 'gift'", "from": {"event": "signed", "then_days": 3}}],
            [does(2, "gift"), does(3, "signed"), does(4, "gift"), does(7, "signed")],
            {"points": {"reward": 500}, "pending": {"reward": 500}},
            {},
            id="days after an event",
        ),
        pytest.param(
            [ACT | {"expiry": {"days": 5}}, ACT | {"code": "stays", "earn": {"fixed": 3}}],
            [does(2)],
            {"points": {"reward": 3}},
            {},
            id="expiry by rule",
        ),
        pytest.param(
            [ACT | {"on": "birthday"}, ACT | {"code": "year", "on": "anniversary", "earn": {"fixed": 3}}],
            [{"birthday": {"at": DAY.format(2)}}, {"anniversary": {"at": DAY.format(3)}}],
            {"points": {"reward": 503}},
            {},
            id="a birthday and an anniversary",
        ),
        pytest.param(
            [ACT | {"limit": {"times": 1, "per": "lifetime"}}],
            [does(2), does(3)],
            {"points": {"reward": 500}},
            {},
            id="a limit",
        ),
        pytest.param(
            [ACT | {"budget": {"points": 700, "per": "month"}}],
            [does(2), does(3)],
            {"points": {"reward": 700}},
            {},
            id="a budget",
        ),
        pytest.param(
            [CALLED],
            [buys(2, "10.00"), buys(2, "20.00", "2"), does(3, "called", about="2")],
            {"points": {"reward": 20}, "pending": {"reward": 10}},
            {},
            id="what waited for it",
        ),
        pytest.param(
            [ACT, POINTS],
            [does(2), buys(3, "10.00", **SPENT)],
            {"points": {"reward": 5}},
            WORTH,
            id="the part paid with points earns nothing",
        ),
        pytest.param(
            [ACT, POINTS | {"paid_with_points": "earns"}],
            [does(2), buys(3, "10.00", **SPENT)],
            {"points": {"reward": 10}},
            WORTH,
            id="unless the rule says so",
        ),
        pytest.param(
            [ACT, POINTS],
            [does(2), buys(3, "10.00", **SPENT), returns(4, "4.00"), returns(5, "6.00")],
            {"points": {"reward": 500}},
            WORTH,
            id="points come back with the goods",
        ),
        pytest.param(
            [ACT, POINTS],
            [does(2), buys(3, "9.00", **SPENT)],
            {"refusal": "points_share_exceeded", "points": {"reward": 500}},
            WORTH,
            id="more than the share",
        ),
        pytest.param(
            [ACT, POINTS],
            [does(2), buys(3, "10.00", **SPENT)],
            {"refusal": "points_tender_wrong"},
            {},
            id="a unit that is worth nothing",
        ),
        pytest.param([ACT], [does(2, about="9")], {"refusal": "not_found"}, {}, id="about no sale"),
    ],
)
def test_an_example_is_lived_through(rules, facts, expect, changes):
    assert faults(rules, facts, expect, **changes) == []
    wrong = {"points": {"reward": 77}}
    assert [words for _, words in faults(rules, facts, expect | wrong, **changes)]


def test_an_activity_becomes_a_typed_fact():
    facts = [
        ENROL,
        buys(2, "10.00", **SPENT),
        does(3, "called", attributes={"a": 1, "b": "x", "c": True}, about="1"),
    ]
    programme = compile_programme(small(**{"example[0].facts": facts, "example[0].at": DAY.format(9)}))
    _, bought, did = programme.examples[0].facts
    assert isinstance(bought, PurchaseFact)
    assert bought.paid_with_points == ("reward", 500)
    assert isinstance(did, ActivityFact)
    assert (did.kind, did.attributes, did.about) == ("called", {"a": 1, "b": "x", "c": True}, "1")


@pytest.mark.parametrize(
    ("fact", "path", "message"),
    [
        (does(2, "Came"), "activity.kind", "must be a code"),
        (does(2, attributes={"a": 1.5}), "activity.attributes.a", "whole number"),
        (does(2, attributes={"a": []}), "activity.attributes.a", "whole number"),
        (does(2, attributes=5), "activity.attributes", "must be a table"),
        (does(2, who="Ana"), "activity.who", "not known"),
        (pays({"unit": "gems", "points": 1}), "purchase.paid_with_points.unit", "no unit"),
        (pays({"unit": "reward", "points": 0}), "purchase.paid_with_points.points", "from 1"),
        (pays(5), "purchase.paid_with_points", "must be a table"),
    ],
)  # fmt: skip
def test_a_fault_of_an_example_is_told_with_its_path(fact, path, message):
    found = faults_of(**{"example[0].facts": [ENROL, fact], "example[0].at": DAY.format(9)})
    assert [told for where, told in found if where == f"example[0].facts[1].{path}" and message in told], (
        found
    )


def test_t10_where_the_terms_say_so_a_return_ends_what_it_alone_caused() -> None:
    status = POINTS | {"code": "status", "unit": "status"}
    facts = [buys(2, "600.00"), returns(3, "600.00")]
    for on_reversal, tier in (("keep", "silver"), ("resume", "")):
        assert faults([status], facts, {"tier": tier}, **{"terms.on_reversal": on_reversal}) == []
