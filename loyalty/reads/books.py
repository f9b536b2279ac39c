"""The club's books in sums: what moved by month, what members hold by when it expires, whether it balances.

Everything is added up from entries, by when they were booked: a month that is over never changes.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from loyalty import calendar
from loyalty.decide.programme import Editions
from loyalty.ledger import CONTRAS, AccountRow, Entry
from loyalty.reads.months import Months, name_of
from loyalty.reads.report import LATER, NEVER, OVERDUE, Report, points_of

MOST_MONTHS_AHEAD = 24  #: that are told apart; what expires after them is added up
HELD, OWED = "held", "owed"

Moved = Mapping[tuple[str, str, int], int]  #: (unit, contra, place of the month) → signed points


def moved(session: Session, months: Months) -> Moved:
    """What moved against each contra, by unit and month."""
    by_month = (
        select(Entry.unit, Entry.contra, months.place(Entry.booked_at), func.sum(Entry.points))
        .where(Entry.booked_at <= months.at)
        .group_by(Entry.unit, Entry.contra, "month")
    )
    return {(unit, contra, place): int(points) for unit, contra, place, points in session.execute(by_month)}


def flows(session: Session, editions: Editions, months: Months, found: Moved | None = None) -> Report:
    """How each month went from what members held to what they held: signed, by contra, for every unit."""
    told, found = points_of(one.programme for one in editions.items), found or moved(session, months)
    rows = []
    for unit in _units(editions, months, (unit for unit, _, _ in found)):
        held = sum(points for (of, _, place), points in found.items() if of == unit and place < 0)
        for place, month in enumerate(months.names):
            parts = [found.get((unit, contra, place), 0) for contra in CONTRAS]
            sums = [held, *parts, held := held + sum(parts)]
            rows.append((unit, month, *(told.tell(unit, points) for points in sums)))
    return Report(("unit", "month", "opening", *CONTRAS, "closing"), tuple(rows))


def expiring(session: Session, editions: Editions, months: Months) -> Report:
    """What members hold by the month in which it expires, and what they owe, for every unit.

    `overdue` is dead and waits for the night to write it off. `never` has no day of its own: it does not
    expire, or by inactivity, or not while a tier is held.
    """
    told, sums = points_of(one.programme for one in editions.items), Counter[tuple[str, str]]()
    is_debt = (Entry.kind == "debt").label("is_debt")
    by_day = (
        select(Entry.unit, is_debt, Entry.expires_on, func.sum(Entry.points))
        .where(Entry.booked_at <= months.at)
        .group_by(Entry.unit, "is_debt", Entry.expires_on)
    )
    last = calendar.add_months(months.day.replace(day=1), MOST_MONTHS_AHEAD)
    for unit, owed, day, points in session.execute(by_day):
        sums[unit, OWED if owed else _when(day, months.day, last)] += int(points)
    ahead = [
        name_of(calendar.add_months(months.day.replace(day=1), no)) for no in range(MOST_MONTHS_AHEAD + 1)
    ]
    rows = (
        (unit, when, told.tell(unit, sums[unit, when]))
        for unit in _units(editions, months, (unit for unit, _ in sums))
        for when in (OVERDUE, *ahead, LATER, NEVER, OWED)
    )
    return Report(("unit", "month", "points"), tuple(rows))


def _when(day: date, today: date, last: date) -> str:
    if day < today:
        return OVERDUE
    if day == calendar.FOREVER:
        return NEVER
    return LATER if day > calendar.month_end(last) else name_of(day)


def balance(session: Session, editions: Editions, months: Months, found: Moved | None = None) -> Report:
    """The trial balance of every unit: the contras, what members hold and owe, and what is left over: nil.

    Of the present, what members hold and owe is what their accounts say; else what their entries come to.
    """
    told, moved_in_all = points_of(one.programme for one in editions.items), Counter[tuple[str, str]]()
    for (unit, contra, _), points in (found or moved(session, months)).items():
        moved_in_all[unit, contra] += points
    kept = _by_accounts(session) if months.is_now else _by_entries(session, months)
    rows = []
    for unit in _units(editions, months, (unit for unit, _ in moved_in_all)):
        lines = {contra: moved_in_all[unit, contra] for contra in CONTRAS}
        held, owed = kept.get(unit, (0, 0))
        lines |= {HELD: -held, OWED: owed}
        lines["left_over"] = sum(lines.values())
        rows += [(unit, line, told.tell(unit, points)) for line, points in lines.items()]
    return Report(("unit", "line", "points"), tuple(rows))


def _by_accounts(session: Session) -> dict[str, tuple[int, int]]:
    """What members hold and what they owe of each unit, as their accounts say."""
    sums = select(
        AccountRow.unit, func.sum(AccountRow.available + AccountRow.held), func.sum(AccountRow.debt)
    ).group_by(AccountRow.unit)
    return {unit: (int(held), int(owed)) for unit, held, owed in session.execute(sums)}


def _by_entries(session: Session, months: Months) -> dict[str, tuple[int, int]]:
    """The same, of an instant that is past."""
    is_debt = (Entry.kind == "debt").label("is_debt")
    sums = (
        select(Entry.unit, is_debt, func.sum(Entry.points))
        .where(Entry.booked_at <= months.at)
        .group_by(Entry.unit, "is_debt")
    )
    kept: dict[str, tuple[int, int]] = {}
    for unit, owed, points in session.execute(sums):
        held_before, owed_before = kept.get(unit, (0, 0))
        kept[unit] = (held_before, -int(points)) if owed else (int(points), owed_before)
    return kept


def _units(editions: Editions, months: Months, found: Iterable[str]) -> list[str]:
    """The units of the programme in its order, and then those that are gone and have books."""
    declared = list(editions.at(months.at).programme.units)
    return [*declared, *sorted(set(found) - set(declared))]
