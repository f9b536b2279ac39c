"""What somebody deceased left, settled at the counter: an heir gets it, or it is forfeited (M9)."""

import pytest

from loyalty import ids
from loyalty.actions.once import Asking
from loyalty.actions.settle_estate import settle_estate
from loyalty.actions.turn import Why
from loyalty.db import carry_out
from loyalty.errors import StateForbids
from loyalty.rooms import rooms
from tests.actions.test_once import at_once
from tests.cli.counter import SHOPS, Counter, events, order, verify


@pytest.fixture
def club(make):
    make.club(**SHOPS)
    return make


@pytest.fixture
def ana(club):
    ana = club.shopper(phone="+8613800138000")
    ana.adjust(1_000)
    return ana


@pytest.fixture
def counter(club, ana):
    return Counter(club, ana)


def test_m9_an_heir_gets_the_estate_with_its_dates(club, ana, counter):
    bea = club.shopper(name="Bea")
    order(ana)
    dates = [one["last_day"] for one in ana.look("/balance")["units"]["reward"]["expiring"]]
    counter.turns_to("report-death")
    told = counter.turns_to("settle-estate", "--heir", bea.member_id, key="e1")
    assert told == f"settled: {ana.member_id}\n"
    assert "settled before" in counter.turns_to("settle-estate", "--heir", bea.member_id, key="e1")
    assert (ana.figures()[0], bea.figures()[0]) == (0, 1_000)
    assert [one["last_day"] for one in bea.look("/balance")["units"]["reward"]["expiring"]] == dates
    assert ana.adjust(1, expect=422)["code"] == "state_forbids"
    assert "state_forbids" in counter.turns_to("settle-estate", exit_code=1)
    club.run("jobs", "post")
    assert events(ana)[-1] == "estate.settled"
    verify(club)
    counter.turns_to("take-death-back")
    assert counter.state == "active"
    ana.adjust(1)


def test_m9_two_who_settle_one_estate_at_once_pay_it_out_once(app, club, ana, counter, clock):
    heirs = [club.shopper(name=name) for name in ("Bea", "Cleo")]
    counter.turns_to("report-death")

    def settle(turn):
        estate, heir = (ids.from_text(one.member_id) for one in (ana, heirs[turn]))
        asking = Asking("staff", None, clock.now())
        with app.app_context():
            editions = rooms().shelf.editions
            try:
                return carry_out(
                    lambda rows: not settle_estate(
                        rows, editions(rows, asking.now), estate, heir, Why("asked"), reference=f"e{turn}",
                        asking=asking,
                    )
                )  # fmt: skip
            except StateForbids:
                return False

    assert sorted(at_once(2, settle)) == [False, True]
    assert sorted(one.figures()[0] for one in (ana, *heirs)) == [0, 0, 1_000]
    verify(club)


def test_m9_without_an_heir_the_estate_is_forfeited_and_a_debt_let_off(club, ana, counter):
    bought = ana.buy("100.00")
    ana.redeem(ana.figures()[0])
    ana.give_back(bought, amount="100.00")
    assert ana.figures()[3] > 0
    counter.turns_to("report-death")
    counter.turns_to("settle-estate")
    assert ana.figures() == (0, 0, 0, 0)
    verify(club)


def test_m9_an_heir_is_another_member_who_may_earn(club, ana, counter):
    bea = club.shopper(name="Bea")
    counter.turns_to("report-death")
    for heir, code in ((ana.member_id, "same_member"), ("zzz", "no member")):
        assert code in counter.turns_to("settle-estate", "--heir", heir, exit_code=1)
    counter.turns_to("suspend", who=bea)
    assert "card_blocked" in counter.turns_to("settle-estate", "--heir", bea.member_id, exit_code=1)
    assert ana.figures()[0] == 1_000


def test_m9_an_estate_without_points_is_settled_for_an_heir_all_the_same(club, ana, counter):
    bea = club.shopper(name="Bea")
    ana.redeem(1_000)
    counter.turns_to("report-death")
    counter.turns_to("settle-estate", "--heir", bea.member_id)
    assert [one["kind"] for one in bea.look("/entries")["items"]] == []
    verify(club)
