"""Rows of stops: whose books broke a law, and who let them go on."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, func, insert, select, update
from sqlalchemy.orm import Session

from loyalty.guard import expect_one
from loyalty.ids import new_id
from loyalty.tables import table_of
from loyalty.tiers.models import Standing, Stop

LONGEST_DETAIL = 500
_STANDING, _STOP = table_of(Standing), table_of(Stop)


def stop(session: Session, member_id: int, law: str, detail: str, now: datetime) -> bool:
    """Stop a member; whether they were not stopped before. One event more is counted."""
    if not _mark(session, member_id, now):
        return False
    row = {"member_id": member_id, "stop_id": new_id(now), "stopped_at": now, "law": law}
    session.execute(insert(_STOP), [row | {"detail": detail[:LONGEST_DETAIL]}])
    return True


def release(session: Session, member_id: int, by: str, reason: str, now: datetime) -> bool:
    """Let a member go on; whether they were stopped. One event more is counted."""
    if not _mark(session, member_id, None):
        return False
    mine = (_STOP.c.member_id == member_id, _STOP.c.released_at.is_(None))
    done = session.execute(update(_STOP).where(*mine).values(released_at=now, released_by=by, reason=reason))
    expect_one(done, "stopped", "the stop", member_id)
    return True


def open_stops(session: Session) -> Sequence[Stop]:
    """The stops of members who were not released yet, oldest first."""
    rows = select(Stop).where(Stop.released_at.is_(None))
    return session.scalars(rows.order_by(Stop.stop_id)).all()


def stops_by_law(session: Session) -> dict[str, int]:
    """How often each law stopped somebody, ever."""
    rows = select(Stop.law, func.count()).group_by(Stop.law).order_by(Stop.law)
    return dict(session.execute(rows).tuples().all())


def is_stopped(session: Session, member_id: int) -> bool:
    """Whether nothing may be written of a member now."""
    return session.scalar(select(Standing.stopped_at).where(Standing.member_id == member_id)) is not None


def _mark(session: Session, member_id: int, stopped_at: datetime | None) -> bool:
    """Turn the flag of a member over, once; whether it was the other way before."""
    other = _STANDING.c.stopped_at.is_not(None) if stopped_at is None else _STANDING.c.stopped_at.is_(None)
    mine = update(_STANDING).where(_STANDING.c.member_id == member_id, other)
    done = session.execute(mine.values(stopped_at=stopped_at, event_seq=_STANDING.c.event_seq + 1))
    return cast("CursorResult[Any]", done).rowcount == 1
