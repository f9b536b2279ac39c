"""Rows of stops: whose books broke a law, and who let them go on."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from loyalty.guard import expect_one
from loyalty.ids import new_id
from loyalty.tables import table_of
from loyalty.tiers.models import Standing, Stop
from loyalty.tiers.store import Stand

LONGEST_DETAIL = 500
_STANDING, _STOP = table_of(Standing), table_of(Stop)


def stop(session: Session, before: Stand, law: str, detail: str, event_seq: int, now: datetime) -> None:
    """Stop a member who is locked, and not stopped yet."""
    _mark(session, before.member_id, now, event_seq)
    row = {"member_id": before.member_id, "stop_id": new_id(now), "stopped_at": now, "law": law}
    session.execute(insert(_STOP), [row | {"detail": detail[:LONGEST_DETAIL]}])


def release(session: Session, before: Stand, by: str, reason: str, event_seq: int, now: datetime) -> None:
    """Let a member who is locked, and stopped, go on."""
    _mark(session, before.member_id, None, event_seq)
    mine = (_STOP.c.member_id == before.member_id, _STOP.c.released_at.is_(None))
    done = session.execute(update(_STOP).where(*mine).values(released_at=now, released_by=by, reason=reason))
    expect_one(done, "stopped", "the stop", before.member_id)


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


def _mark(session: Session, member_id: int, stopped_at: datetime | None, event_seq: int) -> None:
    mine = update(_STANDING).where(_STANDING.c.member_id == member_id)
    done = session.execute(mine.values(stopped_at=stopped_at, event_seq=event_seq))
    expect_one(done, "12", "the standing", member_id)
