"""Points that came into the books without a sale: by whom, for what."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import Session

from loyalty.law import STREAMED
from loyalty.ledger import Entry
from loyalty.ledger import OperationRow as Operation
from loyalty.sales import Sale

PROGRAMME = "programme"  #: who gives what no person gave: the club's rules


@dataclass(frozen=True, slots=True, order=True)
class Issued:
    """Points of one kind, by one hand, for one reason."""

    by: str
    kind: str
    reason: str
    unit: str
    operations: int
    points: int


def without_sale(session: Session, starts_at: datetime, ends_at: datetime) -> list[Issued]:
    """What was booked from `starts_at` to before `ends_at`, summed; what is still pending counts too."""
    sums: dict[tuple[str, str, str, str], tuple[int, int]] = {}
    for by, kind, reason, unit, points in _given(session, starts_at, ends_at):
        operations, so_far = sums.get((by, kind, reason, unit), (0, 0))
        sums[by, kind, reason, unit] = (operations + 1, so_far + points)
    return sorted(Issued(*name, operations, points) for name, (operations, points) in sums.items() if points)


def _given(
    session: Session, starts_at: datetime, ends_at: datetime
) -> Iterator[tuple[str, str, str, str, int]]:
    """By whom, the kind of act, why, which unit and how many points: one for each unit and reason."""
    mine = and_(Operation.booked_at >= starts_at, Operation.booked_at < ends_at)
    of_sale = exists().where(Sale.member_id == Operation.member_id, Sale.op_id == Operation.op_id)
    awards = select(Operation.reasons).where(mine, Operation.kind == "earn", ~of_sale)
    for (reasons,) in session.execute(awards, execution_options=STREAMED):
        for rule, unit, points in (reasons or {}).get("because", ()):
            yield reasons.get("by", PROGRAMME), "award", rule, unit, points
    added = func.sum(Entry.points)
    by_hand = (
        select(Operation.kind, Operation.reasons, Entry.unit, added)
        .join(Entry, and_(Entry.member_id == Operation.member_id, Entry.op_id == Operation.op_id))
        .where(mine, Operation.kind.in_(("adjust", "import")), Entry.contra.in_(("adjusted", "imported")))
        .group_by(Operation.member_id, Operation.op_id, Operation.kind, Operation.reasons, Entry.unit)
        .having(added > 0)
    )
    for kind, reasons, unit, points in session.execute(by_hand, execution_options=STREAMED):
        told = reasons or {}
        yield told.get("by", "unknown"), kind, told.get("reason_code", ""), unit, int(points)
