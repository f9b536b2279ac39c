"""Who comes to an event of the club and who waits, and the calendar of all of them, as staff see them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from loyalty.benefits import OPEN, EventRow, PlaceRow, Use
from loyalty.errors import NotFound
from loyalty.members import Card, Member, Person

COMES = ("reserved", "used", "no_show")  #: who has places


@dataclass(frozen=True, slots=True)
class EventShown:
    """An event, where it is, and how many wait for a place."""

    event: EventRow
    place: Mapping[str, str] | None  #: what it is called
    waiting: int  #: bookings


@dataclass(frozen=True, slots=True)
class Guest:
    """A booking of an event: whose, and for how many."""

    use: Use
    name: str | None  #: None: the person was forgotten
    card: str | None

    @property
    def people(self) -> int:
        """Companions included."""
        return 1 + self.use.guests


def calendar_page(
    session: Session, after: int | None, limit: int, now: datetime, *, over: bool
) -> list[EventShown]:
    """Up to `limit` events to come, the next one first, or those that are over or were called off, the last
    one first; those behind the event `after`."""
    coming = and_(EventRow.starts_at > now, EventRow.cancelled_at.is_(None))
    order = (EventRow.starts_at, EventRow.event_id)
    told = _shown().where(~coming if over else coming)
    if after is not None:
        told = told.where(_behind(after, over=over))
    told = told.order_by(*(one.desc() if over else one for one in order)).limit(limit)
    return [EventShown(*row) for row in session.execute(told).tuples()]


def event_shown(session: Session, event_id: int) -> EventShown:
    """One event. Raises NotFound."""
    found = session.execute(_shown().where(EventRow.event_id == event_id)).tuples().one_or_none()
    if found is None:
        raise NotFound
    return EventShown(*found)


def guests(session: Session, event_id: int, after: int | None, limit: int) -> Sequence[Guest]:
    """Up to `limit` bookings of an event behind the booking `after`: who comes, then who waits.

    Each in the order in which they came, by the name and card of the survivor where a member was merged.
    """
    turn = case((Use.state == "waiting", 1), else_=0)
    survivor = func.coalesce(Member.merged_into, Member.member_id)
    told = (
        select(Use, Person.name, Card.number)
        .join(Member, Member.member_id == Use.member_id)
        .outerjoin(Person, Person.member_id == survivor)
        .outerjoin(Card, and_(Card.member_id == survivor, Card.ended_at.is_(None)))
        .where(Use.event_id == event_id, Use.state.in_((*COMES, "waiting")))
    )
    if after is not None:
        last = aliased(Use)
        last_turn = case((last.state == "waiting", 1), else_=0)
        behind = or_(
            turn > last_turn,
            and_(turn == last_turn, Use.booked_at > last.booked_at),
            and_(turn == last_turn, Use.booked_at == last.booked_at, Use.use_id > last.use_id),
        )
        told = told.join(last, and_(last.event_id == event_id, last.use_id == after)).where(behind)
    told = told.order_by(turn, Use.booked_at, Use.use_id).limit(limit)
    return [Guest(*row) for row in session.execute(told).tuples()]


def has_bookings(session: Session, event_id: int) -> bool:
    """Whether anybody comes to an event or waits for a place."""
    mine = select(Use.use_id).where(Use.event_id == event_id, Use.state.in_(OPEN)).limit(1)
    return session.scalar(mine) is not None


def _shown() -> Select[Any]:
    waits = select(func.count()).where(Use.event_id == EventRow.event_id, Use.state == "waiting")
    named = select(EventRow, PlaceRow.name, waits.correlate(EventRow).scalar_subquery())
    return named.outerjoin(PlaceRow, PlaceRow.code == EventRow.place)


def _behind(after: int, *, over: bool) -> ColumnElement[bool]:
    last = select(EventRow.starts_at).where(EventRow.event_id == after).scalar_subquery()
    if over:
        return or_(EventRow.starts_at < last, and_(EventRow.starts_at == last, EventRow.event_id < after))
    return or_(EventRow.starts_at > last, and_(EventRow.starts_at == last, EventRow.event_id > after))
