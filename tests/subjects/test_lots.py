from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.calendar import FOREVER
from loyalty.errors import MOST_POINTS, InDebt, NotEnoughPoints, TooManyPoints
from loyalty.expiry import Expiry
from loyalty.ledger.lots import (
    DEBT,
    Account,
    Change,
    Hold,
    Lot,
    LotKey,
    Move,
    Pending,
    Portion,
    credit,
    pay_debt,
    pin,
    spend,
    spending_order,
    unpin,
)
from loyalty.ledger.undoing import give_back, take_back, withdraw_pending

MARCH, JUNE, NEVER = LotKey(date(2026, 3, 31)), LotKey(date(2026, 6, 30)), LotKey(FOREVER)
BONUS = LotKey(date(2026, 3, 31), "bonus")
DAY, NOON = date(2026, 1, 5), datetime(2026, 1, 5, 12, tzinfo=UTC)


def holding(lots, debt=0, **more):
    return Account("reward", {key: Lot(points) for key, points in lots.items()}, debt, **more)


def remaining(account):
    return {key: lot.remaining for key, lot in account.lots.items() if lot.remaining}


def moved(change):
    return [(move.lot, move.points) for move in change.moves]


def held(*pins, op_id=9):
    return Hold(op_id, sum(points for _, points in pins), NOON, tuple(Portion(*one) for one in pins), 1)


def part(points, op_id=1, part_no=1, day=20):
    return Pending(op_id, part_no, points, datetime(2026, 1, day, tzinfo=UTC), Expiry(never=True), 1)


@pytest.mark.parametrize(
    ("lots", "points", "expected"),
    [
        pytest.param({JUNE: 50, MARCH: 50}, 30, [(MARCH, -30)], id="first to expire pays first"),
        pytest.param({NEVER: 50, JUNE: 50}, 60, [(JUNE, -50), (NEVER, -10)], id="never-expiring pays last"),
        pytest.param({BONUS: 50, MARCH: 50}, 60, [(MARCH, -50), (BONUS, -10)], id="then by class"),
        pytest.param({MARCH: 50}, 50, [(MARCH, -50)], id="to the last point"),
    ],
)
def test_p4_the_lot_that_expires_first_pays(lots, points, expected):
    change = spend(holding(lots), points, "redeemed")
    assert moved(change) == expected
    assert change.account.balance == sum(lots.values()) - points


@pytest.mark.parametrize(
    ("account", "points", "refusal"),
    [
        pytest.param(holding({MARCH: 50}), 51, NotEnoughPoints, id="more than there is"),
        pytest.param(holding({}, debt=1), 1, InDebt, id="p8 in debt"),
        pytest.param(pin(holding({MARCH: 50}), held((MARCH, 1))), 50, NotEnoughPoints, id="held points"),
        pytest.param(holding({MARCH: 50}), MOST_POINTS + 1, TooManyPoints, id="n1 beyond the limit"),
    ],
)
def test_p8_what_cannot_be_spent_is_refused(account, points, refusal):
    with pytest.raises(refusal):
        spend(account, points, "redeemed")


def test_n1_a_credit_is_limited_too():
    assert credit(holding({}), MARCH, MOST_POINTS, "issued").account.available == MOST_POINTS
    with pytest.raises(TooManyPoints):
        credit(holding({}), MARCH, MOST_POINTS + 1, "issued")


@pytest.mark.parametrize(
    ("debt", "points", "moves", "after"),
    [
        pytest.param(0, 30, [(MARCH, 30)], (30, 0), id="no debt"),
        pytest.param(50, 30, [(MARCH, 30), (MARCH, -30), (DEBT, 30)], (0, 20), id="not enough to pay it"),
        pytest.param(20, 30, [(MARCH, 30), (MARCH, -20), (DEBT, 20)], (10, 0), id="more than enough"),
    ],
)
def test_p8_credits_pay_the_debt_first_and_the_moves_show_it(debt, points, moves, after):
    change = credit(holding({}, debt), MARCH, points, "issued", DAY)
    assert moved(change) == moves
    assert change.moves[0] == Move(MARCH, points, "issued", DAY)
    assert (change.account.available, change.account.debt) == after


def test_p8_nothing_to_pay_with_is_no_move():
    assert pay_debt(holding({}, debt=5)) == Change(holding({}, debt=5))
    assert pay_debt(holding({MARCH: 5})) == Change(holding({MARCH: 5}))


@pytest.mark.parametrize(
    ("captured", "alive_on", "debt", "moves", "after"),
    [
        pytest.param(70, date(2026, 3, 1), 0, [(MARCH, -50), (JUNE, -20)], (0, 0), id="all of it"),
        pytest.param(60, date(2026, 3, 1), 0, [(MARCH, -50), (JUNE, -10)], (10, 0), id="first to expire"),
        pytest.param(20, date(2026, 4, 1), 0, [(MARCH, -20), (MARCH, -30)], (20, 0), id="dead rest expires"),
        pytest.param(0, date(2026, 4, 1), 30, [(MARCH, -50), (JUNE, -20), (DEBT, 20)], (0, 10), id="debt"),
        pytest.param(0, date(2026, 3, 31), 0, [], (70, 0), id="the last day is alive"),
        pytest.param(70, date(2027, 1, 1), 5, [(MARCH, -50), (JUNE, -20)], (0, 5), id="dead is captured"),
    ],
)  # fmt: skip
def test_p6_a_hold_is_closed_in_part(captured, alive_on, debt, moves, after):
    hold = held((MARCH, 50), (JUNE, 20))
    account = pin(holding({MARCH: 50, JUNE: 20}), hold)._replace(debt=debt)
    change = unpin(account, hold, captured, alive_on)
    assert moved(change) == moves
    assert (change.account.available, change.account.debt) == after
    assert (change.account.held, change.account.holds) == (0, ())


def test_p6_pins_leave_what_can_be_spent_and_other_holds_alone():
    first, second = held((MARCH, 30), op_id=1), held((MARCH, 20), op_id=2)
    account = pin(pin(holding({MARCH: 60}), first), second)
    assert (account.available, account.held, account.balance) == (10, 50, 60)
    assert unpin(account, first, 30, DAY).account.holds == (second,)


@pytest.mark.parametrize(
    ("pending", "points", "taken", "left"),
    [
        pytest.param([part(40)], 15, [(1, 15)], [(1, 25)], id="a part of one"),
        pytest.param([part(40)], 50, [(1, 40)], [], id="no more than is pending"),
        pytest.param([part(40), part(30, part_no=2, day=25)], 35, [(2, 30), (1, 5)], [(1, 35)],
                     id="last to open first"),
        pytest.param([part(40, op_id=2)], 15, [], [(1, 40)], id="never another operation's"),
        pytest.param([part(40)], 0, [], [(1, 40)], id="nothing"),
    ],
)  # fmt: skip
def test_p7_pending_points_are_withdrawn_last_to_open_first(pending, points, taken, left):
    account, withdrawn = withdraw_pending(holding({}, pending=tuple(pending)), 1, points)
    assert [(one.part_no, one.points) for one in withdrawn] == taken
    assert [(one.part_no, one.points) for one in account.pending] == left
    assert account.promised == sum(points for _, points in left)


@pytest.mark.parametrize(
    ("lots", "points", "own", "moves"),
    [
        pytest.param({MARCH: 50, JUNE: 50}, 30, [JUNE], [(JUNE, -30)], id="its own lot first"),
        pytest.param({MARCH: 50, JUNE: 10}, 30, [JUNE], [(JUNE, -10), (MARCH, -20)], id="then others"),
        pytest.param({MARCH: 50}, 30, [JUNE], [(MARCH, -30)], id="its own is empty"),
        pytest.param({MARCH: 5}, 30, [MARCH], [(MARCH, -5), (DEBT, -25)], id="then a debt"),
        pytest.param({}, 30, [MARCH], [(DEBT, -30)], id="all is owed"),
        pytest.param({MARCH: 5}, 30, [MARCH, MARCH], [(MARCH, -5), (DEBT, -25)], id="one lot given twice"),
    ],
)  # fmt: skip
def test_p7_a_return_takes_its_own_lot_then_others_then_a_debt(lots, points, own, moves):
    change = take_back(holding(lots), points, own, clamp=False, counts_on=DAY)
    assert moved(change) == moves
    assert {move.counts_on for move in change.moves} == {DAY}
    assert change.account.balance == sum(lots.values()) - points


def test_p7_a_clamped_return_records_what_was_not_there():
    change = take_back(holding({MARCH: 5}), 30, [MARCH], clamp=True, counts_on=DAY)
    assert moved(change) == [(MARCH, -5), (DEBT, -25), (DEBT, 25)]  # owed, and forgiven at once
    assert [move.counts_on for move in change.moves] == [DAY, DAY, None]
    assert (change.shortfall, change.account.debt) == (25, 0)


def test_p7_held_points_are_never_taken():
    account = pin(holding({MARCH: 50}), held((MARCH, 40)))
    change = take_back(account, 30, [MARCH], clamp=False, counts_on=DAY)
    assert moved(change) == [(MARCH, -10), (DEBT, -20)]
    assert change.account.held == 40


@pytest.mark.parametrize(
    ("today", "debt", "moves"),
    [
        pytest.param(date(2026, 3, 31), 0, [(JUNE, 10), (MARCH, 20)], id="alive: to where they were"),
        pytest.param(date(2026, 4, 1), 0, [(JUNE, 10), (NEVER, 20)], id="dead: to the days of grace"),
        pytest.param(date(2026, 3, 31), 25, [(JUNE, 10), (MARCH, 20), (MARCH, -20), (JUNE, -5), (DEBT, 25)],
                     id="then the debt is paid"),
    ],
)  # fmt: skip
def test_p9_points_go_back_to_their_lots_and_then_pay_the_debt(today, debt, moves):
    portions = [Portion(JUNE, 10), Portion(MARCH, 20)]
    change = give_back(holding({}, debt), portions, today, NEVER)
    assert moved(change) == moves


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["credit", "spend", "hold", "close", "return"]),
        st.integers(1, 60),
        st.sampled_from([MARCH, BONUS, JUNE, NEVER]),
    ),
    max_size=25,
)


def act(account, kind, points, lot):
    """One act, or nothing where it is refused."""
    if kind == "credit":
        return credit(account, lot, points, "issued")
    if kind == "return":
        return take_back(account, points, [lot, lot], clamp=points % 2 == 0, counts_on=DAY)
    if kind == "close":
        return (
            unpin(account, account.holds[0], points % 20, date(2026, 4, 1))
            if account.holds
            else Change(account)
        )
    if account.debt or account.available < points:
        return Change(account)
    if kind == "spend":
        return spend(account, points, "redeemed")
    pins = [(key, min(left, points)) for key, left in spending_order(account)[:1]]
    return Change(pin(account, held(*pins, op_id=max((hold.op_id for hold in account.holds), default=0) + 1)))


@given(ACTS)
def test_no_lot_falls_below_nothing_and_the_moves_tell_the_balance(acts):
    account = holding({})
    for kind, points, lot in acts:
        change = act(account, kind, points, lot)
        assert change.account.balance == account.balance + sum(points for _, points in moved(change))
        account = change.account
        assert all(lot.remaining >= 0 <= lot.held for lot in account.lots.values())
        assert not (account.debt and account.available)
        assert account.held == sum(hold.points for hold in account.holds)
