"""The rows of members who are signed in to their pages."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from loyalty.access.models import MemberSession
from loyalty.access.secrets import SECRET_BYTES, digest
from loyalty.errors import NotFound
from loyalty.ids import new_id
from loyalty.tables import drop_some

LONGEST = timedelta(days=90)  #: after signing in
IDLE = timedelta(days=14)  #: after the last request
FRESH = timedelta(minutes=15)  #: so long after telling a code, what needs one may be done


def begin_session(session: Session, member_id: int, device: str, now: datetime) -> str:
    """A session of a member in a browser of that name; its secret is for the browser alone."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    session.add(
        MemberSession(
            session_id=new_id(now),
            digest=digest(secret),
            member_id=member_id,
            device=device[:80],
            began_at=now,
            proven_at=now,
            seen_at=now,
        )
    )
    session.flush()
    return secret


def sessions_of(session: Session, member_id: int, now: datetime) -> list[MemberSession]:
    """A member's sessions that last, the one seen last first."""
    mine = select(MemberSession).where(MemberSession.member_id == member_id, session_lasts(now))
    return list(session.scalars(mine.order_by(MemberSession.seen_at.desc(), MemberSession.session_id)))


def session_lasts(now: datetime) -> ColumnElement[bool]:
    """The condition of sessions that last at an instant."""
    return (
        MemberSession.ended_at.is_(None)
        & (MemberSession.began_at > now - LONGEST)
        & (MemberSession.seen_at > now - IDLE)
    )


def note_session(session: Session, secret: str, now: datetime, *, proven: bool = False) -> None:
    """The browser with this secret still asks, or has just told a code."""
    values = {"seen_at": now} | ({"proven_at": now} if proven else {})
    session.execute(update(MemberSession).where(MemberSession.digest == digest(secret)).values(values))


def end_session(session: Session, member_id: int, session_id: int, now: datetime) -> None:
    """End one session of a member. Raises NotFound for somebody else's."""
    row = session.get(MemberSession, session_id)
    if row is None or row.member_id != member_id:
        raise NotFound
    row.ended_at = row.ended_at or now


def end_session_of(session: Session, secret: str, now: datetime) -> None:
    """End the session of a browser; one that ended already stays so."""
    mine = (MemberSession.digest == digest(secret)) & MemberSession.ended_at.is_(None)
    session.execute(update(MemberSession).where(mine).values(ended_at=now))


def end_sessions(session: Session, member_id: int, now: datetime, *, but: int | None = None) -> None:
    """End a member's sessions, all or all but one."""
    mine = (MemberSession.member_id == member_id) & MemberSession.ended_at.is_(None)
    if but is not None:
        mine &= MemberSession.session_id != but
    session.execute(update(MemberSession).where(mine).values(ended_at=now))


def forget_member_sessions(session: Session, now: datetime, limit: int) -> int:
    """Drop up to `limit` sessions that are over; how many."""
    return drop_some(session, MemberSession, limit, MemberSession.began_at <= now - LONGEST)
