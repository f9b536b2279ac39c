"""The rows of club events: announced, booked up to their last place, cancelled."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, insert, select, update
from sqlalchemy.orm import Session

from loyalty import ids
from loyalty.benefits.facts import OPEN, ClubEvent
from loyalty.benefits.models import ClubEvent as EventRow
from loyalty.benefits.models import Use
from loyalty.errors import NotFound
from loyalty.guard import expect_one
from loyalty.tables import table_of

LAW = "events"  #: the places that are taken are those of the bookings that count
_EVENT = table_of(EventRow)


def announce(session: Session, event: ClubEvent, now: datetime) -> int:
    """Keep an event; its id."""
    event_id = ids.new_id(now)
    row = {name: getattr(event, name) for name in ClubEvent.__slots__} | {"name": dict(event.name)}
    session.execute(insert(_EVENT), [row | {"event_id": event_id, "taken": 0, "announced_at": now}])
    return event_id


def event(session: Session, event_id: int, *, locked: bool = False) -> EventRow:
    """An event as it stands now; locked, it is neither called off nor booked meanwhile. Raises NotFound."""
    found = session.get(EventRow, event_id, populate_existing=True, with_for_update=locked or None)
    if found is None:
        raise NotFound.at("event")
    return found


def coming(session: Session, after: datetime) -> Sequence[EventRow]:
    """The events that begin after an instant and were not cancelled, the next one first."""
    told = select(EventRow).where(EventRow.starts_at > after, EventRow.cancelled_at.is_(None))
    return session.scalars(told.order_by(EventRow.starts_at, EventRow.event_id)).all()


def seat(session: Session, event_id: int, places: int) -> bool:
    """Take places of an event, or none of them; whether they were there: the last go to one of two."""
    free = (_EVENT.c.event_id == event_id, _EVENT.c.taken + places <= _EVENT.c.capacity)
    taken = update(_EVENT).where(*free, _EVENT.c.cancelled_at.is_(None))
    done = session.execute(taken.values(taken=_EVENT.c.taken + places))
    return cast("CursorResult[Any]", done).rowcount == 1


def unseat(session: Session, event_id: int, places: int) -> None:
    """Places that were taken are free again."""
    freed = update(_EVENT).where(_EVENT.c.event_id == event_id).values(taken=_EVENT.c.taken - places)
    expect_one(session.execute(freed), LAW, "the event")


def change_event(session: Session, event_id: int, event: ClubEvent) -> None:
    """Let an event be told otherwise; its benefit stays."""
    values = {name: getattr(event, name) for name in ClubEvent.__slots__ if name != "benefit"}
    told = values | {"name": dict(event.name)}
    session.execute(update(_EVENT).where(_EVENT.c.event_id == event_id).values(told))


def call_off(session: Session, event_id: int, now: datetime) -> bool:
    """Cancel an event; whether it was not cancelled before. Raises NotFound."""
    found = event(session, event_id)
    if found.cancelled_at is not None:
        return False
    session.execute(update(_EVENT).where(_EVENT.c.event_id == event_id).values(cancelled_at=now))
    return True


def waiting(session: Session, event_id: int) -> Sequence[Use]:
    """Who waits for a place of an event, the first one first."""
    told = select(Use).where(Use.event_id == event_id, Use.state == "waiting")
    return session.scalars(told.order_by(Use.booked_at, Use.use_id)).all()


def booked(session: Session, event_id: int) -> Sequence[Use]:
    """Who comes to an event, or waits for a place."""
    told = select(Use).where(Use.event_id == event_id, Use.state.in_(OPEN))
    return session.scalars(told.order_by(Use.member_id, Use.use_id)).all()


def called_off(session: Session) -> Sequence[int]:
    """The events that were cancelled and still have bookings."""
    told = select(EventRow.event_id).where(EventRow.cancelled_at.is_not(None))
    still = select(Use.use_id).where(Use.event_id == EventRow.event_id, Use.state.in_(OPEN))
    return session.scalars(told.where(still.exists()).order_by(EventRow.event_id)).all()
