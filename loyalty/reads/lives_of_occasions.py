"""Birthdays and anniversaries of a span of members that booked nothing; who came by an import."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from loyalty import calendar, ids, ledger
from loyalty.decide.lived import Celebrated
from loyalty.ledger import Claim
from loyalty.members import Reference, who_may
from loyalty.reads.lives_of_points import OCCASIONS
from loyalty.reads.span import Span, Turns

Nights = Mapping[date, datetime]  #: day → the night that gave its birthdays
Occasion = tuple[int, str, int]  #: (member, kind, year)


def celebrated(
    session: Session,
    span: Span,
    rows: Sequence[Any],
    nights: Nights,
    known: Mapping[str, datetime],
    booked: Collection[Occasion],
) -> Turns:
    """Those that a night gave without points, and those of nights before any edition gave for them.

    `known` is since when an edition gives for a kind of fact; those `booked` gave points.
    """
    zone = span.editions.zone
    days = {
        name: day for row in rows for name, day in _days(span, row) if name not in booked and day in nights
    }
    claims = _claimed(session, span, [name for name in days if name[1] in known])
    may_act = {row.member_id for row in rows if row.state in who_may("serve")}
    for name, day in days.items():
        member_id, on, _ = name
        night, at = nights[day], claims.get(name)
        if at is None and member_id in may_act and (on not in known or night < known[on]):
            at = night
        if at is not None:
            yield member_id, at, 0, Celebrated(at, on, calendar.day_start(day, zone))


def imported(session: Session, span: Span) -> set[int]:
    """Those of the members who came by an import, by what core systems call them."""
    rows = select(Reference.value, Reference.member_id).where(span.holds(Reference))
    keys = {ledger.claims.key_of((value,)): member_id for value, member_id in session.execute(rows)}
    if not keys:
        return set()
    claims = select(Claim.key).where(Claim.scope == "import", Claim.key.in_(keys))
    return {keys[key] for key in session.scalars(claims)}


def _days(span: Span, row: Any) -> Iterator[tuple[Occasion, date]]:
    """Every birthday and anniversary of a member after they joined, to the end of the year."""
    joined = calendar.local_day(row.enrolled_at, span.editions.zone)
    for on, since in zip(OCCASIONS, (row.birth_date, joined), strict=True):
        for year in range(joined.year, span.as_of.year + 1) if since is not None else ():
            day = calendar.yearly_day(since.month, since.day, year)
            if row.enrolled_at < calendar.day_start(day, span.editions.zone):
                yield (row.member_id, on, year), day


def _claimed(session: Session, span: Span, names: Sequence[Occasion]) -> dict[Occasion, datetime]:
    """When each was given, whatever came of it."""
    found: dict[Occasion, datetime] = {}
    for on in OCCASIONS:
        mine = [name for name in names if name[1] == on]
        keys = {ledger.claims.key_of((ids.to_text(name[0]), str(name[2]))): name for name in mine}
        if keys:
            rows = select(Claim.key, Claim.taken_at).where(Claim.scope == on, Claim.key.in_(keys))
            told = session.execute(rows.where(Claim.taken_at <= span.as_of))
            found |= {keys[key]: taken_at for key, taken_at in told}
    return found
