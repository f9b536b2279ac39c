"""What must hold between an account, its lots, its entries and what is promised: laws 1 to 4."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import BigInteger, Select, String, and_, case, cast, func, literal, or_, select, true

from loyalty.fingerprint import steps
from loyalty.law import (
    Law,
    Probe,
    alike,
    cell_of,
    each_of,
    equal,
    items_of,
    nil,
    none_of,
    of_all,
    where_not,
)
from loyalty.ledger.models import Account, Entry, Hold, Lot, Operation, OperationPart, Pending
from loyalty.tables import Base

_ACCOUNT = (Account.member_id, Account.unit)
_LOT = (Lot.member_id, Lot.unit)
_ENTRY = (Entry.member_id, Entry.unit)
_PIN = ("day", "kind")  #: what the first cells of a pin name: its lot
_CLEARING = ("debt", "transferred", "merged")  #: contras whose two sides are both ours


def pins(*keys: Any) -> Select[Any]:
    """The pins of holds as rows: the keys (a number is a cell of the pin), then the points set aside."""
    pin = items_of(Hold.pins, "pin")
    texts = [cell_of(pin, key).label(_PIN[key]) if isinstance(key, int) else key for key in keys]
    return select(*texts, cell_of(pin, 2, BigInteger)).select_from(Hold).join(pin, true())


def _debt() -> Select[Any]:
    return select(*_ENTRY, -Entry.points).where(Entry.kind == "debt")


def _promised() -> Select[Any]:
    left = Pending.points - Pending.taken_back
    return select(Pending.member_id, Pending.unit, left).where(Pending.state == "pending", Pending.points > 0)


def _lowering() -> Select[Any]:
    mine = (Pending.state == "pending", Pending.points < 0)
    return select(Pending.member_id, Pending.unit, -Pending.points).where(*mine)


LAW_1 = Law(
    "1",
    "available, held, debt and pending are the sums of lots, open holds, debt entries and open promises",
    (Account, Lot, Hold, Pending),
    (
        alike(Account, "available", select(*_ACCOUNT, Account.available), select(*_LOT, Lot.remaining)),
        alike(Account, "held", select(*_ACCOUNT, Account.held), select(*_LOT, Lot.held)),
        alike(
            Lot,
            "held by open holds",
            select(*_LOT, cast(Lot.expires_on, String).label("expires_on"), Lot.kind, Lot.held),
            pins(Hold.member_id, Hold.unit, 0, 1).where(Hold.state == "open"),
        ),
        alike(Account, "debt", select(*_ACCOUNT, Account.debt), _debt()),
        alike(Account, "pending", select(*_ACCOUNT, Account.pending), _promised()),
        alike(Account, "lowering", select(*_ACCOUNT, Account.lowering), _lowering()),
    ),
)


def _of_lot(table: type[Lot] | type[Entry]) -> tuple[Any, ...]:
    return table.member_id, table.unit, table.expires_on, table.kind


def _misplaced() -> Select[Any]:
    """Entries whose number or running balance does not follow from those before."""
    numbered = select(
        *_ENTRY,
        Entry.seq,
        Entry.balance_after,
        func.row_number().over(partition_by=_ENTRY, order_by=Entry.seq).label("place"),
        func.sum(Entry.points).over(partition_by=_ENTRY, order_by=Entry.seq).label("running"),
    ).subquery()
    row = numbered.c
    return (
        select(numbered)
        .where(or_(row.seq != row.place, row.balance_after != row.running))
        .order_by(row.member_id, row.unit, row.seq)
    )


#: Each entry is a step from one number and balance to the next, from nil to what the account says.
_AS_ACCOUNTS_SAY = equal(
    steps(
        select(Entry.seq),
        (*_ENTRY, Entry.seq - 1, Entry.balance_after - Entry.points),
        (*_ENTRY, Entry.seq, Entry.balance_after),
    ),
    steps(
        select(Account.version),
        (*_ACCOUNT, literal(0), literal(0)),
        (*_ACCOUNT, Account.version, Account.available + Account.held - Account.debt),
    ),
)

LAW_2 = Law(
    "2",
    "each lot is the sum of its entries; entries are numbered without a gap, each with the running balance",
    (Lot, Entry),
    (
        alike(
            Lot,
            "points",
            select(*_of_lot(Lot), Lot.remaining + Lot.held),
            select(*_of_lot(Entry), Entry.points).where(Entry.kind != "debt"),
        ),
        where_not(
            _AS_ACCOUNTS_SAY,
            each_of(
                Entry,
                _misplaced(),
                "it is entry {place} with balance {balance_after}; the entries come to {running}",
            ),
        ),
        alike(
            Account,
            "version, the number of entries",
            select(*_ACCOUNT, Account.version),
            select(*_ENTRY, literal(1)),
        ),
    ),
)


def _opened() -> Select[Any]:
    left = func.abs(Pending.points) - Pending.taken_back
    return select(Pending.member_id, Pending.opened_by.label("op_id"), Pending.unit, left).where(
        Pending.state == "opened"
    )


def _openings() -> Select[Any]:
    part, head = OperationPart, Operation
    return (
        select(part.member_id, part.op_id, part.unit, part.points)
        .join(head, and_(head.member_id == part.member_id, head.op_id == part.op_id))
        .where(head.kind == "open")
    )


def _cleared(table: type[Base], contras: Collection[str], detail: str, *keys: Any) -> Probe:
    """A probe that clearing accounts come to nil for each key."""
    total, ours = func.sum(Entry.points), Entry.contra.in_(contras)
    sums = select(*keys, Entry.contra, total.label("total")).where(ours).group_by(*keys, Entry.contra)
    uncleared = sums.having(total != 0).order_by(*keys, Entry.contra)
    moved = select(*keys, Entry.contra, Entry.points).where(ours)
    return where_not(nil(moved), each_of(table, uncleared, detail))


LAW_3 = Law(
    "3",
    "per unit the books balance: what came in is held, spent, expired or taken back; clearing comes to nil",
    (Account, Entry, Pending),
    (
        alike(
            Account,
            "balances",
            select(Account.unit, Account.available + Account.held - Account.debt),
            select(Entry.unit, Entry.points),
        ),
        of_all(_cleared(Entry, _CLEARING, "contra {contra} comes to {total}", Entry.unit)),
        _cleared(
            OperationPart,
            ("debt",),
            "contra {contra} comes to {total}",
            *(Entry.member_id, Entry.op_id, Entry.unit),
        ),
        of_all(
            _cleared(
                OperationPart,
                ("transferred",),
                "what was passed on and what was received differ by {total}",
                *(Entry.op_id, Entry.unit),
            )
        ),
        alike(OperationPart, "opened", _opened(), _openings()),
    ),
)

_BELOW_NIL = case(
    (Account.available < 0, "available"),
    (Account.held < 0, "held"),
    (Account.debt < 0, "debt"),
    (Account.pending < 0, "pending"),
    (Account.lowering < 0, "lowering"),
    (and_(Account.debt > 0, Account.available > 0), "debt beside points that could pay it"),
)
_MAGNITUDES = (
    OperationPart.points,
    OperationPart.undone,
    OperationPart.withdrawn,
    OperationPart.shortfall,
)
LAW_4 = Law(
    "4",
    "nothing is negative, no entry moves nothing, nobody owes and could pay",
    (Account, Lot, Entry, Hold, OperationPart),
    (
        none_of(
            Account, select(*_ACCOUNT, _BELOW_NIL.label("what")).where(_BELOW_NIL.is_not(None)), "{what}"
        ),
        none_of(
            Lot,
            select(Lot.member_id, Lot.unit, Lot.expires_on, Lot.kind, Lot.remaining, Lot.held).where(
                or_(Lot.remaining < 0, Lot.held < 0, Lot.kind == "debt")
            ),
            "{remaining} remaining, {held} held",
        ),
        none_of(Entry, select(*_ENTRY, Entry.seq).where(Entry.points == 0), "it moves nothing"),
        none_of(
            Hold,
            select(Hold.member_id, Hold.op_id, Hold.points, Hold.captured).where(
                or_(Hold.points <= 0, Hold.captured < 0)
            ),
            "{points} held, {captured} captured",
        ),
        none_of(
            OperationPart,
            select(OperationPart.member_id, OperationPart.op_id, OperationPart.unit).where(
                or_(*(column < 0 for column in _MAGNITUDES))
            ),
            "a negative magnitude",
        ),
    ),
)
