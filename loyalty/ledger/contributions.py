"""Which operations count most of a unit: sums over the entries, for evidence and reasons (T3, T9)."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select
from sqlalchemy.orm import Session

from loyalty.ledger import models
from loyalty.tables import any_of

#: Operations that carry on, or take back, what another one gave.
DERIVED = ("open", "return", "cancel", "position")


@dataclass(frozen=True, slots=True)
class Counted:
    """Which entries count: of which days, in which lots, booked by when.

    The days are inclusive; no first day is the beginning. `alive_on` leaves out lots dead by that day.
    Openings due by `opened_by` count whenever they were booked.
    """

    first: date | None
    last: date
    alive_on: date | None
    booked_by: datetime
    opened_by: datetime | None


def main_contributions(
    session: Session, member_id: int, unit: str, counted: Counted, limit: int | None
) -> list[tuple[int, int]]:
    """(operation, points) that count most, the largest first.

    What opened later, and what was returned, counts with the operation that first gave it.
    """
    sums = _sums(unit, counted).where(models.Entry.member_id == member_id).subquery().c
    rows = select(sums.origin, sums.points).order_by(sums.points.desc(), sums.origin).limit(limit)
    return [(op_id, int(total)) for op_id, total in session.execute(rows)]


def main_contributions_of(
    session: Session, member_ids: Collection[int], unit: str, counted: Counted, limit: int
) -> Iterator[tuple[int, int, str, datetime, int]]:
    """(member, operation, its kind, when it happened, points) of many members: the same, member by member."""
    sums = _sums(unit, counted).where(any_of(models.Entry.member_id, member_ids)).subquery().c
    place = func.row_number().over(partition_by=sums.member_id, order_by=(sums.points.desc(), sums.origin))
    placed = select(sums.member_id, sums.origin, sums.points, place.label("place")).subquery().c
    first = models.Operation
    rows = (
        select(placed.member_id, placed.origin, first.kind, first.happened_at, placed.points)
        .join(first, (first.member_id == placed.member_id) & (first.op_id == placed.origin))
        .where(placed.place <= limit)
        .order_by(placed.member_id, placed.place)
    )
    found = session.execute(rows)
    return ((member_id, op_id, kind, at, int(total)) for member_id, op_id, kind, at, total in found)


def _sums(unit: str, counted: Counted) -> Select[Any]:
    """What each operation counts for, of each member, where it is above nil."""
    entry, operation = models.Entry, models.Operation
    points = func.sum(entry.points)
    own = operation.kind.not_in(DERIVED)
    origin = case((own, operation.op_id), else_=operation.refers_to)
    rows = (
        select(entry.member_id, origin.label("origin"), points.label("points"))
        .join(entry, (entry.member_id == operation.member_id) & (entry.op_id == operation.op_id))
        .where(entry.unit == unit, entry.counts_on <= counted.last)
        .where(or_(entry.booked_at <= counted.booked_by, _opened(counted.opened_by)))
        .group_by(entry.member_id, origin)
        .having(points > 0)
    )
    if counted.first is not None:
        rows = rows.where(entry.counts_on >= counted.first)
    if counted.alive_on is not None:
        rows = rows.where(entry.expires_on >= counted.alive_on)
    return rows


def additions(
    session: Session, member_id: int, op_ids: Sequence[int]
) -> Iterator[tuple[int, str, int, date, date, int]]:
    """What these operations gave that counts on a day, and what came back of it, entry by entry.

    (operation, unit, points, day it counts on, last usable day, number in the account).
    """
    entry, done = models.Entry, models.Operation
    origin = case((done.kind.in_(DERIVED), done.refers_to), else_=done.op_id)
    rows = (
        select(origin, entry.unit, entry.points, entry.counts_on, entry.expires_on, entry.seq)
        .join(done, (done.member_id == entry.member_id) & (done.op_id == entry.op_id))
        .where(entry.member_id == member_id, entry.counts_on.is_not(None), origin.in_(op_ids))
        .order_by(entry.unit, entry.seq)
    )
    return (tuple(row) for row in session.execute(rows))


def _opened(by: datetime | None) -> ColumnElement[bool]:
    if by is None:
        return false()
    return and_(models.Operation.kind == "open", models.Entry.happened_at <= by)
