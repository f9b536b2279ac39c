"""What points buy: a price, a stock, a voucher, in one transaction (B9, B10, P9)."""

from datetime import timedelta

import pytest

from tests.clocks import START

NAMES = {"zh": "礼品", "en": "Gift"}


def reward(code, points=100, **more):
    return {"code": code, "name": NAMES, "price": {"unit": "reward", "points": points}} | more


MUG = reward("mug", stock=2, delivery="order", cost="8.00")
MASSAGE = reward("massage", 300, expiry={"months": 6}, providers=["spa"], cost="40.00")
ONCE = reward("once", 10, limit={"times": 1, "per": "year"})
GOLD = reward("gold-only", 10, tiers=["gold"])
SOON = reward("soon", 10, from_day="2026-02-01")
OLD = reward("old", 10, last_day="2026-01-04")
ADULTS = reward("adults", 10, when="member.age >= 18")


@pytest.fixture
def club(make):
    make.club(reward=[MUG, MASSAGE, ONCE, GOLD, SOON, OLD, ADULTS])
    make.run("places", "open", "spa-1", "--provider", "spa", "--zh", "水疗", "--en", "Spa")
    make.run("places", "open", "bar-1", "--provider", "bar", "--zh", "吧", "--en", "Bar")
    return make


@pytest.fixture
def ana(club):
    ana = club.shopper()
    ana.buy("1000.00")
    return ana


def order(who, code, reference, expect=201, **more):
    body = {"card": who.card, "reward": code, "reference": reference} | more
    return who.tell("/reward-orders", body, expect)


def burn(who, code, reference, expect=200, place="spa-1"):
    return who.tell(f"/vouchers/{code}/use", {"place": place, "reference": reference}, expect)


def left(who):
    return {one["reward"]: one["left"] for one in who.till.get("/rewards").json["items"]}


def test_b9_points_stock_and_voucher_go_together(ana):
    assert left(ana) == {"mug": 2, "massage": None, "once": None, "gold-only": None, "adults": None}
    told = order(ana, "mug", "o1")
    assert (told["points"], told["state"], told["voucher"]) == (100, "open", None)
    assert (told["balance"]["reward"]["available"], left(ana)["mug"]) == (900, 1)
    assert order(ana, "mug", "o1") == told | {"replayed": True}
    assert order(ana, "mug", "o2")["balance"]["reward"]["available"] == 800
    assert order(ana, "mug", "o3", 422)["code"] == "out_of_stock"
    assert (ana.figures()[0], left(ana)["mug"]) == (800, 0)
    line = ana.look("/entries?unit=reward")["items"][0]
    assert line["kind"] == "redeem"


def test_b9_a_voucher_is_burned_once_where_it_is_good(ana, club):
    told = order(ana, "massage", "o1")
    code = told["voucher"]
    assert (len(code), told["last_day"]) == (19, "2026-07-05")
    assert burn(ana, code, "v0", 422, place="bar-1")["code"] == "place_foreign"
    assert burn(ana, code, "v0", 422, place=None)["code"] == "place_foreign"
    assert burn(ana, code.lower().replace("-", " "), "v1")["state"] == "used"
    assert burn(ana, code, "v1")["state"] == "used"  # a replay
    assert burn(ana, code, "v2", 422)["code"] == "order_closed"
    assert ana.tell(f"/reward-orders/{told['order_id']}/cancel", None, 422)["code"] == "order_closed"
    assert burn(ana, "0000-0000-0000-0000", "v3", 404)["code"] == "voucher_unknown"
    club.run("ledger", "verify")


def test_b9_a_voucher_dies_at_the_next_midnight_after_its_last_day(ana, clock):
    code = order(ana, "massage", "o1")["voucher"]
    clock.move(timedelta(days=181))  # 5 July
    assert burn(ana, code, "v1", 200)["state"] == "used"
    code = order(ana, "massage", "o2")["voucher"]
    clock.move(timedelta(days=185))
    assert burn(ana, code, "v2", 422)["code"] == "voucher_expired"


def test_p9_a_cancelled_order_gives_its_points_back_to_their_lots_and_its_stock(ana):
    before = ana.look("/balance")["units"]["reward"]
    told = order(ana, "mug", "o1")
    back = ana.tell(f"/reward-orders/{told['order_id']}/cancel", None, 200)
    assert (back["state"], back["balance"]["reward"]["available"]) == ("cancelled", 1000)
    assert ana.look("/balance")["units"]["reward"] == before
    assert left(ana)["mug"] == 2
    assert ana.tell(f"/reward-orders/{told['order_id']}/cancel", None, 200)["state"] == "cancelled"
    voucher = order(ana, "massage", "o2")
    ana.tell(f"/reward-orders/{voucher['order_id']}/cancel", None, 200)
    assert burn(ana, voucher["voucher"], "v1", 422)["code"] == "order_closed"


def test_b9_p9_the_statement_says_what_was_bought_and_what_was_given_back(ana):
    told = order(ana, "mug", "o1")
    ana.redeem(5)
    ana.tell(f"/reward-orders/{told['order_id']}/cancel", None, 200)
    back, spent, paid, earned = ana.look("/entries?unit=reward")["items"]
    bought = {"order_id": told["order_id"], "reward": "mug", "name": NAMES}
    assert (paid["kind"], paid["points"], paid["order"]) == ("redeem", -100, bought)
    assert (back["kind"], back["points"], back["order"]) == ("reverse", 100, bought)
    assert (spent["order"], earned["order"]) == (None, None)


def test_an_order_is_no_redemption_to_be_reversed(ana):
    told = order(ana, "mug", "o1")
    body = {"reference": "r1"}
    assert ana.tell(f"/redemptions/{told['order_id']}/reverse", body, 404)["code"] == "not_found"
    assert ana.figures()[0] == 900


@pytest.mark.parametrize(
    ("code", "refusal"),
    [
        ("gold-only", "reward_not_sold"),
        ("soon", "reward_not_sold"),
        ("old", "reward_not_sold"),
        ("adults", "condition_not_met"),
        ("nothing", "reward_unknown"),
    ],
)
def test_b9_what_is_not_sold_to_this_member_now_is_refused(ana, code, refusal):
    assert order(ana, code, "o1", 422)["code"] == refusal
    assert ana.figures()[0] == 1000


def test_b9_nobody_buys_more_often_than_they_may(ana, clock):
    told = order(ana, "once", "o1")
    assert order(ana, "once", "o2", 422)["code"] == "reward_limit"
    ana.tell(f"/reward-orders/{told['order_id']}/cancel", None, 200)
    order(ana, "once", "o3")  # what was cancelled is not counted
    clock.move(START.replace(year=2027))
    ana.buy("50.00")
    order(ana, "once", "o4")


def test_p8_nobody_buys_without_the_points(club):
    ben = club.shopper()
    ben.buy("50.00")
    assert order(ben, "mug", "o1", 422)["code"] == "not_enough_points"
    assert left(ben)["mug"] == 2


def test_b9_a_stock_counts_what_any_edition_sold(make, clock):
    """It may come, go and change with the editions; what was given back is there again."""

    def edition(**stock):
        make.club(reward=[reward("mug", 10, **stock)])
        clock.move(timedelta(hours=1))

    edition()
    ana = make.shopper()
    ana.buy("1000.00")
    bought = [order(ana, "mug", f"endless-{number}") for number in range(3)]
    ana.tell(f"/reward-orders/{bought[0]['order_id']}/cancel", None, 200)
    edition(stock=2)
    assert left(ana)["mug"] == 0
    assert order(ana, "mug", "third", 422)["code"] == "out_of_stock"
    edition(stock=3)
    order(ana, "mug", "third")
    edition()
    order(ana, "mug", "fourth")
    edition(stock=4)
    assert order(ana, "mug", "fifth", 422)["code"] == "out_of_stock"
    ana.tell(f"/reward-orders/{bought[1]['order_id']}/cancel", None, 200)
    order(ana, "mug", "fifth")
    assert make.run("ledger", "verify").exit_code == 0


def test_an_order_without_a_voucher_is_sent_once(ana):
    told = order(ana, "mug", "o1")
    assert ana.tell(f"/reward-orders/{told['order_id']}/send", None, 200)["state"] == "sent"
    assert ana.tell(f"/reward-orders/{told['order_id']}/cancel", None, 422)["code"] == "order_closed"
    shown = ana.look("/reward-orders")["items"]
    assert [(one["reward"], one["state"]) for one in shown] == [("mug", "sent")]
