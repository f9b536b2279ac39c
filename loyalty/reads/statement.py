"""A member's statement: entries, newest first, each with the operation it belongs to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from loyalty import ids, ledger, members
from loyalty.calendar import FOREVER
from loyalty.decide.programme import Editions


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One entry and its operation."""

    operation: str
    kind: str
    refers_to: str | None
    unit: str
    seq: int
    points: int
    contra: str
    last_day: date | None
    balance_after: int
    reasons: Mapping[str, Any]
    edition: int
    happened_at: datetime
    booked_at: datetime


def statement(
    session: Session,
    editions: Editions,
    member_id: int,
    unit: str | None,
    before: Mapping[str, int],
    limit: int,
    now: datetime,
) -> list[StatementLine]:
    """Up to `limit` entries of one unit or of all, newest first; `before` says per unit below which seq.

    Raises NotFound.
    """
    members.by_id(session, member_id)
    units = [unit] if unit is not None else sorted(editions.at(now).programme.units)
    found = [
        (code, line)
        for code in units
        for line in ledger.history.entries_before(session, member_id, code, before.get(code), limit)
    ]
    # Within a unit seq is the order of booking; between units the instant of booking decides.
    found.sort(key=lambda item: (item[1].booked_at, item[1].op_id, item[0], item[1].seq), reverse=True)
    shown = found[:limit]
    done = ledger.history.operations(session, member_id, sorted({line.op_id for _, line in shown}))
    operations = {operation.op_id: operation for operation in done}
    return [_line(member_id, code, line, operations[line.op_id]) for code, line in shown]


def _line(
    member_id: int, unit: str, entry: ledger.history.EntryLine, operation: ledger.history.Done
) -> StatementLine:
    referred = operation.refers_to
    return StatementLine(
        ids.pair_to_text(member_id, operation.op_id),
        operation.kind,
        ids.pair_to_text(member_id, referred) if referred is not None else None,
        unit,
        entry.seq,
        entry.points,
        entry.contra,
        None if entry.lot.last_day == FOREVER else entry.lot.last_day,
        entry.balance_after,
        operation.reasons,
        operation.edition,
        entry.happened_at,
        entry.booked_at,
    )
