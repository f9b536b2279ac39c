"""Events as other systems are told them: thin, with ids alone."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from loyalty import ids, outbox


@dataclass(frozen=True, slots=True)
class EventView:
    """One event of one member (A5)."""

    event_id: str
    type: str
    member_id: str
    seq: int
    timestamp: datetime
    data: dict[str, Any]


def events_after(session: Session, event_id: int | None, limit: int) -> list[EventView]:
    """Up to `limit` events behind one, or from the first. Raises Invalid for one that nobody was shown."""
    place = outbox.place_of(session, event_id)
    return [event_view(message) for message in outbox.after(session, place, (), limit)]


def event_view(message: outbox.Message) -> EventView:
    """An event as it is told."""
    return EventView(
        ids.to_text(message.event_id),
        message.kind,
        ids.to_text(message.member_id),
        message.seq,
        message.booked_at,
        message.body,
    )
