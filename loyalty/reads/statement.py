"""A member's statement: entries, newest first, each with the operation it belongs to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from heapq import merge
from itertools import islice
from typing import Any

from sqlalchemy.orm import Session

from loyalty import ids, ledger, rewards
from loyalty.calendar import FOREVER
from loyalty.decide.outcome import Outcome
from loyalty.decide.programme import Editions
from loyalty.ledger import LotKey, Operation
from loyalty.reads.state import state_at
from loyalty.rewards import RewardOrder


@dataclass(frozen=True, slots=True)
class LineOrder:
    """The reward that a line paid for, or gave the points of back."""

    order_id: str
    reward: str
    name: Mapping[str, str]  #: as the edition that sold it called it


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One entry and its operation. What the clock did and nobody booked yet has neither name nor booking."""

    operation: str | None
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
    booked_at: datetime | None
    order: LineOrder | None = None


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
    outcome = state_at(session, editions, member_id, now, now)
    units = [unit] if unit is not None else sorted(editions.at(now).programme.units)
    # Within a unit seq is the order, whatever a clock did; between units the instant of booking decides.
    found = [
        [
            *(line for line in _unbooked(outcome, code) if line.seq < before.get(code, line.seq + 1)),
            *_booked(session, editions, member_id, code, before.get(code), limit),
        ]
        for code in units
    ]
    newest = merge(
        *found, key=lambda line: (line.booked_at or now, line.operation or "", line.unit), reverse=True
    )
    return list(islice(newest, limit))


def _booked(
    session: Session, editions: Editions, member_id: int, unit: str, before: int | None, limit: int
) -> Iterator[StatementLine]:
    """One account's entries in the books, newest first."""
    history = ledger.history
    entries = history.entries_before(session, member_id, unit, before, limit)
    done = history.operations(session, member_id, sorted({entry.op_id for entry in entries}))
    operations = {operation.op_id: operation for operation in done}
    orders = rewards.orders_under(session, member_id, {one.refers_to or one.op_id for one in done})
    for entry in entries:
        operation = operations[entry.op_id]
        order = orders.get(operation.refers_to or operation.op_id)
        yield StatementLine(
            ids.pair_to_text(member_id, operation.op_id),
            operation.kind,
            _named(member_id, operation.refers_to),
            unit,
            entry.seq,
            entry.points,
            entry.contra,
            _last_day(entry.lot),
            entry.balance_after,
            operation.reasons,
            operation.edition,
            entry.happened_at,
            entry.booked_at,
            _order(editions, order) if order else None,
        )


def _unbooked(outcome: Outcome, unit: str) -> list[StatementLine]:
    """What the clock did to one account since the last booking, newest first (P5)."""
    account = outcome.after.accounts.get(unit)
    moves = [
        (operation, move)
        for operation in outcome.operations
        for part in operation.parts
        if part.unit == unit
        for move in part.moves
    ]
    if account is None or not moves:
        return []
    balance = account.balance - sum(move.points for _, move in moves)
    lines = []
    for seq, (operation, move) in enumerate(moves, start=account.version - len(moves) + 1):
        balance += move.points
        lines.append(_line_of(outcome, operation, unit, (seq, move.points, move.contra, move.lot, balance)))
    return lines[::-1]


def _line_of(
    outcome: Outcome, operation: Operation, unit: str, entry: tuple[int, int, str, LotKey, int]
) -> StatementLine:
    seq, points, contra, lot, balance = entry
    return StatementLine(
        None,
        operation.kind,
        _named(outcome.after.member_id, operation.refers_to),
        unit,
        seq,
        points,
        contra,
        _last_day(lot),
        balance,
        operation.reasons or {},
        operation.edition,
        operation.happened_at,
        None,
    )


def _order(editions: Editions, order: RewardOrder) -> LineOrder:
    terms = editions.number(order.edition).programme.reward(order.reward)
    return LineOrder(ids.pair_to_text(order.member_id, order.op_id), order.reward, terms.name)


def _named(member_id: int, op_id: int | None) -> str | None:
    return None if op_id is None else ids.pair_to_text(member_id, op_id)


def _last_day(lot: LotKey) -> date | None:
    return None if lot.last_day == FOREVER else lot.last_day
