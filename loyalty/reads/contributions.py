"""What counts most towards a counter: the evidence of a term, and the reasons for a tier (T3, T9)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from loyalty import ids, ledger
from loyalty.ledger import Counted, Move, Operation
from loyalty.tiers import Counter


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one operation, with all that opened of it and came back of it, counts for a counter."""

    counter: str
    operation: str
    kind: str
    points: int
    happened_at: datetime


@dataclass(frozen=True, slots=True)
class Looked:
    """Whose contributions, counted up to which day, in lots alive on which, by what was booked when.

    What the clock opened by then counts too: `unbooked` brings it along, or `opened_by` finds it in the books
    where it was booked later.
    """

    member_id: int
    enrolled_on: date
    day: date
    alive_on: date
    booked_by: datetime
    opened_by: datetime | None = None
    unbooked: tuple[Operation, ...] = ()
    for_review: bool = False  #: as the review on that day counts
    held_since: date | None = None  #: a balance is counted from that day on; None: from its beginning


def contributions(session: Session, counter: Counter, looked: Looked, limit: int) -> list[Contribution]:
    """Up to `limit` contributions to a counter, the largest first; to a balance, those whose lots live.

    To a counter of terms no operation contributes.
    """
    window, member_id = counter.window, looked.member_id
    if counter.unit is None:
        return []
    first, last = looked.held_since, looked.day
    if window is not None:
        first, last = window.days(looked.day, looked.enrolled_on, for_review=looked.for_review)
    alive_on = None if window else looked.alive_on
    counted = Counted(first, last, alive_on, looked.booked_by, looked.opened_by)
    extra = _unbooked(looked.unbooked, counter.unit, counted)
    totals = dict(
        ledger.main_contributions(session, member_id, counter.unit, counted, None if extra else limit)
    )
    for op_id, points in extra.items():
        totals[op_id] = totals.get(op_id, 0) + points
    counting = [item for item in totals.items() if item[1] > 0]
    largest = sorted(counting, key=lambda item: (-item[1], item[0]))[:limit]
    done = ledger.history.operations(session, member_id, [op_id for op_id, _ in largest])
    known = {operation.op_id: operation for operation in done}
    return [
        Contribution(
            counter.code,
            ids.pair_to_text(member_id, op_id),
            known[op_id].kind,
            points,
            known[op_id].happened_at,
        )
        for op_id, points in largest
    ]


def _unbooked(operations: Iterable[Operation], unit: str, counted: Counted) -> dict[int, int]:
    """What openings that nobody has booked yet add to the operations that promised them."""
    added: dict[int, int] = {}
    for operation in operations:
        if operation.kind in ledger.DERIVED and operation.refers_to is not None:
            for move in (move for part in operation.parts if part.unit == unit for move in part.moves):
                if _counts(move, counted):
                    added[operation.refers_to] = added.get(operation.refers_to, 0) + move.points
    return added


def _counts(move: Move, counted: Counted) -> bool:
    day = move.counts_on
    if day is None or day > counted.last or (counted.first is not None and day < counted.first):
        return False
    return counted.alive_on is None or move.lot.last_day >= counted.alive_on
