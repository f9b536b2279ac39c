"""What is booked on a day of the club: how much at each place, and the list of one (B5, B6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select, tuple_
from sqlalchemy.orm import Session

from loyalty import calendar, ids
from loyalty.benefits import PlaceRow, State, Use
from loyalty.decide.programme import Editions
from loyalty.reads.visits import Visit, at_place, first_visits, ways_to_end


@dataclass(frozen=True, slots=True)
class PlaceDay:
    """One place on a day; None: visits for which no place was told."""

    place: PlaceRow | None
    reserved: int
    used: int
    missed: int
    cancelled: int
    people: int  #: who came or are expected, companions included


@dataclass(frozen=True, slots=True)
class DayList:
    """The visits of one place on a day, the earliest first, each with how it may end now."""

    visits: Sequence[tuple[Visit, tuple[State, ...]]]
    following: str | None  #: behind which visit the list goes on; None: it is whole


def places_of_day(session: Session, editions: Editions, day: date) -> list[PlaceDay]:
    """Every place with visits on a day, by provider and code; who waits for a place is none of them."""
    states = ("reserved", "used", "no_show", "cancelled")
    counted = [func.sum(case((Use.state == state, 1), else_=0)) for state in states]
    come = func.sum(case((Use.state.in_(("reserved", "used")), 1 + Use.guests), else_=0))
    rows = (
        select(PlaceRow, *counted, come)
        .select_from(Use)
        .outerjoin(PlaceRow, PlaceRow.code == Use.place)
        .where(_on(editions, day), Use.state != "waiting")
        .group_by(PlaceRow.code)
        .order_by(PlaceRow.provider.is_(None), PlaceRow.provider, PlaceRow.code)
    )
    return [PlaceDay(place, *(int(one) for one in counts)) for place, *counts in session.execute(rows)]


def list_of_day(
    session: Session,
    editions: Editions,
    day: date,
    place: str,
    after: tuple[int, int] | None,
    limit: int,
    now: datetime,
) -> DayList:
    """Up to `limit` visits of a place on a day behind one, in one statement."""
    which = [_on(editions, day), at_place(place), Use.state != "waiting"]
    if after is not None:
        at = select(Use.at).where(tuple_(Use.member_id, Use.use_id) == after).scalar_subquery()
        same = and_(Use.at == at, tuple_(Use.member_id, Use.use_id) > after)
        which.append(or_(Use.at > at, same))
    found = list(first_visits(session, editions, *which, limit=limit + 1))
    following = ids.pair_to_text(*found[limit - 1].key) if len(found) > limit else None
    return DayList([(one, ways_to_end(editions, one, now)) for one in found[:limit]], following)


def _on(editions: Editions, day: date) -> ColumnElement[bool]:
    first, until = calendar.day_start(day, editions.zone), calendar.day_after(day, editions.zone)
    return and_(Use.at >= first, Use.at < until)
