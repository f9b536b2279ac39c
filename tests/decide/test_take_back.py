import pytest

from loyalty.errors import LineUnknown, TooMuchReturned
from tests.decide.shoppers import DAY, NOON, Shopper

PENDING = {"code": "later", "on": "purchase", "unit": "reward", "phase": "bonus", "earn": {"fixed": 20}}
TEN_DAYS_LATER = {"rule[2]": PENDING | {"from": {"days": 10}}}
YEAR_END = {"unit.reward.expiry": {"months": 12, "align": "year_end"}}


def taken(outcome):
    operation = outcome.operations[-1]
    assert operation.kind == "return"
    return {part.unit: part.points for part in operation.parts}


def test_p7_a_share_is_taken_from_the_lot_it_gave():
    ana = Shopper()
    ana.buys(60, 40)
    told = ana.returns((2, 40))
    assert taken(told) == {"reward": 40}
    operation = told.operations[-1]
    assert (operation.refers_to, operation.undoes) == (ana.sale.op_id, (("reward", 40),))
    assert [event.kind for event in told.events] == ["points.returned"]
    assert ana.figures() == (60, 0, 0, 0)


def test_n4_a_rule_that_did_not_count_the_line_keeps_its_award():
    ana = Shopper(**{"rule[2]": PENDING | {"when": "line.amount_minor > 5000"}})
    ana.buys(60, 40)
    assert taken(ana.returns((2, 40))) == {"reward": 40}
    assert taken(ana.returns((1, 30))) == {"reward": 40}  # half of 60 and half of the 20


def test_p7_what_earned_nothing_takes_nothing():
    ana = Shopper()
    ana.buys(0)
    assert taken(ana.returns((1, 0))) == {}


def test_n7_a_return_stamped_ahead_counts_as_now():
    ana = Shopper()
    ana.buys(10)
    assert ana.returns(euros=1, at=NOON + DAY).operations[-1].happened_at == NOON
    assert ana.returns(euros=1, at=NOON - DAY).operations[-1].happened_at == NOON - DAY


@pytest.mark.parametrize(
    ("lines", "euros", "refusal"),
    [([(1, 11)], 0, TooMuchReturned), ([], 11, TooMuchReturned), ([(2, 1)], 0, LineUnknown)],
)
def test_p10_no_more_comes_back_than_was_bought(lines, euros, refusal):
    ana = Shopper()
    ana.buys(10)
    with pytest.raises(refusal):
        ana.returns(*lines, euros=euros)


def test_p7_pending_goes_first_then_what_opened_then_what_was_given_at_once():
    ana = Shopper(**TEN_DAYS_LATER)
    ana.buys(100)
    assert taken(ana.returns(euros=10)) == {"reward": 12}
    assert ana.figures() == (100, 0, 8, 0)
    ana.now = NOON + 10 * DAY
    assert taken(ana.returns(euros=10)) == {"reward": 12}
    move, more = ana.operations[-1].parts[0].moves
    assert (move.points, move.counts_on.day) == (-8, 15)  # the opened ones, on the day they opened
    assert (more.points, more.counts_on.day) == (-4, 5)
    assert taken(ana.returns(euros=80)) == {"reward": 96}
    assert ana.figures() == (0, 0, 0, 0)


def test_p5_p7_what_opened_meanwhile_is_booked_and_then_taken():
    ana = Shopper(**TEN_DAYS_LATER)
    ana.buys(100)
    ana.now = NOON + 10 * DAY
    told = ana.returns(euros=100)
    assert [one.kind for one in told.operations] == ["open", "return"]
    assert ana.figures() == (0, 0, 0, 0)


def test_p7_each_lot_gives_back_what_the_sale_put_there_though_others_put_more_into_one():
    ana = Shopper(**TEN_DAYS_LATER)
    ana.buys(50)
    ana.buys(100)
    ana.now = NOON + 10 * DAY
    ana.returns(euros=100)
    account = ana.snapshot.accounts["reward"]
    assert [lot.remaining for _, lot in sorted(account.lots.items())] == [50, 20]


def test_p7_points_that_opened_into_the_lot_of_the_sale_are_taken_once():
    ana = Shopper(**TEN_DAYS_LATER, **YEAR_END)
    ana.buys(100)
    ana.now = NOON + 11 * DAY
    ana.redeems(115)
    ana.returns(euros=100)
    assert ana.figures() == (0, 0, 0, 115)


@pytest.mark.parametrize(
    ("mode", "after", "told"),
    [
        pytest.param("debt", (0, 0, 0, 90), {"reward": 120}, id="the rest is owed"),
        pytest.param("clamp", (0, 0, 0, 0), {"reward": 120}, id="the rest is recorded"),
        pytest.param("pending_only", (10, 0, 0, 0), {"reward": 20}, id="the rest is left"),
    ],
)
def test_p7_the_unit_says_what_becomes_of_points_that_are_gone(mode, after, told):
    ana = Shopper(**TEN_DAYS_LATER, **{"unit.reward.on_return": mode})
    ana.buys(100)
    ana.redeems(90)
    assert taken(ana.returns(euros=100)) == told
    assert ana.figures() == after
    assert sum(part.shortfall for part in ana.operations[-1].parts) == (90 if mode == "clamp" else 0)


def test_p14_what_could_not_be_taken_leaves_the_days_on_which_it_counted():
    window = {"earned": "reward", "window": {"months": 12}}
    ana = Shopper(**TEN_DAYS_LATER, **{"unit.reward.on_return": "clamp", "terms.measure": window})
    ana.buys(100)
    ana.now = NOON + 10 * DAY
    ana.redeems(115)
    told = ana.returns(euros=100)
    assert {day.day: points for day, points in told.after.tally["reward"].items()} == {5: 0, 15: 0}


def test_p13_the_sales_edition_says_how_it_comes_back():
    ana = Shopper()
    ana.buys(100)
    ana.hears_of(
        NOON + DAY, **{"rule[0].earn": {"points": 5, "per": "1.00"}, "unit.reward.on_return": "clamp"}
    )
    ana.now = NOON + 2 * DAY
    ana.redeems(100)
    told = ana.returns(euros=50)
    assert (taken(told), told.operations[-1].edition) == ({"reward": 50}, 1)
    assert ana.figures() == (0, 0, 0, 50)


def test_p7_a_sale_told_late_whose_points_are_dead_is_owed_when_it_comes_back():
    ana = Shopper(**{"unit.reward.expiry": {"days": 4}})
    ana.now = NOON + 6 * DAY
    ana.buys(100, sold_at=NOON)
    assert ana.figures() == (0, 0, 0, 0)
    ana.returns(euros=30)
    assert ana.figures() == (0, 0, 0, 30)
