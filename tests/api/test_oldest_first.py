"""Points spent by the day they were earned (`order = "oldest_first"`, P4)."""

from datetime import timedelta

import pytest

from tests.api.test_transfers import pass_on
from tests.clocks import START

DAY = timedelta(days=1)
FRESH = {"amount": "40.00", "category": "fresh"}
LONG = {"months": 12, "align": "year_end"}
OLDEST = {"unit.reward.order": "oldest_first", "unit.reward.expiry": LONG}
SHORT = {"unit.reward.order": "oldest_first", "unit.reward.expiry": {"days": 20}}


@pytest.fixture(autouse=True)
def books_balance(make):
    """Whatever a test here does, the books keep every law."""
    yield
    make.run("ledger", "verify")


def lots(shopper):
    shown = shopper.look("/balance")["units"]["reward"]["expiring"]
    return [(lot["points"], lot["last_day"]) for lot in shown]


@pytest.fixture
def ana(make, clock):
    """100 points of 5 January that live to the end of 2027, and 50 of the 7th that live for 20 days."""
    make.club(**OLDEST)
    make.club(in_force_from=START + DAY, **SHORT)
    ana = make.shopper()
    ana.buy("100.00")
    clock.move(START + 2 * DAY)
    ana.buy("50.00")
    return ana


def test_p4_the_oldest_points_pay_first_whenever_they_expire(ana):
    assert lots(ana) == [(50, "2026-01-27"), (100, "2027-12-31")]
    ana.redeem(110)
    assert lots(ana) == [(40, "2026-01-27")]


def test_p4_points_of_one_last_day_are_kept_apart_by_the_day_earned_and_shown_together(make, clock):
    make.club(**OLDEST)
    ana = make.shopper()
    ana.buy("30.00")
    clock.move(DAY)
    ana.buy("20.00")
    assert lots(ana) == [(50, "2027-12-31")]
    ana.redeem(40)
    spent = [line["points"] for line in ana.look("/entries")["items"] if line["kind"] == "redeem"]
    assert spent == [-10, -30]


def test_p6_a_hold_pins_the_oldest_and_a_capture_takes_them(ana):
    held = ana.hold(120)
    assert lots(ana) == [(30, "2026-01-27")]
    ana.capture(held, 70)
    assert lots(ana) == [(50, "2026-01-27"), (30, "2027-12-31")]


def test_p9_points_given_back_are_as_old_as_they_were(ana, clock):
    spent = ana.redeem(130)
    ana.reverse(spent, 40)
    assert lots(ana) == [(50, "2026-01-27"), (10, "2027-12-31")]
    ana.redeem(10)
    assert lots(ana) == [(50, "2026-01-27")]
    spent = ana.redeem(50)
    clock.move(START + 40 * DAY)
    ana.reverse(spent)
    ana.buy("5.00")
    ana.redeem(50)  # the days of grace do not make them younger
    assert lots(ana) == [(5, "2026-03-06")]


def test_p7_a_return_takes_its_own_lot_then_the_oldest(ana, clock):
    clock.move(START + 3 * DAY)
    sold = ana.buy("30.00")
    ana.hold(170)
    ana.give_back(sold, amount="20.00")
    assert ana.figures() == (0, 170, 0, 10)


def test_p12_passed_on_the_oldest_go_first_and_stay_as_old(ana, make, clock):
    make.club(
        in_force_from=clock.now() + timedelta(minutes=1),
        **SHORT,
        **{"unit.reward.transfer": {"member_day": 500}},
    )
    clock.move(timedelta(minutes=2))
    ben = make.shopper()
    ben.buy("10.00")
    pass_on(ana, ben, 120)
    assert lots(ana) == [(30, "2026-01-27")]
    assert lots(ben) == [(30, "2026-01-27"), (100, "2027-12-31")]
    ben.redeem(105)
    assert lots(ben) == [(25, "2026-01-27")]


def test_p11_what_opens_is_as_old_as_the_day_it_opens(make, clock):
    later = {"code": "later", "on": "purchase", "unit": "reward", "phase": "bonus", "earn": {"fixed": 7}}
    make.club(**OLDEST, **{"rule[2]": later | {"from": {"days": 2}}})
    ana = make.shopper()
    ana.buy("10.00")
    clock.move(DAY)
    ana.buy("20.00")
    clock.move(START + 10 * DAY)
    ana.redeem(32)
    spent = [line["points"] for line in ana.look("/entries")["items"] if line["kind"] == "redeem"]
    assert spent == [-2, -20, -10]


def test_lots_from_before_the_unit_cared_for_age_are_the_oldest(make, clock):
    make.club(**{"unit.reward.expiry": LONG})
    make.club(in_force_from=START + DAY, **SHORT)
    make.club(in_force_from=START + 5 * DAY, **{"unit.reward.expiry": LONG})
    ana = make.shopper()
    ana.buy("30.00")
    clock.move(START + 2 * DAY)
    ana.buy("20.00")
    ana.redeem(5)
    assert lots(ana) == [(20, "2026-01-27"), (25, "2027-12-31")]
    clock.move(START + 6 * DAY)
    ana.redeem(5)  # by expiry again
    assert lots(ana) == [(15, "2026-01-27"), (25, "2027-12-31")]
