"""What single operations did, found by their member-led key."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from loyalty.guard import expect_one
from loyalty.ledger import models
from loyalty.ledger.lots import LotKey

_WORDS: dict[str, Any] = {"note": "", "attributes": {}}  #: of reasons, what may name a person


@dataclass(frozen=True, slots=True)
class PartDone:
    """One unit's part of an operation in the books."""

    unit: str
    points: int
    undone: int
    withdrawn: int
    seq_from: int | None
    seq_to: int | None


@dataclass(frozen=True, slots=True)
class Done:
    """An operation in the books."""

    op_id: int
    kind: str
    refers_to: int | None
    edition: int
    happened_at: datetime
    booked_at: datetime
    reasons: dict[str, Any]
    parts: tuple[PartDone, ...]

    @property
    def sums(self) -> tuple[tuple[str, int, int], ...]:
        """What it added to sums that rules keep: counter, times its mark was reached, how much."""
        return tuple((name, times, amount) for name, times, amount in self.reasons.get("counted", ()))

    def part(self, unit: str) -> PartDone | None:
        """The part of one unit."""
        return next((part for part in self.parts if part.unit == unit), None)


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One entry as the books keep it."""

    seq: int
    op_id: int
    lot: LotKey
    points: int
    contra: str
    balance_after: int
    counts_on: date | None
    happened_at: datetime
    booked_at: datetime


@dataclass(frozen=True, slots=True)
class HoldDone:
    """A hold in the books, open or closed."""

    op_id: int
    unit: str
    points: int
    captured: int
    state: str
    taken_at: datetime
    ends_at: datetime
    closed_at: datetime | None


def operation(session: Session, member_id: int, op_id: int) -> Done | None:
    """One operation of a member."""
    return next(iter(operations(session, member_id, [op_id])), None)


def operations(session: Session, member_id: int, op_ids: Sequence[int]) -> list[Done]:
    """Operations of a member, in the order of their numbers."""
    head, part = models.Operation, models.OperationPart
    mine = select(part).where(part.member_id == member_id, part.op_id.in_(op_ids)).order_by(part.unit)
    parts: dict[int, list[PartDone]] = {}
    for row in session.scalars(mine):
        done = PartDone(row.unit, row.points, row.undone, row.withdrawn, row.seq_from, row.seq_to)
        parts.setdefault(row.op_id, []).append(done)
    heads = select(head).where(head.member_id == member_id, head.op_id.in_(op_ids)).order_by(head.op_id)
    return [
        Done(
            row.op_id,
            row.kind,
            row.refers_to,
            row.edition,
            row.happened_at,
            row.booked_at,
            row.reasons or {},
            tuple(parts.get(row.op_id, ())),
        )
        for row in session.scalars(heads)
    ]


def entries_of(session: Session, member_id: int, unit: str, part: PartDone | None) -> list[EntryLine]:
    """The entries of one part, in their order."""
    if part is None or part.seq_from is None:
        return []
    entry = models.Entry
    return _lines(session, member_id, unit, entry.seq.between(part.seq_from, part.seq_to))


def entries_before(
    session: Session, member_id: int, unit: str, seq: int | None, limit: int
) -> list[EntryLine]:
    """Up to `limit` entries of an account, newest first, those before `seq` where it is given."""
    entry = models.Entry
    mine = entry.seq < seq if seq is not None else entry.seq >= 1
    return _lines(session, member_id, unit, mine, newest_first=limit)


def spent_and_back(session: Session, member_id: int, op_id: int) -> list[EntryLine]:
    """The entries of an operation that spent points, and of what gave them back, from one statement."""
    entry, part, head = models.Entry, models.OperationPart, models.Operation
    mine = (head.op_id == op_id) | ((head.refers_to == op_id) & (head.kind == "reverse"))
    theirs = (
        select(part.unit, part.seq_from, part.seq_to)
        .join(head, (head.member_id == part.member_id) & (head.op_id == part.op_id))
        .where(part.member_id == member_id, mine)
        .subquery()
    )
    rows = (
        select(entry)
        .join(theirs, (theirs.c.unit == entry.unit) & entry.seq.between(theirs.c.seq_from, theirs.c.seq_to))
        .where(entry.member_id == member_id)
        .order_by(entry.unit, entry.seq)
    )
    return [_line(row) for row in session.scalars(rows)]


def opened_by(session: Session, member_id: int, op_id: int) -> dict[str, list[int]]:
    """Per unit, the operations by which pending parts of an operation became usable."""
    pending = models.Pending
    rows = (
        select(pending.unit, pending.opened_by)
        .where(pending.member_id == member_id, pending.op_id == op_id, pending.opened_by.is_not(None))
        .order_by(pending.unit, pending.opened_by)
    )
    found: dict[str, list[int]] = {}
    for unit, opener in session.execute(rows):
        found.setdefault(unit, []).append(opener)
    return found


def promises(
    session: Session, member_id: int, op_id: int
) -> list[tuple[str, int, datetime | None, str | None, datetime | None]]:
    """(unit, points, opens at, event it waits for, lapses at) of what an operation promised."""
    pending = models.Pending
    rows = (
        select(pending.unit, pending.points, pending.opens_at, pending.opens_on_event, pending.lapses_at)
        .where(pending.member_id == member_id, pending.op_id == op_id)
        .order_by(pending.unit, pending.part_no)
    )
    return list(session.execute(rows).tuples())


def withdrawn(session: Session, member_id: int, op_id: int) -> dict[str, int]:
    """Per unit, what was taken back of an operation while it was still pending; what lapsed is not."""
    part, head = models.OperationPart, models.Operation
    rows = (
        select(part.unit, func.sum(part.withdrawn))
        .join(head, (head.member_id == part.member_id) & (head.op_id == part.op_id))
        .where(part.member_id == member_id, head.refers_to == op_id, head.kind != "expire")
        .group_by(part.unit)
    )
    return {unit: int(points) for unit, points in session.execute(rows)}


def hold(session: Session, member_id: int, op_id: int) -> HoldDone | None:
    """A hold, in whatever state it was booked last."""
    row = session.get(models.Hold, (member_id, op_id))
    if row is None:
        return None
    return HoldDone(
        row.op_id, row.unit, row.points, row.captured, row.state, row.taken_at, row.ends_at, row.closed_at
    )


def captured_by(session: Session, member_id: int, hold_op_id: int) -> int | None:
    """The operation that captured a hold; None while it is open, and where it was let go."""
    head = models.Operation
    return session.scalar(
        select(head.op_id).where(
            head.member_id == member_id, head.kind == "capture", head.refers_to == hold_op_id
        )
    )


def _lines(
    session: Session, member_id: int, unit: str, condition: Any, newest_first: int | None = None
) -> list[EntryLine]:
    entry = models.Entry
    rows = select(entry).where(entry.member_id == member_id, entry.unit == unit, condition)
    if newest_first is None:
        rows = rows.order_by(entry.seq)
    else:
        rows = rows.order_by(entry.seq.desc()).limit(newest_first)
    return [_line(row) for row in session.scalars(rows)]


def _line(row: models.Entry) -> EntryLine:
    return EntryLine(
        row.seq,
        row.op_id,
        LotKey(row.expires_on, row.kind),
        row.points,
        row.contra,
        row.balance_after,
        row.counts_on,
        row.happened_at,
        row.booked_at,
    )


def forget_words(session: Session, member_id: int) -> None:
    """Empty what staff wrote beside corrections and merges, and what activities told: no more goes (M7)."""
    row = models.Operation
    noted = row.kind.in_(("adjust", "earn", "merge_out", "merge_in"))
    mine = select(row.op_id, row.reasons).where(row.member_id == member_id, noted)
    for op_id, reasons in session.execute(mine).tuples().all():
        words = {name: empty for name, empty in _WORDS.items() if (reasons or {}).get(name)}
        if words:
            this = (row.member_id == member_id, row.op_id == op_id)
            emptied = update(row).where(*this).values(reasons={**reasons, **words})
            expect_one(session.execute(emptied), "P1", "an operation", member_id)
