"""What was decided is held against the laws before it is written: laws 1, 2, 4 and 6."""

from datetime import UTC, date, datetime

import pytest

from loyalty.ledger import soundness
from loyalty.ledger.lots import DEBT, Account, Hold, Lot, LotKey, Move, Portion
from loyalty.ledger.operations import HoldClosing, Operation

LOT, NOW = LotKey(date(2026, 1, 20)), datetime(2026, 1, 5, tzinfo=UTC)
PINNED = Hold(5, 30, NOW, (Portion(LOT, 30),), 1)
EMPTY = Account("reward")


def holding(remaining=0, held=0, **more):
    return Account("reward", {LOT: Lot(remaining, held)}, **more)


def codes(broken):
    return [law for law, _ in broken]


@pytest.mark.parametrize(
    ("account", "laws"),
    [
        (holding(70, 30, holds=(PINNED,)), []),
        (Account("reward", debt=5), []),
        (holding(-1), ["4"]),
        (Account("reward", {DEBT: Lot(1)}), ["4"]),
        (Account("reward", debt=-1), ["4"]),
        (holding(1, debt=1), ["4"]),
        (holding(70, 20, holds=(PINNED,)), ["1"]),
        (Account("reward", holds=(PINNED,)), ["1"]),
    ],
)
def test_an_account_is_whole_and_holds_what_is_pinned(account, laws):
    assert codes(soundness.of_account(account)) == laws


@pytest.mark.parametrize(
    ("after", "moves", "laws"),
    [
        (holding(10), [Move(LOT, 10, "issued")], []),
        (Account("reward", debt=3), [Move(DEBT, -3, "returned")], []),
        (EMPTY, [Move(LOT, 0, "issued")], ["4"]),
        (holding(11), [Move(LOT, 10, "issued")], ["2"]),
        (EMPTY, [Move(LOT, 10, "issued")], ["2"]),
        (Account("reward", debt=4), [Move(DEBT, -3, "returned")], ["1"]),
    ],
)
def test_entries_come_to_what_changed(after, moves, laws):
    after = after._replace(version=len(moves))
    assert codes(soundness.of_moves(EMPTY, after, moves)) == laws


def test_every_entry_counts_in_its_account():
    """Two that cancel out leave nothing but the number of the last one."""
    moves = [Move(LOT, 10, "issued"), Move(LOT, -10, "returned")]
    for version, laws in ((2, []), (1, ["2"]), (0, ["2"])):
        assert codes(soundness.of_moves(EMPTY, EMPTY._replace(version=version), moves)) == laws


@pytest.mark.parametrize(("captured", "laws"), [(0, []), (30, []), (31, ["6"]), (-1, ["6"])])
def test_a_capture_takes_no_more_than_is_held(captured, laws):
    closing = Operation(6, "capture", 1, NOW, closes=HoldClosing(5, "reward", "captured", captured))
    assert codes(soundness.of_closings({"reward": holding(70, 30, holds=(PINNED,))}, [closing])) == laws
    assert codes(soundness.of_closings({"reward": EMPTY}, [closing])) == ["6"]
