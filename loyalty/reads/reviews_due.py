"""The reviews of tiers to come, and what they would decide by what members have today: an estimate."""

from collections import Counter
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, extract, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from loyalty.calendar import yearly_day
from loyalty.decide.foreseeing import bars_of, foreseen, reading_at
from loyalty.decide.programme import Editions
from loyalty.ledger import AccountRow, TallyRow
from loyalty.members import Member
from loyalty.reads.club import GONE_AT
from loyalty.reads.months import Months, months_after
from loyalty.reads.report import Report
from loyalty.tiers import Counter as TierCounter
from loyalty.tiers import Ladder, Standing, TermRow, Window

MONTHS_AHEAD = 12


def reviews_due(session: Session, editions: Editions, months: Months) -> Report:
    """The terms that end in the next twelve months, by tier, and how many would rise, keep it, or fall.

    They are judged as if each were reviewed today, by the ladder in force: what members will earn or lose
    until then is not known. Looking back, balances of then are not at hand, and only `due` is told.
    """
    ladder, coming = (
        editions.at(months.at).programme.ladder,
        months_after(months.at, MONTHS_AHEAD, months.zone),
    )
    known = {step.code for step in ladder.tiers}
    terms = _terms(months, coming)
    if months.is_now:
        terms = _with_readings(terms, months, ladder)
    found = Counter[tuple[int, str, str]]()
    for place, tier, count, *seen in session.execute(terms):
        found[place, tier, "due"] += count
        if months.is_now and tier in known:
            found[place, tier, _course(ladder, tier, seen)] += count
    codes = [*(step.code for step in ladder.tiers), *sorted({tier for _, tier, _ in found} - known)]
    rows = tuple(
        (
            month,
            code,
            found[place, code, "due"],
            *_judged(found, place, code, months.is_now and code in known),
        )
        for place, month in enumerate(coming.names)
        for code in codes
    )
    return Report(("month", "tier", "due", "rise", "keep", "fall"), rows)


def _judged(found: Counter[tuple[int, str, str]], place: int, code: str, is_known: bool) -> list[int | None]:
    return [found[place, code, course] if is_known else None for course in ("rise", "keep", "fall")]


def _course(ladder: Ladder, tier: str, seen: list[int]) -> str:
    """What members decide who meet so many bars of each counter, or began with so many terms."""
    told = dict(zip((one.code for one in ladder.terms.counters), seen, strict=True))
    readings = {
        one.code: reading_at(bars_of(ladder, one.code), told[one.code])
        for one in ladder.terms.counters
        if one.unit is not None
    }
    return foreseen(ladder, tier, readings, told)


def _terms(months: Months, coming: Months) -> Select[Any]:
    """The running terms by month of their end and tier."""
    runs = and_(
        TermRow.booked_at <= months.at,
        TermRow.from_at <= months.at,
        or_(TermRow.ended_at.is_(None), TermRow.ended_at > months.at, TermRow.end_booked_at > months.at),
        TermRow.until_at > months.at,
        TermRow.until_at <= coming.at,
        or_(GONE_AT.is_(None), months.at < GONE_AT),
    )
    return (
        select(coming.place(TermRow.until_at), TermRow.tier, func.count())
        .join(Standing, Standing.member_id == TermRow.member_id)
        .join(Member, Member.member_id == TermRow.member_id)
        .where(runs, TermRow.tier.is_not(None))
        .group_by("month", TermRow.tier)
    )


def _with_readings(rows: Select[Any], months: Months, ladder: Ladder) -> Select[Any]:
    """The same by how many bars each counter's reading meets; of a counter of terms, by what began them."""
    for no, counter in enumerate(ladder.terms.counters):
        if counter.unit is None:
            before = func.coalesce(TermRow.evidence["measure"][counter.code].as_integer(), 0)
            rows = rows.add_columns(before.label(f"counter_{no}")).group_by(f"counter_{no}")
        else:
            rows = _with_reading(rows, months, counter, bars_of(ladder, counter.code), f"counter_{no}")
    return rows


def _with_reading(
    rows: Select[Any], months: Months, counter: TierCounter, bars: tuple[int, ...], name: str
) -> Select[Any]:
    """The same by how many bars the reading of one counter of points meets."""
    if counter.window is None:
        shown = select(
            AccountRow.member_id, (AccountRow.available + AccountRow.held - AccountRow.debt).label("points")
        ).where(AccountRow.unit == counter.unit)
    else:
        shown = _earned(months, counter.unit, counter.window)
    points = shown.subquery(f"of_{name}")
    reading = func.coalesce(points.c.points, 0)
    meets = case(*((reading >= bar, no) for no, bar in reversed(list(enumerate(bars, start=1)))), else_=0)
    rows = rows.join(points, points.c.member_id == TermRow.member_id, isouter=True)
    return rows.add_columns(meets.label(name)).group_by(name)


def _earned(months: Months, unit: str | None, window: Window) -> Select[Any]:
    """What each member earned in a window, were it reviewed today."""
    today, tally = months.day, TallyRow
    sums = (
        select(tally.member_id, func.sum(tally.earned).label("points"))
        .where(tally.unit == unit)
        .group_by(tally.member_id)
    )
    if window.kind != "membership_year":
        first, last = window.days(today, today, for_review=True)
        return sums.where(tally.day >= first, tally.day <= last)
    # Since the anniversary, which each has their own of. Both databases can count days as numbers.
    leap = yearly_day(2, 29, today.year)
    joined = extract("month", Member.enrolled_on) * 100 + extract("day", Member.enrolled_on)
    this_year = today.year * 10_000
    on = case((joined == 229, leap.month * 100 + leap.day), else_=joined)
    since = case((on <= today.month * 100 + today.day, this_year + on), else_=this_year - 10_000 + joined)
    return sums.join(Member, Member.member_id == tally.member_id).where(
        _number(tally.day) >= since, tally.day <= today
    )


def _number(day: InstrumentedAttribute[Any]) -> ColumnElement[int]:
    return extract("year", day) * 10_000 + extract("month", day) * 100 + extract("day", day)
