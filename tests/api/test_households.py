"""M8: members keep their own accounts, and a household spends from several by a stated order."""

from datetime import timedelta
from itertools import count

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from loyalty.db import carry_out
from tests.breaks import break_total, mend_total
from tests.clocks import START
from tests.guarding import Page

DAY = timedelta(days=1)
SHARED = {"household": {"most": 4, "unit": {"reward": {"others_month": 1000}}}}
TEA = {"code": "tea", "name": {"zh": "茶", "en": "Tea"}, "price": {"unit": "reward", "points": 150}}
_turns = count(1)


@pytest.fixture(autouse=True)
def books_balance(request, make):
    """Whatever a test here does, the books keep every law."""
    yield
    make.run("ledger", "verify")


@pytest.fixture
def family(make):
    """Ana, Ben and Cai share, in this order; each has a hundred points."""
    make.club(**SHARED)
    return household(make, *(shopper(make, "100.00") for _ in range(3)))


def shopper(make, spent="100.00"):
    one = make.shopper()
    if spent:
        one.buy(spent)
    return one


def household(make, first, *others):
    seat(make, first, document=True)
    for one in others:
        seat(make, one, first, document=True)
    return first, *others


def seat(make, one, beside=None, exit_code=0, document=False):
    words = ["--beside", beside.member_id] if beside else []
    words += ["--document"] if document else []
    return run(make, "seat", one.member_id, *words, exit_code=exit_code)


def run(make, verb, *words, exit_code=0):
    why = () if verb == "order" else ("--reason", "family")
    return make.run("households", verb, *words, *why, "--reference", f"h-{next(_turns)}", exit_code=exit_code)


def have(*shoppers):
    return [one.figures()[0] for one in shoppers]


def pooled(one, points, expect=201, **more):
    return one.redeem(points, expect, pool=True, **more)


def test_m8_own_points_first_then_each_in_the_stated_order(family, make):
    ana, ben, cai = family
    told = pooled(ana, 250, **{"for": "a coat"})
    assert (told["points"], told["pooled"], told["balance"]["reward"]["available"]) == (250, 150, 0)
    assert have(*family) == [0, 0, 50]
    pooled(ben, 30)
    assert have(*family) == [0, 0, 20]  # who has nothing spends with the others
    run(make, "order", cai.member_id, ana.member_id, ben.member_id)
    ana.buy("40.00")
    pooled(ben, 30)
    assert have(*family) == [30, 0, 0]


def test_m8_each_account_keeps_its_own_books_under_one_number(family):
    ana, ben, _ = family
    told = pooled(ana, 150)
    mine, theirs = ana.look("/entries")["items"][0], ben.look("/entries")["items"][0]
    assert (mine["kind"], mine["contra"], mine["points"]) == ("redeem", "redeemed", -100)
    assert (theirs["kind"], theirs["contra"], theirs["points"]) == ("pool_out", "redeemed", -50)
    assert theirs["reasons"] == {"with": ana.member_id, "reference": told["reference"]}
    assert mine["reasons"]["pool"] == [[ben.member_id, 50]]
    assert mine["operation"].split("-")[1] == theirs["operation"].split("-")[1]
    found = ana.till.get(f"/redemptions/{told['redemption_id']}").json
    assert (found["points"], found["pooled"], found["reversed"]) == (150, 50, 0)
    assert ben.till.get(f"/redemptions/{theirs['operation']}").status_code == 404  # only the whole is one


def test_m8_the_balance_tells_what_the_household_has_together(family, make):
    ana, ben, cai = family
    dan = shopper(make)
    assert ana.look("/balance")["pool"] == {"reward": 300}
    assert dan.look("/balance")["pool"] is None
    assert ana.look("/balance", at=START + DAY)["pool"] is None
    seat(make, dan, ana)  # not agreed yet: shares nothing, and gets nothing
    assert (ana.look("/balance")["pool"], dan.look("/balance")["pool"]) == ({"reward": 300}, None)
    assert pooled(dan, 101, 422)["code"] == "no_household"
    cai.redeem(30)
    assert "together 270 reward" in make.run("households", "show", ben.member_id).stdout


def test_m8_what_there_is_together_and_not_a_point_more(family):
    ana, ben, _ = family
    refused = pooled(ana, 301, 422)
    assert (refused["code"], refused["asked"], refused["available"]) == ("not_enough_points", 301, 300)
    assert have(*family) == [100, 100, 100]
    assert ana.redeem(101, 422)["available"] == 100  # who does not ask for the pool has their own
    assert pooled(ana, 300)["pooled"] == 200
    assert pooled(ben, 1, 422)["code"] == "not_enough_points"


def test_p2_a_pooled_wish_is_carried_out_once(family):
    ana, *_ = family
    first, again = (pooled(ana, 150, reference="one") for _ in range(2))
    assert (again["replayed"], again["redemption_id"]) == (True, first["redemption_id"])
    assert have(*family) == [0, 50, 100]
    assert ana.redeem(150, 422, reference="one")["code"] == "key_reused"


def test_m8_others_spend_no_more_of_one_member_than_the_programme_says_in_a_month(make, clock):
    make.club(household={"most": 4, "unit": {"reward": {"others_month": 60}}})
    ana, ben = household(make, shopper(make, None), shopper(make))
    pooled(ana, 40)
    assert ana.look("/balance")["pool"] == {"reward": 20}
    assert pooled(ana, 21, 422)["available"] == 20
    pooled(ben, 60)  # their own are theirs
    ben.buy("100.00")
    clock.move(31 * DAY)
    assert ana.look("/balance")["pool"] == {"reward": 60}


@pytest.mark.parametrize("how", ["lock", "suspended", "debt", "held", "stopped"])
def test_m8_who_may_not_spend_gives_nothing(family, make, app, clock, how):
    ana, ben, cai = family
    if how == "lock":
        Page(app, clock, ben).lock()
    elif how == "suspended":
        make.run("members", "suspend", ben.member_id, "--reason", "fraud", "--reference", "s")
    elif how == "debt":
        sold = ben.buy("50.00")
        ben.redeem(150)
        ben.give_back(sold, amount="50.00")
    elif how == "held":
        ben.hold(100)
    else:
        break_total(app, ben)
        ben.buy("10.00", expect=423)
    assert ana.look("/balance")["pool"] == {"reward": 200}
    assert pooled(ana, 201, 422)["available"] == 200
    assert pooled(ana, 150)["pooled"] == 50
    assert cai.figures()[0] == 50
    if how == "stopped":
        mend_total(app, ben)


def test_p9_what_comes_back_goes_back_to_each_to_the_lots_it_came_from(make, clock):
    make.club(**SHARED, **{"unit.reward.expiry": {"days": 10}})
    ana, ben = household(make, shopper(make, "10.00"), shopper(make, "30.00"))
    clock.move(DAY)
    ben.buy("50.00")
    days = [(lot["points"], lot["last_day"]) for lot in ben.look("/balance")["units"]["reward"]["expiring"]]
    told = pooled(ana, 60)
    part = ana.reverse(told, 25)  # what was taken last comes first
    assert (part["points"], part["pooled"], part["reversed"]) == (25, 25, 25)
    assert have(ana, ben) == [0, 55]
    rest = ana.reverse(told)
    assert (rest["points"], rest["pooled"], rest["reversed"]) == (35, 25, 60)
    assert have(ana, ben) == [10, 80]
    assert [
        (lot["points"], lot["last_day"]) for lot in ben.look("/balance")["units"]["reward"]["expiring"]
    ] == days
    assert ana.reverse(told, expect=422)["code"] == "reversal_exceeds_redemption"
    back = ben.look("/entries")["items"][0]
    assert (back["kind"], back["reasons"]) == ("pool_back", {"with": ana.member_id})


def test_p18_a_pooled_redemption_is_cancelled_by_its_reference(family):
    ana, *_ = family
    told = pooled(ana, 250)
    first, again = (ana.tell("/redemptions/cancel", {"reference": told["reference"]}, 200) for _ in range(2))
    assert (first["was"], first["points"], again["replayed"]) == ("redeemed", 250, True)
    assert have(*family) == [100, 100, 100]


def test_b9_a_reward_is_bought_together_and_its_points_go_back(make):
    make.club(**SHARED, reward=[TEA])
    ana, ben = household(make, shopper(make, "60.00"), shopper(make))
    order = {"card": ana.card, "reward": "tea", "reference": "tea-1"}
    assert ana.tell("/reward-orders", order, 422)["code"] == "not_enough_points"
    bought = ana.tell("/reward-orders", order | {"pool": True}, 201)
    assert (bought["points"], have(ana, ben)) == (150, [0, 10])
    ana.tell(f"/reward-orders/{bought['order_id']}/cancel", None, 200)
    assert have(ana, ben) == [60, 100]


def test_m8_a_unit_that_is_not_named_does_not_pool_and_nor_does_a_club_without_households(
    family, make, clock
):
    ana, *_ = family
    assert pooled(ana, 1, 422, unit="status")["code"] == "not_spendable"
    make.club()
    clock.move(DAY)
    assert pooled(ana, 101, 422)["code"] == "not_pooled"


def test_m8_ceilings_count_the_whole_on_the_card_that_asks(make):
    make.club(**SHARED, limits={"spend": {"member_day": 150}})
    ana, ben = household(make, shopper(make), shopper(make))
    assert pooled(ana, 151, 422)["code"] == "ceiling_exceeded"
    assert have(ana, ben) == [100, 100]
    pooled(ana, 150)


def test_m8_a_member_is_in_one_household_at_most_and_a_household_has_so_many(family, make, app):
    ana, ben, cai = family
    dan, eve = shopper(make), shopper(make)
    assert "household_taken" in seat(make, ben, ana, exit_code=1).output
    assert "household_taken" in seat(make, ben, exit_code=1).output
    seat(make, dan, cai)
    assert "household_full" in seat(make, eve, ana, exit_code=1).output
    assert "no_household" in seat(make, shopper(make), eve, exit_code=1).output
    twin = (
        "INSERT INTO household_seat (member_id, seat_id, household_id, rank, asked_at, asked_by) "
        "SELECT member_id, seat_id + 1, household_id, 9, asked_at, asked_by FROM household_seat"
    )
    for statement, words in (
        (twin, r"(?i)unique"),
        ("DELETE FROM household_seat", "append-only"),
        ("DELETE FROM household", "append-only"),
        ("UPDATE household_seat SET household_id = household_id + 1", "append-only"),
        ("UPDATE household_seat SET agreed_how = 'page' WHERE agreed_how = 'document'", "append-only"),
    ):
        with app.app_context(), pytest.raises(DBAPIError, match=words):
            carry_out(lambda session, told=statement: session.execute(text(told)))


def test_m8_a_seat_that_is_over_lends_nothing(family, make, app):
    ana, ben, cai = family
    run(make, "remove", ben.member_id)
    assert ana.look("/balance")["pool"] == {"reward": 200}
    assert pooled(ben, 101, 422)["code"] == "no_household"
    make.run("members", "leave", cai.member_id, "--reason", "moved", "--reference", "l")
    assert ana.look("/balance")["pool"] == {"reward": 100}
    seat(make, ben, ana, document=True)  # and may come again
    assert ana.look("/balance")["pool"] == {"reward": 200}
    again = "UPDATE household_seat SET left_how = 'left' WHERE left_at IS NOT NULL"
    with app.app_context(), pytest.raises(DBAPIError, match="append-only"):
        carry_out(lambda session: session.execute(text(again)))
