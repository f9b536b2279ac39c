"""Which operations count most of a unit: sums over the entries, for evidence and reasons (T3, T9)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Integer,
    String,
    and_,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import Session

from loyalty.ledger import models
from loyalty.questions import Question, Table, ask, told_rows, value
from loyalty.tables import Moment, table_of

_ENTRY, _OPERATION = table_of(models.Entry), table_of(models.Operation)

#: Operations that carry on, or take back, what another one gave.
DERIVED = ("open", "return", "cancel", "position")


@dataclass(frozen=True, slots=True)
class Counted:
    """Which entries count: of which days, in which lots, booked by when.

    The days are inclusive; `date.min` is the beginning. `alive_on` leaves out lots dead by that day.
    Openings due by `opened_by` count whenever they were booked.
    """

    first: date
    last: date
    alive_on: date
    booked_by: datetime
    opened_by: datetime | None


def main_contributions(
    session: Session, unit: str, counted: Mapping[int, Counted], limit: int
) -> list[tuple[int, int, str, datetime, int]]:
    """(member, operation, its kind, when it happened, points) that count most of each member, largest first.

    What opened later, and what was returned, counts with the operation that first gave it.
    """
    wanted = [
        (member_id, one.first, one.last, one.alive_on, one.booked_by, one.opened_by)
        for member_id, one in counted.items()
    ]
    (found,) = ask(session, [_MAIN], wanted=Table(wanted), unit=unit, most=limit)
    return [(member_id, op_id, kind, at, points) for member_id, op_id, kind, at, points, _ in found]


def _main() -> Question:
    """The first `most` operations of each member `wanted`, by what their entries of a `unit` come to."""
    wanted = told_rows(
        "wanted",
        member_id=BigInteger(),
        first=Date(),
        last=Date(),
        alive_on=Date(),
        booked_by=Moment(),
        opened_by=Moment(),
    ).c
    entry, done, given = _ENTRY.c, _OPERATION.c, _OPERATION.alias("given").c
    derived: list[ColumnElement[str]] = [literal_column(f"'{kind}'") for kind in DERIVED]
    origin = case((done.kind.not_in(derived), done.op_id), else_=done.refers_to)
    points = cast(func.sum(entry.points), BigInteger)
    opened = and_(done.kind == literal_column("'open'"), entry.happened_at <= wanted.opened_by)
    sums = (
        select(entry.member_id, origin.label("origin"), points.label("points"))
        .join(_OPERATION, and_(done.member_id == entry.member_id, done.op_id == entry.op_id))
        .where(entry.member_id == wanted.member_id, entry.unit == value("unit", String()))
        .where(entry.counts_on >= wanted.first, entry.counts_on <= wanted.last)
        .where(entry.expires_on >= wanted.alive_on, or_(entry.booked_at <= wanted.booked_by, opened))
        .group_by(entry.member_id, origin)
        .having(points > literal_column("0"))
        .subquery()
        .c
    )
    place = func.row_number().over(partition_by=sums.member_id, order_by=(sums.points.desc(), sums.origin))
    placed = select(sums.member_id, sums.origin, sums.points, place.label("place")).subquery().c
    return Question(
        select(given.member_id, given.op_id, given.kind, given.happened_at, placed.points, placed.place)
        .where(given.member_id == placed.member_id, given.op_id == placed.origin)
        .where(placed.place <= value("most", Integer()))
        .order_by(given.member_id, placed.place)
    )


_MAIN = _main()


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
