"""The only door through which points move: operations decided elsewhere become rows here."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from loyalty.guard import BooksDisturbed, books_of, expect_one
from loyalty.ledger import models, soundness
from loyalty.ledger.lots import Account, Lot, Move
from loyalty.ledger.operations import Operation, Part, tally_of
from loyalty.ledger.set_aside import write_holds, write_pending
from loyalty.ledger.settling import next_due
from loyalty.writing import Way, adding, changing, counting, later, removing

Row = dict[str, Any]

_KEPT = ("available", "held", "debt", "pending", "lowering", "version", "last_active_on", "due_at")
_OPERATION, _PART, _ENTRY = adding(models.Operation), adding(models.OperationPart), adding(models.Entry)
_TALLY = counting(models.Tally, "earned")
_AMOUNTS = ("remaining", "held")
_LOT = adding(models.Lot)
_CHANGED_LOT = changing(models.Lot, *_AMOUNTS, seen=_AMOUNTS, law="2", what="a lot as it was read")
_EMPTIED_LOT = removing(models.Lot, seen=_AMOUNTS, law="2", what="a lot as it was read")
_ACCOUNT = changing(models.Account, *_KEPT, seen=("version",), law="2", what="the account as it was read")


def open_accounts(session: Session, member_id: int, units: Sequence[str]) -> None:
    """Empty accounts for a member who has none of these units yet."""
    rows: list[Row] = [
        {
            "member_id": member_id,
            "unit": unit,
            "available": 0,
            "held": 0,
            "debt": 0,
            "pending": 0,
            "lowering": 0,
            "version": 0,
        }
        for unit in units
    ]
    if rows:
        session.execute(insert(models.Account), rows)


def post(
    session: Session,
    member_id: int,
    before: Mapping[str, Account],
    after: Mapping[str, Account],
    operations: Sequence[Operation],
    zone: ZoneInfo,
    now: datetime,
    imported_at: datetime | None = None,
) -> None:
    """Write operations down, in their order, and bring accounts, lots, holds, pending and tally to `after`.

    `before` must have been read under the member's lock. Raises BooksDisturbed when it was not the truth, or
    when what was decided would break a law.
    """
    _check(member_id, before, after, operations)
    with books_of(member_id):
        open_accounts(session, member_id, sorted(after.keys() - before.keys()))
        if operations:
            _write_operations(session, member_id, before, operations, now, imported_at)
            write_holds(session, member_id, operations, now)
            write_pending(session, member_id, operations, now)
            _write_tally(session, member_id, operations)
        both = [(before.get(unit, Account(unit)), account) for unit, account in after.items()]
        changed = [(was, account) for was, account in both if was != account]
        _write_lots(session, member_id, changed)
        rows = [_totals(member_id, was, account, zone) for was, account in changed]
        later(session, _ACCOUNT, rows, member_id)


def _moves_of(operations: Sequence[Operation]) -> Mapping[str, Sequence[Move]]:
    """The moves of each unit, in their order."""
    found: dict[str, list[Move]] = defaultdict(list)
    for operation in operations:
        for part in operation.parts:
            found[part.unit] += part.moves
    return found


def _check(
    member_id: int,
    before: Mapping[str, Account],
    after: Mapping[str, Account],
    operations: Sequence[Operation],
) -> None:
    """Raises BooksDisturbed for the first law that what is to be written would break."""
    moves = _moves_of(operations)
    broken = [*soundness.of_closings(before, operations)]
    for unit, account in after.items():
        broken += soundness.of_account(account)
        broken += soundness.of_moves(before.get(unit, Account(unit)), account, moves.get(unit, ()))
    for law, detail in broken:
        raise BooksDisturbed(law, f"decided wrongly: {detail}", member_id)


def _write_operations(
    session: Session,
    member_id: int,
    before: Mapping[str, Account],
    operations: Sequence[Operation],
    now: datetime,
    imported_at: datetime | None,
) -> None:
    """Operations, their parts and their entries; what they undo of others is counted up."""
    heads: list[Row] = []
    parts: list[Row] = []
    entries: list[Row] = []
    last = {unit: (account.version, account.balance) for unit, account in before.items()}
    for operation in operations:
        heads.append(
            {
                "member_id": member_id,
                "op_id": operation.op_id,
                "kind": operation.kind,
                "refers_to": operation.refers_to,
                "edition": operation.edition,
                "happened_at": operation.happened_at,
                "booked_at": now,
                "imported_at": imported_at,
                "reasons": dict(operation.reasons) if operation.reasons else None,
            }
        )
        for part in operation.parts:
            lines = _entries(member_id, operation, part, last.get(part.unit, (0, 0)), now)
            if lines:
                last[part.unit] = (lines[-1]["seq"], lines[-1]["balance_after"])
            entries.extend(lines)
            parts.append(_part(member_id, operation.op_id, part, lines))
    later(session, _OPERATION, heads, member_id)
    later(session, _PART, parts, member_id)
    later(session, _ENTRY, entries, member_id)
    for operation in operations:
        for unit, points in operation.undoes:
            key = (member_id, operation.refers_to, unit)
            _undo(session, key, points)


def _entries(
    member_id: int, operation: Operation, part: Part, last: tuple[int, int], now: datetime
) -> list[Row]:
    seq, balance = last
    lines: list[Row] = []
    for move in part.moves:
        seq, balance = seq + 1, balance + move.points
        lines.append(
            {
                "member_id": member_id,
                "unit": part.unit,
                "seq": seq,
                "op_id": operation.op_id,
                "expires_on": move.lot.last_day,
                "kind": move.lot.kind,
                "points": move.points,
                "contra": move.contra,
                "balance_after": balance,
                "counts_on": move.counts_on,
                "happened_at": operation.happened_at,
                "booked_at": now,
            }
        )
    return lines


def _part(member_id: int, op_id: int, part: Part, lines: Sequence[Row]) -> Row:
    return {
        "member_id": member_id,
        "op_id": op_id,
        "unit": part.unit,
        "points": part.points,
        "undone": 0,
        "withdrawn": sum(pending.points for pending in part.withdrawn),
        "shortfall": part.shortfall,
        "seq_from": lines[0]["seq"] if lines else None,
        "seq_to": lines[-1]["seq"] if lines else None,
    }


def _undo(session: Session, key: tuple[int, int | None, str], points: int) -> None:
    part = models.OperationPart
    member_id, op_id, unit = key
    mine = (part.member_id == member_id, part.op_id == op_id, part.unit == unit)
    done = session.execute(update(part).where(*mine).values(undone=part.undone + points))
    expect_one(done, "7", "the operation that is undone", member_id)


def _write_tally(session: Session, member_id: int, operations: Sequence[Operation]) -> None:
    rows = [
        {"member_id": member_id, "unit": unit, "day": day, "earned": points}
        for (unit, day), points in sorted(tally_of(tuple(operations)).items())
        if points
    ]
    later(session, _TALLY, rows, member_id)


def _write_lots(session: Session, member_id: int, changed: Iterable[tuple[Account, Account]]) -> None:
    """Bring the rows of lots of accounts from what they were to what they are; a lot emptied is gone."""
    rows: dict[Way, list[Row]] = defaultdict(list)
    for before, after in changed:
        for key in sorted(before.lots.keys() | after.lots.keys()):
            old, new = before.lots.get(key, Lot()), after.lots.get(key, Lot())
            if old == new:
                continue
            row = {"member_id": member_id, "unit": after.unit, "expires_on": key.last_day, "kind": key.kind}
            seen = {"remaining_seen": old.remaining, "held_seen": old.held}
            amounts = {"remaining": new.remaining, "held": new.held}
            if key not in before.lots:
                rows[_LOT].append(row | amounts)
            elif key not in after.lots:
                rows[_EMPTIED_LOT].append(row | seen)
            else:
                rows[_CHANGED_LOT].append(row | amounts | seen)
    for way, mine in rows.items():
        later(session, way, mine, member_id)


def _totals(member_id: int, before: Account, after: Account, zone: ZoneInfo) -> Row:
    return {
        "member_id": member_id,
        "unit": after.unit,
        "version_seen": before.version,
        "available": after.available,
        "held": after.held,
        "debt": after.debt,
        "pending": after.promised,
        "lowering": after.lowering,
        "version": after.version,
        "last_active_on": after.last_active_on,
        "due_at": next_due(after, zone),
    }
