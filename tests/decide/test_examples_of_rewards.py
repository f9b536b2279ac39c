"""Examples that a programme carries of rewards: bought, and given back (B9, B10, P9)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from loyalty.decide.example_points import CancelOrderFact, OrderFact
from loyalty.decide.programme import compile_programme
from loyalty.decide.proving import failing_examples
from tests.decide.test_programme_faults import faults_of
from tests.documents import small

NAMES = {"zh": "礼品", "en": "Gift"}


def reward(code: str, points: int, **more: Any) -> dict[str, Any]:
    return {"code": code, "name": NAMES, "price": {"unit": "reward", "points": points}} | more


REWARDS = [
    reward("mug", 100, stock=2, cost="8.00"),
    reward("once", 10, limit={"times": 1, "per": "month"}, cost="5.00"),
    reward("gold-only", 10, tiers=["gold"]),
    reward("soon", 10, from_day="2026-04-01"),
    reward("adults", 10, when="member.age >= 18"),
]


def at(day: str) -> str:
    return f"2026-{day}T10:00:00Z"


ENROL = {"enrol": {"at": at("03-01")}}
SAVED = {"adjust": {"at": at("03-01"), "unit": "reward", "points": 300}}


def order(day: str, code: str, name: str = "1") -> dict[str, Any]:
    return {"order": {"at": at(day), "order": name, "reward": code}}


def cancel(day: str, name: str = "1") -> dict[str, Any]:
    return {"cancel_order": {"at": at(day), "order": name}}


def faults(facts: list[dict[str, Any]], expect: dict[str, Any], day: str = "12-31", **changes: Any) -> Any:
    told = {"say": "as it is", "at": at(day), "facts": [ENROL, SAVED, *facts], "expect": expect}
    return failing_examples(compile_programme(small(**({"reward": REWARDS, "example[0]": told} | changes))))


SPENT = {"redeem": {"at": at("03-03"), "unit": "reward", "points": 150}}
MUGS = [order("03-02", "mug"), order("03-03", "mug", "2")]


@pytest.mark.parametrize(
    ("facts", "expect"),
    [
        pytest.param([order("03-02", "mug")], {"points": {"reward": 200}}, id="B9 its price"),
        pytest.param(MUGS, {"points": {"reward": 100}}, id="B9 twice its price"),
        pytest.param([*MUGS, order("03-04", "mug", "3")],
                     {"refusal": "out_of_stock", "points": {"reward": 100}}, id="B9 as many as there are"),
        pytest.param([*MUGS, cancel("03-04", "2"), order("03-05", "mug", "3")], {"points": {"reward": 100}},
                     id="B9 one that is given back is there again"),
        pytest.param([order("03-02", "once"), order("03-31", "once", "2")],
                     {"refusal": "reward_limit", "points": {"reward": 290}}, id="B9 as often as one may"),
        pytest.param([order("03-02", "once"), order("04-01", "once", "2")], {"points": {"reward": 280}},
                     id="B9 again in the next month"),
        pytest.param([order("03-02", "once"), cancel("03-02"), order("03-03", "once", "2")],
                     {"points": {"reward": 290}}, id="B9 what is given back does not count"),
        pytest.param([order("03-02", "gold-only")], {"refusal": "reward_not_sold"}, id="B9 not to this card"),
        pytest.param([order("03-31", "soon")], {"refusal": "reward_not_sold"}, id="B9 not yet"),
        pytest.param([order("04-01", "soon")], {"points": {"reward": 290}}, id="B9 from its first day"),
        pytest.param([order("03-02", "adults")], {"refusal": "condition_not_met"}, id="B9 not to everybody"),
        pytest.param([order("03-02", "mug"), SPENT, order("03-04", "mug", "2")],
                     {"refusal": "not_enough_points", "points": {"reward": 50}}, id="P4 not without points"),
        pytest.param([order("03-02", "mug"), cancel("03-10")], {"points": {"reward": 300}},
                     id="P9 its points back"),
        pytest.param([order("03-02", "mug"), cancel("03-10"), cancel("03-11")],
                     {"refusal": "order_closed", "points": {"reward": 300}}, id="P10 and once"),
        pytest.param([cancel("03-10", "9")], {"refusal": "not_found"}, id="no such order"),
        pytest.param([order("03-02", "mug"), order("03-03", "once")], {"refusal": "key_reused"},
                     id="P2 a name is taken once"),
    ],
)  # fmt: skip
def test_an_example_of_rewards_is_lived_through(facts, expect):
    assert faults(facts, expect) == []
    wrong = [words for _, words in faults(facts, expect | {"points": {"reward": 77}})]
    assert any("points.reward should be 77" in words for words in wrong), wrong


def test_b10_a_year_brings_no_more_than_its_worth():
    cap = {"compliance": {"regime": "none", "value_cap_per_year": "15.00"}}
    assert (
        faults([order("03-02", "mug"), order("03-02", "once", "2")], {"points": {"reward": 190}}, **cap) == []
    )
    assert faults(MUGS, {"refusal": "value_cap", "points": {"reward": 200}}, **cap) == []
    assert faults([*MUGS[:1], cancel("03-02"), MUGS[1]], {"points": {"reward": 200}}, **cap) == []


def test_facts_of_rewards_are_typed():
    told = {"example[0].facts": [ENROL, order("03-02", "mug"), cancel("03-03")], "example[0].at": at("03-04")}
    bought, given_back = compile_programme(small(**({"reward": REWARDS} | told))).examples[0].facts[1:]
    assert bought == OrderFact(datetime(2026, 3, 2, 10, tzinfo=UTC), "1", "mug")
    assert given_back == CancelOrderFact(datetime(2026, 3, 3, 10, tzinfo=UTC), "1")


@pytest.mark.parametrize(
    ("fact", "path", "message"),
    [
        (order("03-02", "cup"), "order.reward", 'there is no reward "cup"'),
        ({"order": {"at": at("03-02"), "reward": "mug"}}, "order.order", "is missing"),
        (
            {"order": {"at": at("03-02"), "order": "1", "reward": "mug", "points": 5}},
            "order.points",
            "not known",
        ),
        ({"cancel_order": {"at": at("03-02")}}, "cancel_order.order", "is missing"),
    ],
)
def test_a_faulty_fact_of_a_reward_is_told_with_its_path(fact, path, message):
    changes = {"reward": REWARDS, "example[0].facts": [ENROL, fact], "example[0].at": at("12-31")}
    found = faults_of(**changes)
    where = f"example[0].facts[1].{path}"
    assert [told for place, told in found if place == where and message in told], found
