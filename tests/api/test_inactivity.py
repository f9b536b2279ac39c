"""Points that die together, so long after their member last acted (`expiry = { inactive_months = … }`)."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.api.test_transfers import pass_on
from tests.clocks import START
from tests.makers import wire

DAY, INSTANT = timedelta(days=1), timedelta(microseconds=1)
IDLE = {"unit.reward.expiry": {"inactive_months": 2}, "unit.reward.give_back_days": 20}
DEAD_AT = datetime(2026, 3, 6, tzinfo=UTC)  # two months after 5 January, at midnight


@pytest.fixture(autouse=True)
def books_balance(make):
    """Whatever a test here does, the books keep every law."""
    yield
    make.run("ledger", "verify")


@pytest.fixture
def ana(make):
    make.club(**IDLE)
    ana = make.shopper()
    ana.buy("100.00")
    return ana


def expiring(shopper, at=None):
    shown = shopper.look("/balance", at)["units"]["reward"]["expiring"]
    return [(lot["points"], lot["last_day"]) for lot in shown]


def test_n5_points_die_at_the_midnight_after_so_many_months_without_an_act(ana, make, clock):
    assert expiring(ana) == [(100, "2026-03-05")]
    assert (ana.figures(DEAD_AT - INSTANT)[0], ana.figures(DEAD_AT)[0]) == (100, 0)
    clock.move(DEAD_AT + 5 * DAY)
    unbooked = ana.look("/entries")["items"][0]
    make.run("jobs", "nightly")
    line = ana.look("/entries")["items"][0]
    assert unbooked == line | {"operation": None, "booked_at": None}
    assert (line["kind"], line["points"], line["last_day"]) == ("expire", -100, None)
    assert (line["happened_at"], line["reasons"]) == (wire(DEAD_AT), {"inactive_since": "2026-01-05"})
    assert (ana.figures(DEAD_AT - INSTANT)[0], ana.figures(DEAD_AT)[0], ana.figures()[0]) == (100, 0, 0)


def test_every_act_keeps_all_points_alive(ana, make, clock):
    clock.move(START + 30 * DAY)  # 4 February
    ana.buy("50.00")
    assert expiring(ana) == [(150, "2026-04-04")]
    assert expiring(ana, START) == [(100, "2026-03-05")]
    clock.move(datetime(2026, 4, 4, 20, tzinfo=UTC))
    ana.redeem(50)
    assert expiring(ana) == [(100, "2026-06-04")]


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(lambda ana, ben: ana.buy("0.10"), id="a sale, even if it earns nothing"),
        pytest.param(lambda ana, ben: ana.redeem(1), id="a redemption"),
        pytest.param(lambda ana, ben: ana.hold(1), id="a hold"),
        pytest.param(lambda ana, ben: pass_on(ana, ben, 10), id="points passed on"),
    ],
)
def test_what_a_member_does_is_an_act(make, clock, act):
    make.club(**IDLE, **{"unit.reward.transfer": {"member_day": 100}})
    ana, ben = make.shopper(), make.shopper()
    ana.buy("100.00")
    clock.move(START + 30 * DAY)
    act(ana, ben)
    clock.move(START + 31 * DAY)  # the hold is over
    [(_, last_day)] = expiring(ana)
    assert last_day == "2026-04-04"


def test_a_capture_is_an_act(ana, clock):
    held = ana.hold(10, ends_in_seconds=20 * 24 * 3600)
    clock.move(START + 15 * DAY)
    ana.capture(held)
    assert expiring(ana) == [(90, "2026-03-20")]


def test_what_happens_to_a_member_is_no_act(make, clock):
    rule = {"code": "party", "on": "birthday", "unit": "reward", "earn": {"fixed": 5}}
    make.club(**IDLE, **{"rule[2]": rule, "unit.reward.transfer": {"member_day": 100}})
    ana, ben = make.shopper(birth_date="1990-01-20"), make.shopper()
    sold, spent = ana.buy("100.00"), ana.redeem(20)
    ben.buy("100.00")
    clock.move(datetime(2026, 1, 20, 12, tzinfo=UTC))
    make.run("jobs", "nightly")
    ana.adjust(30)
    ana.adjust(-10)
    ana.reverse(spent)
    ana.give_back(sold, amount="50.00")
    pass_on(ben, ana, 10)
    assert expiring(ana) == [(85, "2026-03-05")]
    assert expiring(ben) == [(90, "2026-03-20")]


def test_joining_is_the_first_act(make):
    make.club(**IDLE)
    ana = make.shopper()
    ana.adjust(50)
    assert expiring(ana) == [(50, "2026-03-05")]


def test_p14_a_sale_told_late_is_an_act_of_its_own_day(ana, clock):
    clock.move(START + 28 * DAY)
    ana.buy("10.00", sold_at=wire(START + 8 * DAY))
    assert expiring(ana) == [(110, "2026-03-13")]
    ana.buy("10.00", sold_at=wire(START + 2 * DAY))
    assert expiring(ana) == [(120, "2026-03-13")]


def test_p14_what_is_told_after_the_death_comes_too_late_for_what_died(ana, clock):
    clock.move(DEAD_AT + DAY)
    ana.buy("10.00", sold_at=wire(DEAD_AT - DAY))
    assert (ana.figures()[0], expiring(ana)) == (10, [(10, "2026-05-05")])
    assert ana.figures(DEAD_AT - INSTANT)[0] == 100


def test_p14_a_sale_told_so_late_that_it_could_not_keep_anything_alive_is_dead_at_once(make, clock):
    make.club(**{"unit.reward.expiry": {"inactive_months": 1}, "club.late_days": 90})
    ana = make.shopper()
    clock.move(START + 60 * DAY)
    ana.buy("10.00", sold_at=wire(START + DAY))
    assert (ana.figures()[0], expiring(ana)) == (0, [])


def test_p13_the_promise_is_that_of_the_last_act(make, clock):
    make.club(**IDLE)
    ana, ben = make.shopper(), make.shopper()
    ana.buy("100.00")
    ben.buy("100.00")
    make.club(in_force_from=START + 10 * DAY, **{"unit.reward.expiry": {"inactive_months": 1}})
    make.club(in_force_from=START + 40 * DAY, **{"unit.reward.expiry": "never"})
    clock.move(START + 12 * DAY)
    ben.redeem(1)
    assert (expiring(ana), expiring(ben)) == ([(100, "2026-03-05")], [(99, "2026-02-17")])
    clock.move(START + 42 * DAY)
    ben.buy("1.00")
    ana.buy("1.00")
    assert (expiring(ana), expiring(ben)) == ([], [])
    assert (ana.figures(START + 900 * DAY)[0], ben.figures(START + 900 * DAY)[0]) == (101, 99 + 1)


def test_points_that_never_died_keep_that_promise_until_their_member_acts_under_another(make, clock):
    make.club(**{"unit.reward.expiry": "never"})
    ana, ben = make.shopper(), make.shopper()
    ana.buy("100.00")
    ben.buy("100.00")
    make.club(in_force_from=START + DAY, **IDLE)
    clock.move(START + 3 * DAY)
    ben.buy("1.00")
    clock.move(START + 400 * DAY)
    make.run("jobs", "nightly")
    assert (ana.figures()[0], ben.figures()[0]) == (100, 0)


def test_lots_with_a_day_of_their_own_keep_it(make, clock):
    make.club(**{"unit.reward.expiry": {"months": 1}})
    make.club(in_force_from=START + DAY, **IDLE)
    ana = make.shopper()
    ana.buy("100.00")
    clock.move(START + 2 * DAY)
    ana.buy("10.00")
    assert expiring(ana) == [(100, "2026-02-05"), (10, "2026-03-07")]
    ana.redeem(105)
    assert expiring(ana) == [(5, "2026-03-07")]


def test_points_given_by_hand_to_somebody_idle_live_as_long_as_an_act_would_keep_them(ana, clock):
    clock.move(DEAD_AT + 10 * DAY)  # 16 March
    ana.adjust(30)
    assert expiring(ana) == [(30, "2026-05-16")]
    ana.buy("10.00")
    assert expiring(ana) == [(40, "2026-05-16")]
    clock.move(DEAD_AT + 20 * DAY)
    ana.redeem(35)
    assert expiring(ana) == [(5, "2026-05-26")]


def test_p9_what_is_given_back_to_somebody_idle_gets_the_days_of_grace(make, clock):
    make.club(**IDLE)
    ana = make.shopper()
    ana.buy("100.00")
    spent = ana.redeem(60)
    clock.move(DEAD_AT)
    ana.reverse(spent)
    assert expiring(ana) == [(60, "2026-03-26")]


def test_p12_what_is_passed_on_to_somebody_idle_does_not_die_on_the_way(make, clock):
    make.club(**IDLE, **{"unit.reward.transfer": {"member_day": 100}})
    ana, ben = make.shopper(), make.shopper()
    clock.move(DEAD_AT + DAY)
    ana.buy("100.00")
    pass_on(ana, ben, 40)
    assert (expiring(ana), expiring(ben)) == ([(60, "2026-05-07")], [(40, "2026-05-07")])


def test_p11_what_opens_for_somebody_idle_lives_from_that_day(make, clock):
    later = {"code": "later", "on": "purchase", "unit": "reward", "phase": "bonus", "earn": {"fixed": 7}}
    make.club(**IDLE, **{"rule[2]": later | {"from": {"days": 70}}})
    ana = make.shopper()
    ana.buy("100.00")
    opens = datetime(2026, 3, 16, tzinfo=UTC)
    assert (ana.figures(opens - INSTANT), ana.figures(opens)) == ((0, 0, 7, 0), (7, 0, 0, 0))
    clock.move(opens + DAY)
    make.run("jobs", "nightly")
    assert (ana.figures(), expiring(ana)) == ((7, 0, 0, 0), [(7, "2026-05-16")])


def test_p6_a_hold_outlives_its_lot_and_what_it_lets_go_dies(make, clock):
    make.club(**{"unit.reward.expiry": {"inactive_months": 1}})
    ana = make.shopper()
    clock.move(datetime(2026, 1, 31, 12, tzinfo=UTC))
    ana.buy("100.00")
    held = ana.hold(40, ends_in_seconds=30 * 24 * 3600)
    clock.move(datetime(2026, 3, 1, 12, tzinfo=UTC))  # dead since midnight
    assert ana.figures() == (0, 40, 0, 0)
    told = ana.capture(held, 10)
    assert told["balance"]["reward"] == {"available": 0, "held": 0, "pending": 0, "debt": 0}


def test_p8_an_act_of_somebody_who_owes_pays(make, clock):
    make.club(**IDLE)
    ana = make.shopper()
    sold = ana.buy("100.00")
    ana.redeem(100)
    ana.give_back(sold, amount="100.00")
    clock.move(DEAD_AT + DAY)
    assert ana.figures() == (0, 0, 0, 100)
    ana.adjust(30)
    ana.buy("80.00")
    assert (ana.figures(), expiring(ana)) == ((10, 0, 0, 0), [(10, "2026-05-07")])


def test_a_late_night_changes_nothing_that_anyone_can_see(ana, make, clock):
    ben = make.shopper()
    ben.buy("100.00")
    clock.move(DEAD_AT + 30 * DAY)
    ben.buy("1.00")  # its own writer books what died
    make.run("jobs", "nightly")
    make.run("jobs", "nightly")
    for at in (DEAD_AT - INSTANT, DEAD_AT, DEAD_AT + 29 * DAY):
        assert ana.figures(at) == ben.figures(at)
    died = [line for line in ben.look("/entries")["items"] if line["kind"] == "expire"]
    assert [(line["points"], line["happened_at"]) for line in died] == [(-100, wire(DEAD_AT))]
