"""M8: who of a household pays how much, and how it comes back. Arithmetic."""

import pytest

from loyalty.decide.pool import lent, shares, to_give_back
from loyalty.decide.programme import compile_programme
from loyalty.decide.spend import Spent
from loyalty.errors import InDebt, NotPooled, ProgrammeFaulty, TooMuchReversed
from loyalty.ledger.lots import LotKey, Portion
from tests.clocks import START
from tests.decide.shoppers import Shopper
from tests.decide.test_ageing import INSURER
from tests.documents import small

SHARED = {"most": 4, "unit": {"reward": {"others_month": 100}}}


def spent(points, back=0):
    return Spent(1, 1, "reward", (Portion(LotKey(START.date()), points),), back)


@pytest.mark.parametrize(
    ("shares", "points", "expected"),
    [
        pytest.param([(30, 0), (50, 0), (20, 0)], None, [30, 50, 20], id="all of it"),
        pytest.param([(30, 0), (50, 0), (20, 0)], 25, [0, 5, 20], id="what was taken last comes first"),
        pytest.param([(30, 0), (50, 5), (20, 20)], 50, [5, 45, 0], id="nothing comes back twice"),
        pytest.param([(0, 0), (50, 0)], None, [0, 50], id="who asked had none"),
    ],
)
def test_p9_what_comes_back_goes_to_whom_it_was_taken_from_last(shares, points, expected):
    assert to_give_back([spent(*one) for one in shares], points) == expected


@pytest.mark.parametrize(("shares", "points"), [([(30, 0), (20, 0)], 51), ([(30, 30), (20, 20)], None)])
def test_p10_no_more_comes_back_than_was_spent(shares, points):
    with pytest.raises(TooMuchReversed):
        to_give_back([spent(*one) for one in shares], points)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"household.unit.status": {"others_month": 1}}, "are not spent"),
        ({"household.unit": {}}, "must hold 1 to"),
        ({"household.unit.gems": {"others_month": 1}}, "there is no unit"),
        (INSURER, "only with an approval"),
    ],
)
def test_b10_only_what_is_spent_pools_and_an_insurer_needs_leave(changes, words):
    with pytest.raises(ProgrammeFaulty) as refused:
        compile_programme(small(household=SHARED, **changes))
    assert any(path.startswith("household") and words in told for path, told in refused.value.facts["faults"])
    assert compile_programme(small(household=SHARED)).household.others_month == {"reward": 100}


def test_p8_who_owes_points_spends_nobodys():
    ana = Shopper(household=SHARED)
    ana.buys(100)
    ana.redeems(100)
    ana.returns(euros=100)
    with pytest.raises(InDebt):
        shares(ana.editions, "reward", 1, ana.alive, [], ana.now, ana.ids)


@pytest.mark.parametrize("changes", [{}, {"household": SHARED}])
def test_a_unit_is_lent_only_where_the_programme_says_so(changes):
    ana = Shopper(**changes)
    with pytest.raises(NotPooled):
        lent(ana.editions, "status", ana.alive, ana.now, ana.ids)
