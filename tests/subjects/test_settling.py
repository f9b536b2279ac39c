from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from loyalty.calendar import FOREVER
from loyalty.expiry import Expiry
from loyalty.ledger.lots import DEBT, Account, Hold, Lot, LotKey, Pending, Portion
from loyalty.ledger.operations import Operation, Part, tally_of
from loyalty.ledger.settling import next_due, settle

SHANGHAI = ZoneInfo("Asia/Shanghai")
LAST = date(2026, 1, 20)
LOT, LATER, NEVER = LotKey(LAST), LotKey(date(2026, 2, 20)), LotKey(FOREVER)
MIDNIGHT = datetime(2026, 1, 20, 16, tzinfo=UTC)  #: the end of the 20th in Shanghai
EVENING = MIDNIGHT - timedelta(hours=1)
FOR_EVER, A_MONTH = Expiry(never=True), Expiry(months=1)


def hold(points, ends_at=MIDNIGHT, lot=LOT, op_id=5):
    return Hold(op_id, points, ends_at, (Portion(lot, points),), 1)


def pending(points, opens_at=MIDNIGHT, expiry=FOR_EVER, op_id=6, part_no=1):
    return Pending(op_id, part_no, points, opens_at, expiry, 1)


def told(steps):
    return [(step.kind, step.points, [(move.lot, move.points) for move in step.moves]) for step in steps]


@pytest.mark.parametrize(
    ("account", "due"),
    [
        pytest.param(Account("reward"), None, id="nothing to come"),
        pytest.param(Account("reward", {NEVER: Lot(5)}), None, id="never-expiring"),
        pytest.param(Account("reward", {LOT: Lot(5), LATER: Lot(5)}), MIDNIGHT, id="the first lot dies"),
        pytest.param(Account("reward", {LOT: Lot(0, 5)}, holds=(hold(5, EVENING),)), EVENING, id="hold"),
        pytest.param(Account("reward", {LOT: Lot(5)}, pending=(pending(5, EVENING),)), EVENING, id="opens"),
    ],
)  # fmt: skip
def test_p5_the_clock_next_changes_an_account_at(account, due):
    assert next_due(account, SHANGHAI) == due


@pytest.mark.parametrize("at", [EVENING, MIDNIGHT - timedelta(microseconds=1)])
def test_n5_a_lot_lives_through_its_last_local_day(at):
    account = Account("reward", {LOT: Lot(50)})
    assert settle(account, at, SHANGHAI) == (account, ())
    after, steps = settle(account, MIDNIGHT, SHANGHAI)
    assert (after.available, told(steps)) == (0, [("expire", 50, [(LOT, -50)])])


def test_p11_pending_opens_into_a_lot_that_counts_from_that_day():
    account = Account("reward", pending=(pending(40, expiry=A_MONTH), pending(7, MIDNIGHT + timedelta(1))))
    after, steps = settle(account, MIDNIGHT, SHANGHAI)
    assert told(steps) == [("open", 40, [(LotKey(date(2026, 2, 21)), 40)])]
    assert steps[0].moves[0].counts_on == date(2026, 1, 21)
    assert (after.available, after.promised) == (40, 7)


def test_n7_holds_end_then_pending_opens_then_debt_is_paid_then_lots_die():
    account = Account(
        "reward", {LOT: Lot(0, 100)}, debt=30, holds=(hold(100),), pending=(pending(10, op_id=7), pending(5))
    )
    after, steps = settle(account, MIDNIGHT, SHANGHAI)
    assert told(steps) == [
        ("release", 100, []),
        ("open", 5, [(NEVER, 5)]),
        ("open", 10, [(NEVER, 10), (LOT, -30), (DEBT, 30)]),
        ("expire", 70, [(LOT, -70)]),
    ]
    assert (after.available, after.held, after.debt) == (15, 0, 0)


@pytest.mark.parametrize("before", [0, 30])
def test_i1_what_a_policy_lowers_beyond_what_is_there_is_owed(before):
    lowered = replace(pending(-100), contra="position")
    account = Account("status", {} if before else {NEVER: Lot(20)}, debt=before, pending=(lowered,))
    after, steps = settle(account, MIDNIGHT, SHANGHAI)
    owed = -sum(move.points for step in steps for move in step.moves if move.lot == DEBT)
    assert (after.available, after.debt) == (0, before + owed) == (0, 130 if before else 80)


def test_p6_a_hold_that_outlived_its_lot_releases_nothing_even_in_debt():
    account = Account(
        "reward", {LOT: Lot(0, 100)}, debt=30, holds=(hold(100, MIDNIGHT + timedelta(hours=1)),)
    )
    after, steps = settle(account, MIDNIGHT + timedelta(hours=1), SHANGHAI)
    assert told(steps) == [("release", 100, [(LOT, -100)])]
    assert (after.available, after.held, after.debt) == (0, 0, 30)


def test_p6_holds_end_in_the_order_of_their_time():
    holds = (
        hold(10, MIDNIGHT, LATER, op_id=9),
        hold(20, EVENING, LATER, op_id=10),
        hold(5, MIDNIGHT + timedelta(1), LATER, op_id=11),
    )
    account = Account("reward", {LATER: Lot(0, 35)}, holds=holds)
    after, steps = settle(account, MIDNIGHT, SHANGHAI)
    assert [(step.points, step.hold and step.hold.op_id) for step in steps] == [(20, 10), (10, 9)]
    assert (after.available, after.held) == (30, 5)


def test_p5_settled_twice_is_settled_once():
    account = Account("reward", {LOT: Lot(50)}, pending=(pending(10),))
    after, _ = settle(account, MIDNIGHT, SHANGHAI)
    assert settle(after, MIDNIGHT, SHANGHAI) == (after, ())


def test_the_tally_counts_what_has_a_day():
    account = Account("reward", {LOT: Lot(50)})
    _, steps = settle(account, MIDNIGHT, SHANGHAI)
    opened = settle(Account("reward", pending=(pending(40),)), MIDNIGHT, SHANGHAI)[1]
    parts = (
        Part("reward", 50, steps[0].moves),
        Part("reward", 40, opened[0].moves),
    )
    operation = Operation(1, "return", 1, MIDNIGHT, parts)
    assert tally_of((operation,)) == {("reward", date(2026, 1, 21)): 40}
    assert operation.points == {"reward": 40}
