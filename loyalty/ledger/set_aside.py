"""Rows of points set aside by holds, and of points promised for later."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, insert, literal, update
from sqlalchemy.orm import Session

from loyalty.guard import expect_one
from loyalty.ledger import models
from loyalty.ledger.operations import Opening, Operation
from loyalty.tables import Moment
from loyalty.writing import adding, changing, later

Row = dict[str, Any]

_HOLD = adding(models.Hold, "closed_at")
_CLOSED_HOLD = changing(
    models.Hold, "state", "captured", "closed_at", seen=("state",), law="6", what="the open hold"
)


def write_holds(session: Session, member_id: int, operations: Sequence[Operation], now: datetime) -> None:
    """Open the holds that operations take, close those they close; a hold leaves `open` once (P6)."""
    for operation in operations:
        if operation.takes is not None:
            unit, taken = operation.takes
            row = {
                "member_id": member_id,
                "op_id": taken.op_id,
                "unit": unit,
                "points": taken.points,
                "captured": 0,
                "state": "open",
                "edition": taken.edition,
                "pins": [[pin.lot.last_day.isoformat(), pin.lot.kind, pin.points] for pin in taken.pins],
                "taken_at": now,
                "ends_at": taken.ends_at,
            }
            later(session, _HOLD, [row], member_id)
        if (closing := operation.closes) is not None:
            ended = {"state": closing.state, "captured": closing.captured, "closed_at": now}
            mine = {"member_id": member_id, "op_id": closing.op_id, "state_seen": "open"}
            later(session, _CLOSED_HOLD, [mine | ended], member_id)


def write_pending(session: Session, member_id: int, operations: Sequence[Operation], now: datetime) -> None:
    """Keep what operations promise, mark what opened or has its day, take back what is withdrawn (P11)."""
    pending = models.Pending
    for operation in operations:
        rows = [
            {
                "member_id": member_id,
                "op_id": promise.op_id,
                "unit": part.unit,
                "part_no": promise.part_no,
                "points": promise.points,
                "taken_back": 0,
                "opens_at": promise.opens_at,
                "opens_on_event": promise.on_event,
                "contra": promise.contra,
                "lapses_at": promise.lapses_at,
                "then_days": promise.then_days,
                "edition": promise.edition,
                "expiry": promise.expiry.kept,
                "state": "pending",
                "booked_at": now,
            }
            for part in operation.parts
            for promise in part.promised
        ]
        if rows:
            session.execute(insert(pending), rows)
        if (opening := operation.opens) is not None:
            of = (opening.pending.op_id, opening.unit, opening.pending.part_no)
            _change_pending(
                session, member_id, of, {"state": "opened", "closed_at": now, "opened_by": operation.op_id}
            )
        for gone in operation.supersedes:
            of = (gone.pending.op_id, gone.unit, gone.pending.part_no)
            _change_pending(session, member_id, of, {"state": "superseded", "closed_at": now})
        for gone in operation.hands_on:
            of = (gone.pending.op_id, gone.unit, gone.pending.part_no)
            _change_pending(session, member_id, of, {"state": "merged", "closed_at": now})
        for back in operation.takes_up:
            _take_up(session, member_id, back)
        for unit, dated in operation.dates:
            waits = {"opens_on_event": None, "lapses_at": None, "then_days": None}
            of = (dated.op_id, unit, dated.part_no)
            _change_pending(session, member_id, of, {"opens_at": dated.opens_at, **waits})
        for part in operation.parts:
            for taken in part.withdrawn:
                _withdraw(session, member_id, part.unit, (taken.op_id, taken.part_no, taken.points), now)


def _withdraw(
    session: Session, member_id: int, unit: str, taken: tuple[int, int, int], now: datetime
) -> None:
    pending = models.Pending
    op_id, part_no, points = taken
    gone = pending.taken_back + points
    whole = gone == func.abs(pending.points)
    values = {"taken_back": gone, "state": case((whole, "taken_back"), else_=pending.state)}
    ends = whole & (pending.state == "pending")
    ended_at = case((ends, literal(now, Moment())), else_=pending.closed_at)
    changed = {**values, "closed_at": ended_at}
    _change_pending(session, member_id, (op_id, unit, part_no), changed, ("pending", "merged"))


def _take_up(session: Session, member_id: int, back: Opening) -> None:
    """A promise that was merged is pending again, with the day that it may have got meanwhile."""
    told = back.pending
    waits = {"opens_on_event": told.on_event, "lapses_at": told.lapses_at, "then_days": told.then_days}
    values = waits | {"opens_at": told.opens_at, "state": "pending", "closed_at": None}
    _change_pending(session, member_id, (told.op_id, back.unit, told.part_no), values, ("merged",))


def _change_pending(
    session: Session,
    member_id: int,
    of: tuple[int, str, int],
    values: Row,
    states: tuple[str, ...] = ("pending",),
) -> None:
    pending = models.Pending
    op_id, unit, part_no = of
    mine = (pending.member_id == member_id, pending.op_id == op_id, pending.unit == unit)
    waits = (pending.part_no == part_no, pending.state.in_(states))
    done = session.execute(update(pending).where(*mine, *waits).values(**values))
    expect_one(done, "7", "a part still pending", member_id)
