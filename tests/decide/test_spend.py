from datetime import UTC, date, datetime, timedelta

import pytest

from loyalty.decide.example_points import RedeemFact
from loyalty.decide.example_sales import PurchaseFact, ReturnFact
from loyalty.decide.examples import EnrolFact
from loyalty.decide.life import Life
from loyalty.decide.programme import compile_programme
from loyalty.decide.proving import run_example
from loyalty.errors import (
    HoldClosed,
    InDebt,
    NotEnoughPoints,
    NotFound,
    NotSpendable,
    TooMuchCaptured,
    TooMuchReversed,
)
from loyalty.ledger.lots import LotKey
from tests.decide.shoppers import DAY, NOON, Shopper
from tests.documents import small

SHORT = {"unit.reward.expiry": {"days": 10}}


@pytest.fixture
def ana():
    ana = Shopper()
    ana.buys(100)
    return ana


def last_moves(shopper):
    operation = shopper.operations[-1]
    return [(move.contra, move.points) for part in operation.parts for move in part.moves]


def test_p4_a_redemption_takes_from_the_lot_that_expires_first():
    ana = Shopper(**SHORT)
    ana.buys(30)
    ana.now += DAY
    ana.buys(50)
    ana.redeems(40)
    lots = {key: lot.remaining for key, lot in ana.alive.accounts["reward"].lots.items()}
    assert lots == {LotKey(date(2026, 1, 16)): 40}


def test_p8_in_debt_nothing_is_spent_held_or_taken_by_hand(ana):
    ana.redeems(100)
    ana.returns(euros=100)
    for wish in (ana.redeems, ana.holds, lambda points: ana.adjusts(-points)):
        with pytest.raises(InDebt):
            wish(1)
    ana.adjusts(130)
    assert ana.figures() == (30, 0, 0, 0)
    assert last_moves(ana) == [("adjusted", 130), ("debt", -100), ("debt", 100)]


@pytest.mark.parametrize(
    ("captured", "kind", "state", "figures"),
    [
        pytest.param(None, "capture", "captured", (40, 0, 0, 0), id="all of it"),
        pytest.param(60, "capture", "captured", (40, 0, 0, 0), id="all of it, by number"),
        pytest.param(25, "capture", "captured", (75, 0, 0, 0), id="a part"),
        pytest.param(0, "void", "voided", (100, 0, 0, 0), id="nothing"),
    ],
)
def test_p6_a_hold_is_captured_or_let_go(ana, captured, kind, state, figures):
    held = ana.holds(60)
    assert ana.figures() == (40, 60, 0, 0)
    closed = ana.closes(held, captured).operations[-1]
    assert (closed.kind, closed.closes.state, closed.refers_to) == (kind, state, held.operations[-1].op_id)
    assert ana.figures() == figures
    with pytest.raises(HoldClosed):
        ana.closes(held, captured)


def test_p10_no_more_is_captured_than_is_held(ana):
    with pytest.raises(TooMuchCaptured):
        ana.closes(ana.holds(60), 61)


def test_p6_a_hold_ends_by_itself_and_cannot_be_closed_then(ana):
    held = ana.holds(60)
    ana.now += DAY
    with pytest.raises(HoldClosed):
        ana.closes(held, 1)
    ended = ana.redeems(100).operations
    assert [(one.kind, one.closes and one.closes.state) for one in ended] == [
        ("release", "ended"),
        ("redeem", None),
    ]


def test_p6_a_capture_never_fails_because_the_lot_died_and_the_rest_expires():
    ana = Shopper(**SHORT)
    ana.buys(100)
    held = ana.holds(60, lasts=20 * DAY)
    ana.now += 15 * DAY
    ana.closes(held, 20)
    assert last_moves(ana) == [("redeemed", -20), ("expired", -40)]
    assert ana.figures() == (0, 0, 0, 0)


def test_p13_a_capture_keeps_the_edition_of_its_hold(ana):
    held = ana.holds(60, lasts=5 * DAY)
    ana.hears_of(NOON + DAY)
    ana.now += 2 * DAY
    assert ana.closes(held, 1).operations[-1].edition == 1
    assert ana.redeems(1).operations[-1].edition == 2


@pytest.mark.parametrize(
    ("first", "then", "left"),
    [
        pytest.param(None, None, (100, 0, 0, 0), id="all at once"),
        pytest.param(20, 40, (100, 0, 0, 0), id="in two"),
        pytest.param(20, 15, (75, 0, 0, 0), id="in part"),
    ],
)
def test_p9_points_are_given_back_in_part_or_whole(ana, first, then, left):
    spent = ana.redeems(60)
    ana.reverses(spent, first)
    if first:
        ana.reverses(spent, then, reversed=first)
    assert ana.figures() == left


def test_p9_the_last_taken_go_back_first_to_the_lots_they_came_from():
    ana = Shopper(**SHORT)
    ana.buys(30)
    ana.now += DAY
    ana.buys(50)
    spent = ana.redeems(60)
    ana.reverses(spent, 35)
    ana.reverses(spent, 20, reversed=35)
    lots = {key.last_day.day: lot.remaining for key, lot in ana.alive.accounts["reward"].lots.items()}
    assert lots == {15: 25, 16: 50}


def test_p9_points_of_a_dead_lot_get_the_grace_of_their_edition():
    ana = Shopper(**SHORT, **{"unit.reward.give_back_days": 3})
    ana.hears_of(NOON + DAY, **{"unit.reward.give_back_days": 9})
    ana.buys(60)
    spent = ana.redeems(60)
    ana.now += 12 * DAY
    ana.reverses(spent)
    assert list(ana.alive.accounts["reward"].lots) == [LotKey(date(2026, 1, 20))]


@pytest.mark.parametrize(("points", "done"), [(61, 0), (21, 40), (None, 60), (1, 60)])
def test_p10_no_more_is_reversed_than_was_redeemed(ana, points, done):
    spent = ana.redeems(60)
    with pytest.raises(TooMuchReversed):
        ana.reverses(spent, points, reversed=done)


def test_p9_a_capture_can_be_reversed_without_what_expired_with_it():
    ana = Shopper(**SHORT)
    ana.buys(100)
    captured = ana.closes(ana.holds(60, lasts=20 * DAY), 20)
    with pytest.raises(TooMuchReversed):
        ana.reverses(captured, 21)
    ana.reverses(captured, 20)
    assert ana.figures() == (100, 0, 0, 0)


def test_a_correction_down_takes_what_is_there_and_no_more(ana):
    ana.adjusts(-40)
    with pytest.raises(NotEnoughPoints):
        ana.adjusts(-61)
    assert last_moves(ana) == [("adjusted", -40)]
    day = ana.operations[-1].parts[0].moves[0].counts_on
    assert day == NOON.date()


# A life in memory is what a programme's own examples are run through.

JOINS = {"enrol": {"at": "2026-03-02T10:00:00Z"}}
REDEEMS = {"redeem": {"at": "2026-03-03T10:00:00Z", "unit": "reward", "points": 5}}
ADJUSTS = {"adjust": {"at": "2026-03-03T10:00:00Z", "unit": "reward", "points": 5}}
BUYS = {"purchase": {"receipt": "1", "at": "2026-03-03T10:00:00Z", "lines": [{"amount": "10.00"}]}}
RETURNS = {"return": {"receipt": "1", "at": "2026-03-04T10:00:00Z", "amount": "10.00"}}
REFUSED = "RedeemFact at 2026-03-03T10:00:00+00:00 is refused: not_enough_points"
PART_BACK = {
    "return": {"receipt": "1", "at": "2026-03-04T10:00:00Z", "lines": [{"line": 1, "amount": "4.00"}]}
}


@pytest.mark.parametrize(
    ("facts", "expect", "faults"),
    [
        ([JOINS, BUYS, RETURNS], {"points": {"reward": 0}, "debt": {"reward": 0}}, []),
        ([JOINS, BUYS, PART_BACK], {"points": {"reward": 6}, "tier": ""}, []),
        ([JOINS, ADJUSTS, REDEEMS], {"points": {"reward": 0}}, []),
        ([JOINS, REDEEMS], {"refusal": "not_enough_points"}, []),
        ([JOINS, RETURNS], {"refusal": "not_found"}, []),
        ([JOINS, REDEEMS, BUYS], {"tier": ""}, [REFUSED]),
        ([JOINS, REDEEMS], {"tier": ""}, ["refusal should be None, is not_enough_points"]),
        ([JOINS, BUYS], {"points": {"reward": 9}, "pending": {"reward": 1}, "debt": {"reward": 2}},
         ["points.reward should be 9, is 10", "pending.reward should be 1, is 0",
          "debt.reward should be 2, is 0"]),
        ([JOINS, BUYS], {"tier": "gold", "last_day": "2027-03-01"},
         ["tier should be gold, is ", "last_day should be 2027-03-01, is None"]),
    ],
)  # fmt: skip
def test_an_example_says_where_it_is_not_kept(facts, expect, faults):
    example = {"say": "so", "at": "2026-03-05T10:00:00Z", "facts": facts, "expect": expect}
    programme = compile_programme(small(**{"example[0]": example}))
    assert run_example(programme, programme.examples[0]) == faults


def test_an_example_that_hands_goods_back_in_an_exchange_can_be_returned():
    lines = [{"amount": "50.00", "category": "a"}, {"amount": "-40.00", "category": "a"}, {"amount": "60.00"}]
    buys = {"purchase": BUYS["purchase"] | {"lines": lines}}
    back = {
        "return": {"receipt": "1", "at": "2026-03-04T10:00:00Z", "lines": [{"line": 1, "amount": "50.00"}]}
    }
    only_a = {"when": "line.category == 'a'"}
    example = {
        "say": "so",
        "at": "2026-03-05T10:00:00Z",
        "facts": [JOINS, buys, back],
        "expect": {"points": {"reward": 0}},
    }
    document = small(**{"example[0]": example})
    document["rule"][0] |= only_a
    programme = compile_programme(document)
    assert run_example(programme, programme.examples[0]) == []


def test_a_tier_in_an_example_has_its_last_day():
    example = {
        "say": "so",
        "at": "2026-03-05T10:00:00Z",
        "facts": [JOINS],
        "expect": {"last_day": "2027-03-01"},
    }
    programme = compile_programme(small(**{"example[0]": example, "tier[0].attain": 0}))
    assert run_example(programme, programme.examples[0]) == []


def test_nobody_lives_before_joining_and_what_is_not_spent_is_not_spent():
    life = Life(compile_programme(small()))
    at = datetime(2026, 3, 2, 10, tzinfo=UTC)
    for fact in (RedeemFact(at, "reward", 1), PurchaseFact("1", at, "", "", ())):
        with pytest.raises(NotFound):
            life.tell(fact)
    life.tell(EnrolFact(at, None))
    with pytest.raises(NotSpendable):
        life.tell(RedeemFact(at, "status", 1))
    with pytest.raises(NotFound):
        life.tell(ReturnFact("1", at + timedelta(days=1), (), 100))
