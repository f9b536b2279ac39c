"""Writing news; whoever sends it reads it later."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Insert, Select, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from loyalty import ids
from loyalty.errors import Invalid
from loyalty.outbox.models import Message, OutboxHead
from loyalty.tables import table_of
from loyalty.writing import adding, later

_MESSAGE = table_of(Message)
_NEWS = adding(Message)
_PLACE = (
    update(_MESSAGE)
    .where(_MESSAGE.c.event_id == bindparam("of_event"), _MESSAGE.c.position.is_(None))
    .values(position=bindparam("place"))
)


def add(
    session: Session,
    member_id: int,
    last_seq: int,
    events: Iterable[tuple[str, Mapping[str, object]]],
    now: datetime,
    *,
    is_news: bool = True,
) -> int:
    """Keep events of one member, numbered after `last_seq`; the last number used.

    History is no news: it gets a place before the line, where nobody is told of it.
    """
    rows = []
    for seq, (kind, body) in enumerate(events, start=last_seq + 1):
        event_id = ids.new_id(now)
        place = None if is_news else -event_id
        row = {"member_id": member_id, "seq": seq, "event_id": event_id, "kind": kind, "body": dict(body)}
        rows.append(row | {"booked_at": now, "position": place})
    later(session, _NEWS, rows, member_id)
    return last_seq + len(rows)


def adding_found(events: Select[Any]) -> Insert:
    """What keeps the events of many members that a query finds, each a row of news."""
    return insert(_MESSAGE).from_select([column.name for column in events.selected_columns], events)


def last_seq(session: Session, member_id: int) -> int:
    """The highest number that an event of a member has; 0 before the first."""
    return session.scalar(select(func.max(Message.seq)).where(Message.member_id == member_id)) or 0


def line_up(session: Session, limit: int) -> int:
    """Give up to `limit` events that were committed meanwhile their places in the line; how many."""
    last = session.execute(select(OutboxHead.position).with_for_update()).scalar_one()
    waiting = select(Message.event_id).where(Message.position.is_(None)).order_by(Message.event_id)
    places = [
        {"of_event": event_id, "place": place}
        for place, event_id in enumerate(session.scalars(waiting.limit(limit)), start=last + 1)
    ]
    if places:
        session.execute(_PLACE, places)
        session.execute(update(OutboxHead).values(position=places[-1]["place"]))
    return len(places)


def after(session: Session, position: int, kinds: Sequence[str], limit: int) -> Sequence[Message]:
    """Up to `limit` events behind a place in the line, in order; of these kinds, or of all."""
    rows = select(Message).where(Message.position > position).order_by(Message.position).limit(limit)
    return session.scalars(rows.where(Message.kind.in_(kinds)) if kinds else rows).all()


def place_of(session: Session, event_id: int | None) -> int:
    """The place of an event; 0 for none. Raises Invalid for an event that nobody was shown."""
    if event_id is None:
        return 0
    found = session.scalar(select(Message.position).where(Message.event_id == event_id))
    if found is None or found < 0:
        raise Invalid(fields={"after": "is no event of ours"})
    return found


def last_place(session: Session) -> int:
    """The last place given."""
    return session.execute(select(OutboxHead.position)).scalar_one()
