"""What became of the points that came in during a month: how many expired, how many are still held.

Points of one lot are alike; the ones that came in first count as spent first. So what is left of a lot, and
before it what expired of it, is what came in last. Points that were given back count from then on.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Subquery, case, func, select
from sqlalchemy.orm import Session

from loyalty import work
from loyalty.decide.programme import Editions
from loyalty.ledger import Entry
from loyalty.reads.months import Months
from loyalty.reads.report import EARLIER, Report, percent, points_of

KEPT = "cohorts"  #: the kind of work that keeps them
COLUMNS = ("unit", "month", "came_in", "expired", "left", "expired_percent")

Number = ColumnElement[Any]
Sums = dict[tuple[str, str], tuple[int, ...]]  #: (unit, month) → points that came in, expired, are left


def cohorts(session: Session, editions: Editions, months: Months) -> Report:
    """What came in by month, for every unit that is spent, and what of it expired or is held (breakage)."""
    return _told(editions, months, sums_by_month(session, editions, months))


def kept_cohorts(session: Session, editions: Editions, months: Months) -> tuple[Report, datetime] | None:
    """The same as a night kept it, and when: the last one by the instant looked at; None where none did."""
    kept = work.last_finished(session, KEPT, months.at)
    if kept is None or kept.result is None:
        return None
    sums: Sums = {}
    for unit, month, *points in kept.result["sums"]:
        of = (unit, month if month in months.names else EARLIER)
        sums[of] = tuple(map(sum, zip(sums.get(of, (0, 0, 0)), points, strict=True)))
    return _told(editions, months, sums), kept.as_of


def sums_by_month(session: Session, editions: Editions, months: Months) -> Sums:
    """What came in, expired and is left, by unit and month, in the units' smallest steps.

    It looks at every lot there ever was, which takes seconds where entries are counted in millions.
    """
    lots = _lots(months, _spent(editions, months))
    came_in, left, expired = lots.c.came_in, lots.c.left, lots.c.expired
    later = lots.c.so_far - came_in  # what came into the lot in later months, and so is left first
    sums = select(
        lots.c.unit,
        lots.c.month,
        func.sum(came_in),
        func.sum(_common(later, lots.c.so_far, left, left + expired)),
        func.sum(_common(later, lots.c.so_far, left - left, left)),
    ).group_by(lots.c.unit, lots.c.month)
    names = (*months.names, EARLIER)  # whose place is behind the first, so the last
    return {(unit, names[place]): tuple(map(int, points)) for unit, place, *points in session.execute(sums)}


def _told(editions: Editions, months: Months, sums: Sums) -> Report:
    told, rows = points_of(one.programme for one in editions.items), []
    for unit in _spent(editions, months):
        for month in (EARLIER, *months.names):
            came_in, expired, left = sums.get((unit, month), (0, 0, 0))
            parts = (told.tell(unit, points) for points in (came_in, expired, left))
            rows.append((unit, month, *parts, percent(expired, came_in)))
    return Report(COLUMNS, tuple(rows))


def _spent(editions: Editions, months: Months) -> list[str]:
    return [unit.code for unit in editions.at(months.at).programme.units.values() if unit.spendable]


def _lots(months: Months, units: list[str]) -> Subquery:
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
        .where(Entry.booked_at <= months.at, Entry.kind != "debt", Entry.unit.in_(units))
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
