"""Writing news; whoever sends it reads it later."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from loyalty import ids
from loyalty.outbox.models import Message
from loyalty.tables import table_of


def add(
    session: Session,
    member_id: int,
    last_seq: int,
    events: Iterable[tuple[str, Mapping[str, object]]],
    now: datetime,
) -> int:
    """Keep events of one member, numbered after `last_seq`; the last number used."""
    rows = [
        {
            "member_id": member_id,
            "seq": seq,
            "event_id": ids.new_id(now),
            "kind": kind,
            "body": dict(body),
            "booked_at": now,
        }
        for seq, (kind, body) in enumerate(events, start=last_seq + 1)
    ]
    if rows:
        session.execute(insert(table_of(Message)), rows)
    return last_seq + len(rows)
