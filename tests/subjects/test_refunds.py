"""What goes back for goods that come back, by the way they were paid."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.sales.facts import BY_POINTS, Refund, Tender
from loyalty.sales.refunds import further, refunded

CASH, CARD = Tender("cash", 20_00), Tender("card", 30_00)
POINTS = Tender(BY_POINTS, 50_00, "reward", 5_000)


@pytest.mark.parametrize(
    ("tenders", "back", "money", "points"),
    [
        pytest.param([CASH, CARD, POINTS], 0, {"cash": 0, "card": 0}, {"reward": 0}, id="nothing"),
        pytest.param([CASH, CARD, POINTS], 10_00, {"cash": 200, "card": 300}, {"reward": 500}, id="a tenth"),
        pytest.param([CASH, CARD, POINTS], 100_00, {"cash": 2000, "card": 3000}, {"reward": 5000}, id="all"),
        pytest.param(
            [Tender("card", 60_00), Tender("card", 40_00)], 10_00, {"card": 1000}, {}, id="two cards"
        ),
        pytest.param([Tender("cash", 0), Tender("card", 100_00)], 1, {"cash": 0, "card": 1}, {}, id="a nil"),
        pytest.param([CARD, Tender(BY_POINTS, 0, "reward")], 50_00, {"card": 1500}, {}, id="no points"),
        pytest.param([], 100_00, {}, {}, id="tenders that nobody told"),
    ],
)
def test_p9_what_goes_back_is_in_proportion_to_how_it_was_paid(tenders, back, money, points):
    assert refunded(tenders, 100_00, back) == Refund(money, points)


def test_p9_rounding_goes_back_with_the_goods():
    """9.98 was paid with 10.00: half of it gives 5.00 back, the rest the other 5.00."""
    paid = [Tender("cash", 10_00)]
    half = refunded(paid, 9_98, 4_99)
    assert (half.money, further(refunded(paid, 9_98, 9_98), half).money) == ({"cash": 500}, {"cash": 500})


def test_p9_a_sale_for_nothing_gives_nothing_back():
    assert refunded([Tender("cash", 0)], 0, 0) == Refund({"cash": 0}, {})


@given(
    by_points=st.integers(1, 500),
    by_money=st.lists(st.integers(0, 500), max_size=4),
    worth=st.integers(1, 7),
    rounding=st.integers(-4, 4),
    cuts=st.lists(st.integers(0, 2_500), max_size=6),
)
def test_p9_any_split_of_a_return_refunds_the_same(by_points, by_money, worth, rounding, cuts):
    kinds = ("cash", "card", "gift", "cheque")
    tenders = [Tender(kind, minor) for kind, minor in zip(kinds, by_money, strict=False)]
    tenders.insert(1, Tender(BY_POINTS, by_points, "reward", by_points * worth))
    paid = sum(tender.amount_minor for tender in tenders)
    bought = max(paid + rounding, 0)
    before = refunded(tenders, bought, 0)
    for back in sorted({min(cut, bought) for cut in cuts} | {bought}):
        after = refunded(tenders, bought, back)
        now = further(after, before)
        assert min([*now.money.values(), *now.points.values()]) >= 0
        in_points = after.points["reward"] // worth
        assert sum(after.money.values()) + in_points == (paid * back // bought if bought else 0)
        before = after
    if bought:
        assert sum(before.money.values()) + by_points == paid
        assert before.points == {"reward": by_points * worth}
