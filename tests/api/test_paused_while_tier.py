"""Points of which none dies while a tier is held (`paused_while_tier = ["gold"]`)."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.clocks import START
from tests.makers import wire

DAY, INSTANT = timedelta(days=1), timedelta(microseconds=1)
CLIMB = {"code": "climb", "on": "purchase", "unit": "status", "earn": {"points": 1, "per": "1.00"}}
KEPT = {
    "unit.reward.expiry": {"days": 30},
    "unit.reward.paused_while_tier": ["gold"],
    "rule[2]": CLIMB,
    "terms.measure": {"earned": "status", "window": {"days": 30}},
    "terms.length": {"months": 6},
}
GOLD_ENDS = datetime(2026, 7, 6, 23, tzinfo=UTC)  # a lift on 6 January, six months: Lisbon's summer midnight


@pytest.fixture(autouse=True)
def books_balance(make):
    """Whatever a test here does, the books keep every law."""
    yield
    make.run("ledger", "verify")


@pytest.fixture
def ana(make, clock):
    """Gold since 6 January with 2,100 points: 100 past their day since 4 February, the rest a day later."""
    make.club(**KEPT)
    ana = make.shopper()
    ana.buy("100.00")
    clock.move(START + DAY)
    ana.buy("2000.00")
    return ana


def unit(shopper, at=None):
    return shopper.look("/balance", at)["units"]["reward"]


def test_nothing_dies_while_the_tier_is_held_and_no_day_is_shown(ana, clock):
    assert (unit(ana)["paused"], unit(ana)["expiring"], unit(ana, START)["paused"]) == (True, [], False)
    assert ana.figures(GOLD_ENDS - INSTANT)[0] == 2100
    clock.move(START + 100 * DAY)
    ana.redeem(50)
    assert ana.figures() == (2050, 0, 0, 0)
    ana.reverse(ana.redeem(2050), 2050)
    assert ana.figures() == (2050, 0, 0, 0)


def test_what_is_past_its_day_dies_at_the_instant_the_tier_ends(ana, make, clock):
    assert (ana.figures(GOLD_ENDS)[0], unit(ana, GOLD_ENDS)["paused"]) == (0, False)
    clock.move(GOLD_ENDS + 3 * DAY)
    make.run("jobs", "nightly")
    assert ana.look("/tier")["tier"] == "silver"
    last, first = ana.look("/entries")["items"][:2]
    assert {last["happened_at"], first["happened_at"]} == {wire(GOLD_ENDS)}
    assert {last["points"], first["points"]} == {-100, -2000}
    assert (ana.figures(GOLD_ENDS - INSTANT)[0], ana.figures(GOLD_ENDS)[0]) == (2100, 0)


def test_what_still_has_its_day_before_it_lives_to_that_day(ana, clock):
    clock.move(GOLD_ENDS - 10 * DAY)
    ana.buy("10.00")
    assert (ana.figures(GOLD_ENDS)[0], unit(ana, GOLD_ENDS)["expiring"]) == (
        10,
        [{"points": 10, "last_day": "2026-07-27", "expires_at": "2026-07-27T23:00:00Z"}],
    )
    assert ana.figures(GOLD_ENDS + 21 * DAY)[0] == 0


def test_a_late_night_changes_nothing_that_anyone_can_see(ana, make, clock):
    clock.move(GOLD_ENDS + 40 * DAY)
    seen = [ana.figures(at) for at in (GOLD_ENDS - INSTANT, GOLD_ENDS, clock.now())]
    ana.buy("5.00")
    make.run("jobs", "nightly")
    assert [ana.figures(at) for at in (GOLD_ENDS - INSTANT, GOLD_ENDS)] == seen[:2]
    assert ana.figures()[0] == 5


def test_what_died_before_the_tier_came_stays_dead(make, clock):
    make.club(**KEPT)
    ana = make.shopper()
    ana.buy("100.00")
    clock.move(datetime(2026, 2, 5, tzinfo=UTC))  # the very midnight at which they die
    ana.buy("2000.00")
    assert ana.figures()[0] == 2000


def test_a_lift_on_the_last_day_saves_them(make, clock):
    make.club(**KEPT)
    ana = make.shopper()
    ana.buy("100.00")
    clock.move(datetime(2026, 2, 5, tzinfo=UTC) - INSTANT)
    ana.buy("2000.00")
    assert ana.figures(START + 100 * DAY)[0] == 2100


def test_t8_a_tier_given_by_hand_keeps_and_one_taken_by_hand_ends_it(make, clock):
    make.club(**KEPT)
    ana = make.shopper()
    ana.buy("100.00")
    ana.given("gold", START + 90 * DAY)
    clock.move(START + 60 * DAY)
    assert ana.figures()[0] == 100
    ana.given("silver", START + 70 * DAY)
    assert ana.figures() == (0, 0, 0, 0)
    line = ana.look("/entries")["items"][0]
    assert (line["kind"], line["points"], line["happened_at"]) == ("expire", -100, wire(clock.now()))


def test_t5_a_fall_at_once_ends_it_at_once(make, clock):
    make.club(**KEPT | {"terms.measure": {"balance": "status"}, "terms.when": "at_once"})
    ana = make.shopper()
    ana.buy("100.00")
    ana.adjust(2000, "status")
    clock.move(START + 60 * DAY)
    assert ana.figures()[0] == 100
    told = ana.adjust(-2000, "status")
    assert (told["tier"], told["balance"]["reward"]["available"]) == ("silver", 0)


def test_a_measure_that_dies_with_the_tier_is_reviewed_with_it(make, clock):
    """N7: the review at the instant of the end still sees what only then dies."""
    make.club(
        **KEPT | {"terms.measure": {"balance": "reward"}, "tier[1].attain": 2000, "tier[1].retain": 1500},
    )
    ana = make.shopper()
    ana.buy("2000.00")
    clock.move(START + 300 * DAY)
    assert (ana.look("/tier")["tier"], ana.figures()[0]) == ("gold", 2000)


def test_p6_a_hold_let_go_while_the_tier_is_held_comes_back(ana, clock):
    clock.move(START + 100 * DAY)
    held = ana.hold(2100)
    ana.void(held)
    assert ana.figures() == (2100, 0, 0, 0)
    held = ana.hold(2100, ends_in_seconds=30 * 24 * 3600)
    assert ana.figures(clock.now() + 40 * DAY) == (2100, 0, 0, 0)


def test_p6_a_hold_that_outlives_the_tier_lets_go_of_the_dead(ana, clock):
    clock.move(GOLD_ENDS - DAY)
    held = ana.hold(500, ends_in_seconds=20 * 24 * 3600)
    clock.move(GOLD_ENDS + DAY)
    assert ana.figures() == (0, 500, 0, 0)
    ana.capture(held, 200)
    assert ana.figures() == (0, 0, 0, 0)


def test_p8_a_debt_is_paid_from_what_a_tier_keeps_alive(ana, clock):
    """Debt and points past their day never stand side by side."""
    sold = ana.buy("50.00")
    ana.redeem(ana.figures()[0])
    clock.move(START + 80 * DAY)
    ana.buy("20.00")
    spent = ana.redeem(20)
    ana.give_back(sold, amount="50.00")
    assert ana.figures() == (0, 0, 0, 50)
    ana.reverse(spent)
    assert ana.figures() == (0, 0, 0, 30)


def test_the_promise_is_that_of_the_edition_under_which_the_term_began(make, clock):
    make.club(**KEPT)
    ana, ben = make.shopper(), make.shopper()
    ana.buy("2000.00")
    ben.buy("100.00")
    make.club(in_force_from=START + DAY, **KEPT | {"unit.reward.paused_while_tier": ["silver"]})
    clock.move(START + 60 * DAY)
    assert (ana.figures()[0], ben.figures()[0]) == (2000, 0)
    ben.buy("3.00")
    assert unit(ben)["paused"] is False  # joined, and stays, under the first edition
    ends = datetime(2026, 7, 5, 23, tzinfo=UTC)
    assert (ana.figures(ends - INSTANT)[0], ana.figures(ends)[0]) == (2000, 2000)  # silver keeps them now
    assert unit(ana, ends)["paused"] is True


def test_the_tier_pauses_death_by_inactivity_too(make, clock):
    make.club(**KEPT | {"unit.reward.expiry": {"inactive_months": 1}})
    ana = make.shopper()
    ana.buy("2000.00")
    ends = datetime(2026, 7, 5, 23, tzinfo=UTC)
    assert (ana.figures(ends - INSTANT)[0], ana.figures(ends)[0]) == (2000, 0)
    clock.move(ends - 10 * DAY)
    ana.redeem(1)
    assert (ana.figures(ends)[0], ana.figures(ends + 40 * DAY)[0]) == (1999, 0)
    clock.move(ends + 50 * DAY)
    ana.buy("1.00")
    died = next(line for line in ana.look("/entries")["items"] if line["kind"] == "expire")
    assert (died["points"], died["reasons"]) == (-1999, {"inactive_since": "2026-06-26"})
