from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

import pytest

from loyalty.decide.example_points import AdjustFact, RedeemFact
from loyalty.decide.example_sales import LineFact, PurchaseFact, ReturnFact, ReturnLineFact
from loyalty.decide.examples import EnrolFact, Expectation
from loyalty.decide.programme import compile_programme
from loyalty.errors import ProgrammeFaulty
from tests.documents import GONE, small

DAY = "2026-03-0{}T10:00:00Z"
LIFE = [
    {"enrol": {"at": DAY.format(1), "birth_date": "2000-02-29"}},
    {
        "purchase": {
            "receipt": "1",
            "at": DAY.format(2),
            "store": "S1",
            "terminal": "T1",
            "lines": [
                {"sku": "A", "category": "home", "quantity": "1.5", "amount": "10.00"},
                {"amount": "-1.00"},
            ],
        }
    },
    {"return": {"receipt": "1", "at": DAY.format(3), "lines": [{"line": 1, "amount": "2.00"}]}},
    {"return": {"receipt": "1", "at": DAY.format(3), "amount": "1.00"}},
    {"redeem": {"at": DAY.format(4), "unit": "reward", "points": 5}},
    {"adjust": {"at": DAY.format(5), "unit": "status", "points": -7}},
]
EXPECT = {
    "points": {"reward": 1},
    "pending": {"reward": 2},
    "debt": {"reward": 0},
    "tier": "gold",
    "last_day": "2027-03-01",
    "refusal": "not_enough_points",
}


def at(day: int) -> datetime:
    return datetime(2026, 3, day, 10, tzinfo=UTC)


def life(**changes: Any) -> dict[str, Any]:
    whole = {"example[0].facts": LIFE, "example[0].at": DAY.format(6), "example[0].expect": EXPECT}
    return small(**(whole | changes))


def test_an_example_becomes_typed_facts_and_an_expectation() -> None:
    (example,) = compile_programme(life()).examples
    assert example.facts == (
        EnrolFact(at(1), date(2000, 2, 29)),
        PurchaseFact(
            "1",
            at(2),
            "S1",
            "T1",
            (LineFact(1, "A", "home", Fraction(3, 2), 1000), LineFact(2, "", "", Fraction(1), -100)),
        ),
        ReturnFact("1", at(3), (ReturnLineFact(1, 200),), None),
        ReturnFact("1", at(3), (), 100),
        RedeemFact(at(4), "reward", 5),
        AdjustFact(at(5), "status", -7),
    )
    assert example.at == at(6)
    assert example.expect == Expectation(
        points={"reward": 1},
        pending={"reward": 2},
        debt={"reward": 0},
        tier="gold",
        last_day=date(2027, 3, 1),
        refusal="not_enough_points",
    )


def test_below_the_first_tier_is_not_the_same_as_not_asked() -> None:
    asked = compile_programme(life(**{"example[0].expect": {"tier": ""}})).examples[0].expect
    silent = compile_programme(life(**{"example[0].expect": {"debt": {}}})).examples[0].expect
    assert (asked.tier, silent.tier) == ("", None)
    assert (asked.points, silent.debt) == (None, {})


FACT = "example[0].facts"


@pytest.mark.parametrize(
    ("changes", "path", "message"),
    [
        ({"example[0].say": GONE}, "example[0].say", "is missing"),
        ({"example[0].at": "2026-03-06T10:00:00"}, "example[0].at", "an offset"),
        ({"example[0].at": "2026-02-30T10:00:00Z"}, "example[0].at", "day"),
        ({"example[0].at": "0001-01-01T00:00:00Z"}, "example[0].at", "years"),
        ({"example[0].at": DAY.format(4)}, "example[0].facts", "order of time"),
        ({f"{FACT}[4].redeem.at": DAY.format(1)}, "example[0].facts", "order of time"),
        ({FACT: []}, "example[0].facts", "must hold 1"),
        ({FACT: LIFE[1:]}, "example[0].facts", "must begin with the one enrol"),
        ({f"{FACT}[1]": LIFE[0]}, "example[0].facts", "must begin with the one enrol"),
        ({f"{FACT}[1]": {"weather": {}}}, "example[0].facts[1].fact", "must be one of enrol, purchase"),
        ({f"{FACT}[1]": LIFE[0] | LIFE[1]}, "example[0].facts[1].fact", "must be one of"),
        ({f"{FACT}[1]": {"purchase": 5}}, "example[0].facts[1].purchase", "must be a table"),
        ({f"{FACT}[1].purchase.lines": []}, "example[0].facts[1].purchase.lines", "must hold 1"),
        (
            {f"{FACT}[1].purchase.lines[0].amount": 10.0},
            "example[0].facts[1].purchase.lines[0].amount",
            "quotes",
        ),
        ({f"{FACT}[2].return.amount": "1.00"}, "example[0].facts[2].return.lines", "by lines or by amount"),
        ({f"{FACT}[3].return.amount": "-1.00"}, "example[0].facts[3].return.amount", "not negative"),
        ({f"{FACT}[4].redeem.unit": "gems"}, "example[0].facts[4].redeem.unit", "no unit"),
        ({f"{FACT}[4].redeem.points": 0}, "example[0].facts[4].redeem.points", "from 1"),
        ({"example[0].expect": {}}, "example[0].expect.tier", "expects nothing"),
        ({"example[0].expect": GONE}, "example[0].expect", "is missing"),
        ({"example[0].expect.tier": "bronze"}, "example[0].expect.tier", '"" or "silver" or "gold"'),
        ({"example[0].expect.points": {"gems": 5}}, "example[0].expect.points.gems", "not known"),
        ({"example[0].expect.points": 5}, "example[0].expect.points", "must be a table"),
    ],
)
def test_a_faulty_example_is_told_with_its_path(changes: dict[str, Any], path: str, message: str) -> None:
    with pytest.raises(ProgrammeFaulty) as faulty:
        compile_programme(life(**changes))
    found: Any = faulty.value.facts["faults"]
    assert [told for where, told in found if where == path and message in told], found
