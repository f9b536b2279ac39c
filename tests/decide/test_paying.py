from fractions import Fraction

import pytest

from loyalty.decide import purchase, standing
from loyalty.decide.paying import in_money
from loyalty.decide.programme import compile_programme
from loyalty.errors import (
    ExchangeNegative,
    InDebt,
    PointsShareExceeded,
    PointsTenderWrong,
    ProgrammeFaulty,
    TendersUneven,
)
from loyalty.ledger.worth import Worth
from loyalty.sales.facts import Line, Purchase, Tender, check_paid
from tests.decide.shoppers import NOON, RECEIPT, Shopper
from tests.documents import GONE, small

HALF = Worth(100, 100, 100, Fraction(1, 2), frozenset({"gift-card"}))
WHOLE = Worth(100, 100, 100, Fraction(1), frozenset({"gift-card"}))
TABLE = {
    "points": 100,
    "money": "1.00",
    "step": 100,
    "max_share": "0.5",
    "excluded_categories": ["gift-card"],
}
CLUB = {"unit.reward.worth": TABLE, "rule[1]": GONE}


def sale(*lines, points=0, money=0, cash=None, **more):
    """Lines are (category, minor units); the cash makes the tenders even."""
    told = tuple(Line(no, "", kind, 1000, minor) for no, (kind, minor) in enumerate(lines, start=1))
    due = sum(minor for _, minor in lines) - money
    by_points = [Tender("points", money, points=points, **more)] if points else []
    tenders = (*by_points, Tender("cash", due if cash is None else cash))
    return Purchase(RECEIPT, NOON, "EUR", told, tenders=tenders)


@pytest.mark.parametrize(
    ("worth", "points", "money"),
    [
        pytest.param(HALF, 0, 0, id="none"),
        pytest.param(HALF, 100, 100, id="a step"),
        pytest.param(HALF, 150, None, id="no whole steps"),
        pytest.param(Worth(3, 2, 3, Fraction(1), frozenset()), 9, 6, id="thirds, in whole steps"),
        pytest.param(Worth(1, 100, 1, Fraction(1), frozenset()), 10**12, 10**14, id="very many"),
    ],
)
def test_p17_points_are_worth_exactly_so_much(worth, points, money):
    assert worth.money(points) == money


@pytest.mark.parametrize(
    ("minor", "points"),
    [
        pytest.param(-1, 0, id="below nothing"),
        pytest.param(0, 0, id="nothing"),
        pytest.param(99, 0, id="less than a step"),
        pytest.param(199, 100, id="not yet two"),
        pytest.param(200, 200, id="two"),
    ],
)
def test_p17_an_amount_costs_whole_steps(minor, points):
    assert HALF.most_points(minor) == points


@pytest.mark.parametrize(
    ("worth", "lines", "most"),
    [
        pytest.param(HALF, [("home", 1999)], 999, id="half, rounded down"),
        pytest.param(WHOLE, [("home", 1999)], 1999, id="all"),
        pytest.param(WHOLE, [("home", 500), ("gift-card", 900)], 500, id="but no gift card"),
        pytest.param(WHOLE, [("gift-card", 900)], 0, id="only a gift card"),
        pytest.param(HALF, [("home", 1000), ("home", -400)], 300, id="an exchange"),
        pytest.param(WHOLE, [("home", 1000), ("gift-card", -900)], 100, id="not more than there is to pay"),
        pytest.param(
            WHOLE, [("home", -100), ("gift-card", 900)], 0, id="handed back on the part that counts"
        ),
    ],
)
def test_p17_only_so_much_of_a_sale_may_be_paid_with_points(worth, lines, most):
    assert worth.most_money(lines) == most


@pytest.mark.parametrize(
    ("lines", "money", "left"),
    [
        pytest.param([("home", 1000)], 400, [600], id="one line"),
        pytest.param(
            [("home", 1000), ("fresh", 500)], 500, [Fraction(2000, 3), Fraction(1000, 3)], id="alike"
        ),
        pytest.param([("home", 1000), ("gift-card", 700)], 500, [500, 700], id="but what is all money"),
        pytest.param([("home", 1000), ("home", -200)], 400, [500, -100], id="what is handed back too"),
        pytest.param([("home", 400)], 400, [0], id="nothing is left"),
    ],
)
def test_p17_the_parts_paid_in_money_add_up(lines, money, left):
    shopper = Shopper(**CLUB | {"unit.reward.worth.max_share": 1})
    shopper.adjusts(1000)
    fact = sale(*lines, points=money, money=money)
    course = standing.true_at(shopper.editions, shopper.alive, NOON, shopper.ids)
    outcome = purchase.purchase(shopper.editions, fact, shopper.alive, NOON, shopper.ids)
    parts = in_money(course, fact, outcome.booked("redeem"))
    assert list(parts.values()) == left
    assert sum(parts.values()) == fact.amount_minor - money
    assert in_money(course, sale(*lines), None) == {}


def buy(shopper, fact):
    return shopper.live(purchase.purchase(shopper.editions, fact, shopper.alive, NOON, shopper.ids))


def test_p17_the_points_go_before_the_award_comes():
    shopper = Shopper(**CLUB)
    shopper.adjusts(100)
    kinds = [one.kind for one in buy(shopper, sale(("home", 1000), points=100, money=100)).operations]
    assert kinds == ["redeem", "earn"]
    assert shopper.figures() == (9, 0, 0, 0)


def test_p5_the_tier_of_a_sale_is_that_before_its_points_were_spent():
    changes = {
        "terms.measure": {"balance": "reward"},
        "terms.when": "at_once",
        "rule[0].when": "member.tier == 'silver'",
    }
    shopper = Shopper(**CLUB | changes)
    shopper.adjusts(500)
    outcome = buy(shopper, sale(("home", 100_000), points=500, money=500))
    assert outcome.award.units == {"reward": 995}


@pytest.mark.parametrize(
    ("fact", "refusal"),
    [
        pytest.param(sale(("home", 1000), points=600, money=600), PointsShareExceeded, id="too much of it"),
        pytest.param(sale(("home", 1000), points=100, money=99), PointsTenderWrong, id="worth more"),
        pytest.param(sale(("home", 1000), points=100, money=100, unit="x"), PointsTenderWrong, id="no unit"),
    ],
)
def test_p17_what_points_cannot_pay(fact, refusal):
    shopper = Shopper(**CLUB)
    shopper.adjusts(1000)
    with pytest.raises(refusal):
        buy(shopper, fact)


def test_p8_debt_comes_first():
    shopper = Shopper(**CLUB)
    shopper.buys(10)
    shopper.redeems(10)
    shopper.returns(euros=10)
    with pytest.raises(InDebt):
        buy(shopper, sale(("home", 1000), points=100, money=100))


@pytest.mark.parametrize(
    ("fact", "refusal"),
    [
        pytest.param(sale(("home", -1)), ExchangeNegative, id="below zero"),
        pytest.param(sale(("home", 100), cash=99), TendersUneven, id="a cent too little"),
        pytest.param(
            Purchase(RECEIPT, NOON, "EUR", (), rounding_minor=1), TendersUneven, id="rounding alone"
        ),
    ],
)
def test_a_sale_that_does_not_add_up(fact, refusal):
    with pytest.raises(refusal):
        check_paid(fact)


@pytest.mark.parametrize(
    ("worth", "path"),
    [
        pytest.param(TABLE | {"points": 0}, "points", id="no points"),
        pytest.param(TABLE | {"money": "0.00"}, "money", id="no money"),
        pytest.param(TABLE | {"money": "1.001"}, "money", id="too fine"),
        pytest.param(TABLE | {"step": 0}, "step", id="no step"),
        pytest.param(TABLE | {"points": 3, "step": 1}, "step", id="a step of a third of a cent"),
        pytest.param(TABLE | {"max_share": 0}, "max_share", id="nothing at all"),
        pytest.param(TABLE | {"max_share": "1.01"}, "max_share", id="more than all"),
        pytest.param(TABLE | {"max_share": 0.5}, "max_share", id="a float"),
        pytest.param(TABLE | {"excluded_categories": "gift-card"}, "excluded_categories", id="no list"),
        pytest.param(TABLE | {"excluded_categories": ["a" * 61]}, "excluded_categories", id="too long"),
        pytest.param(TABLE | {"colour": "red"}, "colour", id="unknown"),
    ],
)
def test_p17_a_worth_that_cannot_be_is_a_fault_at_its_path(worth, path):
    with pytest.raises(ProgrammeFaulty) as faulty:
        compile_programme(small(**CLUB | {"unit.reward.worth": worth, "example": GONE}))
    assert [where for where, _ in faulty.value.facts["faults"]] == [f"unit.reward.worth.{path}"]


def test_p17_only_spendable_points_are_worth_money():
    with pytest.raises(ProgrammeFaulty) as faulty:
        compile_programme(small(**{"unit.status.worth": TABLE, "example": GONE}))
    assert [where for where, _ in faulty.value.facts["faults"]] == ["unit.status.worth"]


def test_p17_a_worth_with_defaults():
    programme = compile_programme(
        small(**{"unit.reward.worth": {"points": 50, "money": "1.00"}, "example": GONE})
    )
    assert programme.units["reward"].worth == Worth(50, 100, 50, Fraction(1), frozenset())
    assert programme.units["status"].worth is None
