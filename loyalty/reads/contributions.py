"""What counts most towards a counter: the evidence of a term, and the reasons for a tier (T3, T9)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from loyalty import calendar, ids, ledger
from loyalty.decide import measuring
from loyalty.decide.outcome import Snapshot
from loyalty.decide.programme import Editions
from loyalty.ledger import Counted, Move, Operation
from loyalty.tiers import Counter, Term

EVIDENCE_LINES = 5  #: how many main contributions a term keeps (T3)
ALL = 2**31 - 1


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


def looked_at_beginning(editions: Editions, after: Snapshot, term: Term) -> Looked:
    """What counted towards the measure that began a term, of a member as they are after it (T3)."""
    ladder, zone = editions.number(term.edition).programme.ladder, editions.zone
    today, is_review = calendar.local_day(term.from_at, zone), term.reason == "review"
    before = next((one for one in after.terms if one.no == term.no - 1), None)
    reset_at = measuring.reset_at(ladder, before if before and is_review else term)
    return Looked(
        after.member_id,
        calendar.local_day(after.enrolled_at, zone),
        day=calendar.last_day_before(term.from_at, zone) if is_review else today,
        alive_on=today,
        booked_by=term.from_at,
        opened_by=term.from_at,
        for_review=is_review,
        held_since=calendar.local_day(reset_at, zone) if reset_at else None,
    )


def as_evidence(lines: Iterable[Contribution]) -> list[dict[str, object]]:
    """Contributions as a term keeps them."""
    return [
        {
            "counter": one.counter,
            "operation": one.operation,
            "kind": one.kind,
            "points": one.points,
            "happened_at": calendar.instant_text(one.happened_at),
        }
        for one in lines
    ]


def contributions(session: Session, counter: Counter, looked: Looked, limit: int) -> list[Contribution]:
    """Up to `limit` contributions to a counter, the largest first; to a balance, those whose lots live.

    To a counter of terms no operation contributes.
    """
    member_id, unit = looked.member_id, counter.unit
    if unit is None:
        return []
    counted = _counted(counter, looked)
    extra = _unbooked(looked.unbooked, unit, counted)
    booked = ledger.main_contributions(session, unit, {member_id: counted}, ALL if extra else limit)
    totals = {op_id: points for _, op_id, _, _, points in booked}
    for op_id, points in extra.items():
        totals[op_id] = totals.get(op_id, 0) + points
    counting = [item for item in totals.items() if item[1] > 0]
    largest = sorted(counting, key=lambda item: (-item[1], item[0]))[:limit]
    known = {op_id: (kind, at) for _, op_id, kind, at, _ in booked}
    unknown = [op_id for op_id, _ in largest if op_id not in known]
    for operation in ledger.history.operations(session, member_id, unknown) if unknown else ():
        known[operation.op_id] = operation.kind, operation.happened_at
    return [_line(counter, member_id, op_id, *known[op_id], points) for op_id, points in largest]


def contributions_of(
    session: Session, counter: Counter, looked: Iterable[Looked], limit: int
) -> dict[int, list[Contribution]]:
    """The same by member, of many members by what is booked of them."""
    counted = {one.member_id: _counted(counter, one) for one in looked}
    found: dict[int, list[Contribution]] = {}
    if counter.unit is not None:
        for row in ledger.main_contributions(session, counter.unit, counted, limit):
            found.setdefault(row[0], []).append(_line(counter, *row))
    return found


def _line(
    counter: Counter, member_id: int, op_id: int, kind: str, happened_at: datetime, points: int
) -> Contribution:
    return Contribution(counter.code, ids.pair_to_text(member_id, op_id), kind, points, happened_at)


def _counted(counter: Counter, looked: Looked) -> Counted:
    window = counter.window
    first, last = looked.held_since, looked.day
    if window is not None:
        first, last = window.days(looked.day, looked.enrolled_on, for_review=looked.for_review)
    alive_on = date.min if window else looked.alive_on
    return Counted(first or date.min, last, alive_on, looked.booked_by, looked.opened_by)


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
    is_within = day is not None and counted.first <= day <= counted.last
    return is_within and move.lot.last_day >= counted.alive_on
