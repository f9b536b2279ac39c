from datetime import UTC, date, datetime
from itertools import accumulate

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from loyalty.errors import TooMuchReturned
from loyalty.rules.evaluation import Awarded, kept
from loyalty.sales.facts import (
    Line,
    Receipt,
    Return,
    Returned,
    ReturnedLine,
    check_returned,
    remaining_share,
)

RECEIPT = Receipt("S1", "T1", date(2026, 1, 5), "7")
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
AMOUNTS = st.lists(st.integers(-3000, 5000), min_size=1, max_size=4)


@given(data=st.data(), amounts=AMOUNTS, points=st.integers(0, 500))
def test_n4_returns_of_an_exchange_never_give_points_and_never_take_more_than_it_gave(data, amounts, points):
    assume(sum(amounts) >= 0)
    lines = tuple(
        Line(no, "", "", 1000 if minor >= 0 else -1000, minor) for no, minor in enumerate(amounts, 1)
    )
    counted = tuple(data.draw(st.sets(st.integers(1, len(lines))).map(sorted)))
    award, left, spare, returns = (
        Awarded("r", "reward", points, counted, "down"),
        list(amounts),
        sum(amounts),
        [],
    )
    for _ in range(data.draw(st.integers(0, 5))):
        no = data.draw(st.integers(1, len(lines)))
        minor = data.draw(st.integers(0, max(min(spare, left[no - 1]), 0)))
        if left[no - 1] > 0:
            left[no - 1] -= minor
            spare -= minor
            returns.append(Return(RECEIPT, NOON, (ReturnedLine(no, 0, minor),)))
    sums = [Returned.of(returns[:many]) for many in range(len(returns) + 1)]
    check_returned(lines, sums[-1])
    keeps = [kept(award, remaining_share(lines, counted, so_far)) for so_far in sums]
    assert keeps == list(accumulate(keeps, min))
    assert all(0 <= points_kept <= points for points_kept in keeps)


@pytest.mark.parametrize("minor", [0, 1])
def test_p10_nothing_comes_back_of_what_was_handed_back(minor):
    lines = (Line(1, "", "", -1000, -500), Line(2, "", "", 1000, 900))
    with pytest.raises(TooMuchReturned):
        check_returned(lines, Returned.of([Return(RECEIPT, NOON, (ReturnedLine(1, 0, minor),))]))
