"""What must hold of an account whatever was decided, judged in memory: laws 1, 2, 4 and 6. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from loyalty.ledger.lots import DEBT, Account, LotKey, Move
from loyalty.ledger.operations import Operation

Broken = tuple[str, str]  #: the law, and what breaks it


def of_account(account: Account) -> Iterator[Broken]:
    """Nothing is negative, nobody owes and could pay, and what lots hold is what open holds pin."""
    held: dict[LotKey, int] = {}
    for key, lot in account.lots.items():
        if lot.remaining < 0 or lot.held < 0 or key.kind == DEBT.kind:
            yield "4", f"{account.unit}: {_named(key)} has {lot.remaining} remaining, {lot.held} held"
        if lot.held:
            held[key] = lot.held
    if account.debt < 0 or (account.debt and account.available):
        yield "4", f"{account.unit}: {account.debt} owed beside {account.available} to pay it with"
    if not held and not account.holds:
        return
    pinned: dict[LotKey, int] = defaultdict(int)
    for pin in (pin for hold in account.holds for pin in hold.pins):
        pinned[pin.lot] += pin.points
    for key in sorted(held.keys() | pinned.keys()):
        if held.get(key, 0) != pinned[key]:
            yield "1", f"{account.unit}: {_named(key)} holds {held.get(key, 0)}, holds pin {pinned[key]}"


def of_moves(before: Account, after: Account, moves: Iterable[Move]) -> Iterator[Broken]:
    """Every lot, and the debt, is what it was and what the entries to be move; none moves nothing, all count.

    So the running balance of the last entry is what the account then holds, less what it owes.
    """
    moved: dict[LotKey, int] = defaultdict(int)
    seq = before.version
    for move in moves:
        seq += 1
        if not move.points:
            yield "4", f"{after.unit}: an entry of {_named(move.lot)} moves nothing"
        moved[move.lot] += move.points
    if seq != after.version:
        yield "2", f"{after.unit}: its last entry is {after.version}, and should be {seq}"
    unmoved = {key: lot.remaining + lot.held for key, lot in after.lots.items()}
    for key, lot in before.lots.items():
        unmoved[key] = unmoved.get(key, 0) - lot.remaining - lot.held
    for key, points in moved.items():
        if key != DEBT:
            unmoved[key] = unmoved.get(key, 0) - points
    for key in sorted([key for key, points in unmoved.items() if points]):
        was, now = _whole(before, key), _whole(after, key)
        yield "2", f"{after.unit}: {_named(key)} had {was}, entries move {moved[key]}, it has {now}"
    if before.debt - moved[DEBT] != after.debt:
        yield "1", f"{after.unit}: owed {before.debt}, entries move {moved[DEBT]}, owed {after.debt}"


def of_closings(before: Mapping[str, Account], operations: Sequence[Operation]) -> Iterator[Broken]:
    """Nothing captures more than is held, nor what is not."""
    held = {hold.op_id: hold.points for account in before.values() for hold in account.holds}
    held |= {taken.takes[1].op_id: taken.takes[1].points for taken in operations if taken.takes}
    for closing in (operation.closes for operation in operations if operation.closes):
        if not 0 <= closing.captured <= held.get(closing.op_id, -1):
            yield "6", f"{closing.unit}: {closing.captured} captured of {held.get(closing.op_id, 'no hold')}"


def _whole(account: Account, key: LotKey) -> int:
    lot = account.lots.get(key)
    return lot.remaining + lot.held if lot else 0


def _named(key: LotKey) -> str:
    return f"lot {key.last_day} {key.kind}"
