"""What became of the points that came in during a month: how many expired, how many are still held.

Points of one lot are alike; the ones that came in first count as spent first. So what is left of a lot, and
before it what expired of it, is what came in last. Points that were given back count from then on.
"""

from typing import Any

from sqlalchemy import ColumnElement, Subquery, case, func, select
from sqlalchemy.orm import Session

from loyalty.decide.programme import Editions
from loyalty.ledger import Entry
from loyalty.reads.months import Months
from loyalty.reads.report import EARLIER, Report, percent, points_of

Number = ColumnElement[Any]


def cohorts(session: Session, editions: Editions, months: Months) -> Report:
    """What came in by month, for every unit that is spent, and what of it expired or is held (breakage)."""
    lots = _lots(months)
    came_in, left, expired = lots.c.came_in, lots.c.left, lots.c.expired
    later = lots.c.so_far - came_in  # what came into the lot in later months, and so is left first
    sums = select(
        lots.c.unit,
        lots.c.month,
        func.sum(came_in),
        func.sum(_common(later, lots.c.so_far, left - left, left)),
        func.sum(_common(later, lots.c.so_far, left, left + expired)),
    ).group_by(lots.c.unit, lots.c.month)
    found = {(unit, place): tuple(map(int, points)) for unit, place, *points in session.execute(sums)}
    told, rows = points_of(one.programme for one in editions.items), []
    for unit in (one for one in editions.at(months.at).programme.units.values() if one.spendable):
        for place, month in enumerate((EARLIER, *months.names), start=-1):
            whole, held, dead = found.get((unit.code, place), (0, 0, 0))
            parts = [told.tell(unit.code, points) for points in (whole, dead, held)]
            rows.append((unit.code, month, *parts, percent(dead, whole)))
    return Report(("unit", "month", "came_in", "expired", "left", "expired_percent"), tuple(rows))


def _lots(months: Months) -> Subquery:
    """What came into each lot in each month, with what is left of the lot and what expired of it."""
    lot = (Entry.member_id, Entry.unit, Entry.expires_on, Entry.kind)
    cells = (
        select(
            *lot,
            months.place(Entry.booked_at),
            func.sum(case((Entry.points > 0, Entry.points), else_=0)).label("came_in"),
            func.sum(Entry.points).label("net"),
            func.sum(case((Entry.contra == "expired", -Entry.points), else_=0)).label("gone"),
        )
        .where(Entry.booked_at <= months.at, Entry.kind != "debt")
        .group_by(*lot, "month")
        .subquery()
    )
    whole = [cells.c[column.key] for column in lot]
    return select(
        cells.c.unit,
        cells.c.month,
        cells.c.came_in,
        func.sum(cells.c.net).over(partition_by=whole).label("left"),
        func.sum(cells.c.gone).over(partition_by=whole).label("expired"),
        func.sum(cells.c.came_in).over(partition_by=whole, order_by=cells.c.month.desc()).label("so_far"),
    ).subquery()


def _common(first: Number, until: Number, other_first: Number, other_until: Number) -> Number:
    """How much two stretches have in common."""
    begins = case((first > other_first, first), else_=other_first)
    ends = case((until < other_until, until), else_=other_until)
    return case((ends > begins, ends - begins), else_=0)
