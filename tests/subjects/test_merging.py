"""An account given up for another one, and undone (M6)."""

from datetime import UTC, date, datetime

from loyalty.ledger.lots import DEBT, Account, Hold, Lot, LotKey, Move, Portion
from loyalty.ledger.merging import empty, give_up, reversed_of, take_in, take_over

JUNE, MARCH = LotKey(date(2026, 6, 30)), LotKey(date(2026, 3, 31))
HOLD = Hold(7, 30, datetime(2026, 1, 5, tzinfo=UTC), (Portion(MARCH, 20), Portion(JUNE, 10)), 1)


def account(debt=0, **lots):
    return Account("reward", {key: Lot(*lot) for key, lot in lots.pop("lots", {}).items()}, debt)


def test_m6_what_is_given_up_is_taken_in_with_its_dates_and_pays_what_is_owed():
    gone = empty(account(lots={MARCH: (20, 0), JUNE: (50, 5)}), "merged")
    assert gone.account.lots == {JUNE: Lot(0, 5)}
    taken = take_in(account(debt=30), gone.moves)
    assert (taken.account.lots, taken.account.debt) == ({JUNE: Lot(40)}, 0)
    assert sum(move.points for move in (*gone.moves, *taken.moves)) == 0


def test_m6_what_the_one_owes_the_other_pays_and_an_undoing_owes_it_again():
    gone = empty(account(debt=30), "merged")
    taken = take_in(account(lots={JUNE: (100, 0)}), gone.moves)
    assert (gone.account.debt, taken.account.lots) == (0, {JUNE: Lot(70)})
    back = reversed_of(taken.account, taken.moves, frozenset())
    again = reversed_of(gone.account, gone.moves, frozenset())
    assert back is not None
    assert again is not None
    assert (back.account.lots, again.account.debt) == ({JUNE: Lot(100)}, 30)
    assert sum(move.points for move in (*back.moves, *again.moves)) == 0


def test_m6_a_hold_keeps_its_pins_and_pays_no_debt():
    held = give_up(account(lots={MARCH: (0, 20), JUNE: (5, 10)}), HOLD)
    assert held.account.lots == {JUNE: Lot(5)}
    taken = take_over(account(debt=8), HOLD)
    assert (taken.account.lots, taken.account.debt) == ({MARCH: Lot(0, 20), JUNE: Lot(0, 10)}, 8)
    assert taken.account.holds == (HOLD,)


def test_m6_nothing_is_undone_that_is_not_there():
    moves = (Move(JUNE, 50, "merged"),)
    assert reversed_of(account(lots={JUNE: (49, 0)}), moves, frozenset()) is None
    assert reversed_of(account(), moves, frozenset({JUNE})) is not None
    assert reversed_of(account(debt=5), (Move(DEBT, -9, "merged"),), frozenset()) is None
