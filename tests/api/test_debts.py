from datetime import timedelta

import pytest

DAY = timedelta(days=1)
YEAR_END = {"months": 12, "align": "year_end"}
LATER = {"code": "later", "on": "purchase", "unit": "reward", "phase": "bonus", "from": {"days": 14}}


@pytest.fixture
def ana(make):
    make.club()
    return make.shopper()


def test_p7_what_is_missing_is_taken_from_other_lots_then_owed(ana, clock):
    ana.buy("30.00")
    clock.move(DAY)
    sold = ana.buy("100.00")
    ana.redeem(120)
    told = ana.give_back(sold, amount="100.00")
    assert (told["taken_back"], told["debt"]) == ({"reward": 100}, {"reward": 90})
    assert ana.figures() == (0, 0, 0, 90)
    assert [line["balance_after"] for line in ana.look("/entries")["items"][:2]] == [-90, 0]


def test_p8_while_in_debt_nothing_is_spent_and_credits_pay_first(ana):
    sold = ana.buy("100.00")
    ana.redeem(100)
    ana.give_back(sold, amount="100.00")
    for wish in (ana.redeem, ana.hold):
        told = wish(1, expect=422)
        assert (told["code"], told["debt"]) == ("in_debt", 100)
    assert ana.adjust(-1, expect=422)["code"] == "in_debt"
    assert ana.buy("60.00")["balance"]["reward"] == {"available": 0, "held": 0, "pending": 0, "debt": 40}
    ana.adjust(50)
    assert ana.figures() == (10, 0, 0, 0)
    paid = [(line["contra"], line["points"]) for line in ana.look("/entries")["items"][:3]]
    assert paid == [("debt", 40), ("debt", -40), ("adjusted", 50)]


def test_p8_a_debt_is_owed_in_its_own_unit_alone(make):
    name = {"zh": "宝石", "en": "Gems"}
    make.club(**{"unit.gems": {"name": name, "spendable": True}})
    ana = make.shopper()
    sold = ana.buy("10.00", key="a")
    ana.redeem(10, unit="reward")
    ana.give_back(sold, amount="10.00")
    ana.adjust(5, unit="gems")
    ana.redeem(5, unit="gems")
    assert (ana.figures(unit="gems"), ana.figures()) == ((0, 0, 0, 0), (0, 0, 0, 10))


def test_p8_opening_points_pay_the_debt(make, clock):
    make.club(**{"rule[2]": LATER | {"earn": {"fixed": 40}}})
    ana = make.shopper()
    first = ana.buy("100.00")
    ana.redeem(100)
    ana.adjust(1)
    ana.redeem(1)
    second = ana.buy("10.00")
    ana.redeem(10)
    ana.give_back(second, amount="10.00")  # 40 are still pending of it: 10 are owed, 40 withdrawn
    assert ana.figures() == (0, 0, 40, 10)
    clock.move(14 * DAY)
    assert ana.figures() == (30, 0, 0, 0)
    assert ana.redeem(30)["balance"]["reward"]["debt"] == 0
    assert first["award"]["pending"][0]["points"] == 40


def test_p7_spent_points_that_opened_into_the_same_lot_are_owed_once(make, clock):
    make.club(**{"rule[2]": LATER | {"earn": {"fixed": 20}}, "unit.reward.expiry": YEAR_END})
    ana = make.shopper()
    sold = ana.buy("10.00")
    clock.move(14 * DAY)
    ana.redeem(25)  # 5 of 30 are left, in one lot
    told = ana.give_back(sold, amount="10.00")
    assert (told["taken_back"]["reward"], told["debt"]) == (30, {"reward": 25})
    assert ana.figures() == (0, 0, 0, 25)


def test_p7_a_return_after_the_points_expired_is_owed(make, clock):
    make.club(**{"unit.reward.expiry": {"days": 10}})
    ana = make.shopper()
    sold = ana.buy("100.00")
    clock.move(11 * DAY)
    told = ana.give_back(sold, amount="40.00")
    assert (told["taken_back"]["reward"], told["debt"]) == (40, {"reward": 40})


def test_p6_p7_held_points_are_never_taken_and_what_is_released_pays(ana, clock):
    sold = ana.buy("100.00")
    held = ana.hold(80)
    assert ana.give_back(sold, amount="100.00")["debt"] == {"reward": 80}
    assert ana.figures() == (0, 80, 0, 80)
    assert ana.capture(held, 30)["captured"] == 30
    assert ana.figures() == (0, 0, 0, 30)  # the 50 released paid


@pytest.mark.parametrize(
    ("mode", "left", "owed", "short"),
    [("debt", 0, 70, {}), ("clamp", 0, 0, {"reward": 70})],
)
def test_p7_the_unit_says_what_becomes_of_a_shortfall(make, mode, left, owed, short):
    make.club(**{"unit.reward.on_return": mode})
    ana = make.shopper()
    sold = ana.buy("100.00")
    ana.redeem(70)
    told = ana.give_back(sold, amount="100.00")
    assert told["shortfall"] == short
    assert ana.figures() == (left, 0, 0, owed)
    ana.buy("10.00")
    assert ana.figures() == ((0, 0, 0, 60) if owed else (10, 0, 0, 0))


def test_p7_pending_only_takes_nothing_that_is_usable_and_says_so(make):
    make.club(**{"unit.reward.on_return": "pending_only", "rule[2]": LATER | {"earn": {"fixed": 40}}})
    ana = make.shopper()
    sold = ana.buy("100.00")
    assert ana.give_back(sold, amount="25.00")["taken_back"] == {"reward": 35}
    told = ana.give_back(sold, amount="75.00")
    assert ana.figures() == (100, 0, 0, 0)
    assert (
        told["taken_back"]["reward"] - told["shortfall"].get("reward", 0) == 5
    )  # of 105 only the last 5 were pending
