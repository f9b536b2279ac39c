from datetime import UTC, date, datetime
from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.errors import LineUnknown, TooMuchReturned
from loyalty.rules.evaluation import Awarded, kept
from loyalty.sales.facts import (
    Line,
    Purchase,
    Receipt,
    Return,
    Returned,
    ReturnedLine,
    check_returned,
    remaining_share,
)

RECEIPT = Receipt("S1", "T1", date(2026, 1, 5), "7")
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def bought(*amounts, thousandths=2000):
    return tuple(Line(no, "", "", thousandths, minor) for no, minor in enumerate(amounts, start=1))


def back(lines=(), amount=0, thousandths=0):
    parts = tuple(ReturnedLine(no, thousandths, minor) for no, minor in lines)
    return Return(RECEIPT, NOON, parts, amount)


def test_a_receipt_is_named_by_four_words():
    assert RECEIPT.key == ("S1", "T1", "2026-01-05", "7")
    assert Purchase(RECEIPT, NOON, "EUR", bought(60, 40)).amount_minor == 100


def test_returns_add_up_in_any_order():
    returns = [back([(1, 10), (2, 5)], thousandths=500), back(amount=7), back([(1, 3)], thousandths=250)]
    sums = [Returned.of(order) for order in permutations(returns)]
    assert all(one == Returned({1: 750, 2: 500}, {1: 13, 2: 5}, 7) for one in sums)


@pytest.mark.parametrize(
    ("returns", "refusal"),
    [
        pytest.param([back([(1, 60), (2, 40)])], None, id="all of it by line"),
        pytest.param([back(amount=100)], None, id="all of it by amount"),
        pytest.param([back([(1, 60)]), back(amount=40)], None, id="all of it by both"),
        pytest.param([back([(1, 61)])], TooMuchReturned, id="more than the line"),
        pytest.param([back([(1, 30)]), back([(1, 31)])], TooMuchReturned, id="more than the line in two"),
        pytest.param([back(amount=101)], TooMuchReturned, id="more than all"),
        pytest.param([back([(2, 40)]), back(amount=61)], TooMuchReturned, id="more than all by both"),
        pytest.param([back([(1, 1)], thousandths=2001)], TooMuchReturned, id="more pieces"),
        pytest.param([back([(3, 0)])], LineUnknown, id="a line that was not bought"),
    ],
)
def test_p10_returned_is_no_more_than_bought(returns, refusal):
    if refusal is None:
        check_returned(bought(60, 40), Returned.of(returns))
    else:
        with pytest.raises(refusal):
            check_returned(bought(60, 40), Returned.of(returns))


@pytest.mark.parametrize(
    ("lines", "counted", "returns", "share"),
    [
        pytest.param((60, 40), (), [], Fraction(1), id="nothing came back"),
        pytest.param((60, 40), (), [back([(2, 40)])], Fraction(60, 100), id="a line"),
        pytest.param((60, 40), (1,), [back([(2, 40)])], Fraction(1), id="a line that does not count"),
        pytest.param((60, 40), (1,), [back([(1, 15)])], Fraction(3, 4), id="a part of the line that counts"),
        pytest.param((60, 40), (1,), [back(amount=50)], Fraction(1, 2), id="an amount is spread"),
        pytest.param((60, 40), (1,), [back([(2, 40)], 30)], Fraction(1, 2), id="over what is left"),
        pytest.param((60, 40), (), [back([(1, 60), (2, 40)])], Fraction(0), id="all by line"),
        pytest.param((60, 40), (), [back(amount=100)], Fraction(0), id="all by amount"),
        pytest.param((60, 0), (2,), [back([(1, 30)])], Fraction(1), id="a gift, while something is kept"),
        pytest.param((60, 0), (2,), [back([(1, 60)])], Fraction(0), id="a gift, when all is back by line"),
        pytest.param((60, 0), (2,), [back(amount=60)], Fraction(0), id="a gift, when all is back by amount"),
        pytest.param((60, 0), (2,), [back([(1, 20)], 40)], Fraction(0), id="a gift, when all is back so"),
        pytest.param((0,), (), [], Fraction(1), id="a sale of nothing"),
        pytest.param((50, -40, 60), (1, 2), [back([(1, 50)])], Fraction(0), id="never below nothing"),
    ],
)  # fmt: skip
def test_n4_the_share_that_is_kept(lines, counted, returns, share):
    assert remaining_share(bought(*lines), counted, Returned.of(returns)) == share


LINES = st.lists(st.integers(0, 5000), min_size=1, max_size=4)


@given(st.data(), LINES, st.sampled_from(["down", "half_up", "up"]), st.integers(0, 10**6))
def test_n4_the_parts_add_up_to_the_whole_whatever_the_split_and_order(data, amounts, rounding, points):
    lines = bought(*amounts)
    counted = tuple(data.draw(st.sets(st.integers(1, len(lines))).map(sorted)))
    award = Awarded("r", "reward", points, counted, rounding)
    returns, left = [], list(amounts)
    for _ in range(data.draw(st.integers(0, 5))):
        spare = sum(left) - sum(one.amount_minor for one in returns)
        no = data.draw(st.integers(0, len(lines)))
        if no == 0:
            returns.append(back(amount=data.draw(st.integers(0, spare))))
        else:
            part = data.draw(st.integers(0, min(left[no - 1], spare)))
            left[no - 1] -= part
            returns.append(back([(no, part)]))

    def stays(some):
        check_returned(lines, Returned.of(some))
        return kept(award, remaining_share(lines, counted, Returned.of(some)))

    steps = [stays(returns[:count]) for count in range(len(returns) + 1)]
    assert steps == sorted(steps, reverse=True)  # no return ever gives
    assert steps[-1] == stays(data.draw(st.permutations(returns)))
    back_in_all = sum(amounts) - sum(
        one.amount_minor + sum(p.amount_minor for p in one.lines) for one in returns
    )
    if not back_in_all and sum(amounts):
        assert steps[-1] == 0
