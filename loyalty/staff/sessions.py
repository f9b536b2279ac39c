"""The rows of colleagues who are signed in, or have told a password and are asked for the second factor."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from loyalty.errors import NotFound, Unauthorised
from loyalty.ids import new_id
from loyalty.staff.factors import SECRET_BYTES, digest
from loyalty.staff.models import StaffAccount, StaffRole, StaffSession, StaffSignIn
from loyalty.staff.roles import Permission, Role, known_roles, permissions_of
from loyalty.staff.store import actor
from loyalty.tables import drop_some

LONGEST = timedelta(hours=8)  #: after signing in
IDLE = timedelta(minutes=15)  #: after the last request
FRESH = timedelta(minutes=10)  #: so long after telling both factors, dangerous acts may be done
SEEN_EVERY = timedelta(minutes=1)  #: so often it is noted that a browser still asks
HALFWAY = timedelta(minutes=10)  #: so long after the password, the second factor is heard
HALFWAY_TRIES = 5


@dataclass(frozen=True, slots=True)
class OnDuty:
    """The colleague behind a browser's secret, with what they may do at this instant."""

    account_id: int
    session_id: int
    name: str
    email: str
    roles: tuple[Role, ...]
    permissions: frozenset[Permission]
    seen_at: datetime
    proven_at: datetime

    @property
    def actor(self) -> str:
        """Who they are in the chain of acts, and for what is asked by them."""
        return actor(self.account_id)

    def is_fresh(self, now: datetime) -> bool:
        """Whether both factors were told a short while ago."""
        return now < self.proven_at + FRESH


def on_duty(session: Session, secret: str, now: datetime) -> OnDuty:
    """Who the browser with this secret is. Raises Unauthorised, for who was disabled too."""
    asked = (
        select(StaffSession, StaffAccount, StaffRole.role)
        .join(StaffAccount, StaffAccount.account_id == StaffSession.account_id)
        .outerjoin(StaffRole, StaffRole.account_id == StaffAccount.account_id)
        .where(StaffSession.digest == digest(secret), lasts(now), StaffAccount.disabled_at.is_(None))
    )
    found = session.execute(asked).all()
    if not found:
        raise Unauthorised
    row, who, _ = found[0]
    roles = known_roles([role for *_, role in found if role is not None])
    return OnDuty(
        who.account_id,
        row.session_id,
        who.name,
        who.email,
        roles,
        permissions_of(roles),
        row.seen_at,
        row.proven_at,
    )


def begin(session: Session, account_id: int, device: str, now: datetime) -> str:
    """A session of a colleague who told both factors; its secret is for the browser alone."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    moments = {"began_at": now, "proven_at": now, "seen_at": now}
    session.add(
        StaffSession(
            session_id=new_id(now),
            digest=digest(secret),
            account_id=account_id,
            device=device[:80],
            **moments,
        )
    )
    session.flush()
    return secret


def note(session: Session, secret: str, now: datetime, *, proven: bool = False) -> None:
    """The browser with this secret still asks, or has just told both factors again."""
    values = {"seen_at": now} | ({"proven_at": now} if proven else {})
    session.execute(update(StaffSession).where(StaffSession.digest == digest(secret)).values(values))


def lasts(now: datetime) -> ColumnElement[bool]:
    """The condition of sessions that last at an instant."""
    return (
        StaffSession.ended_at.is_(None)
        & (StaffSession.began_at > now - LONGEST)
        & (StaffSession.seen_at > now - IDLE)
    )


def sessions_of(session: Session, account_id: int, now: datetime) -> list[StaffSession]:
    """A colleague's sessions that last, the one seen last first."""
    mine = select(StaffSession).where(StaffSession.account_id == account_id, lasts(now))
    return list(session.scalars(mine.order_by(StaffSession.seen_at.desc(), StaffSession.session_id)))


def end(session: Session, account_id: int, session_id: int, now: datetime) -> None:
    """End one session of a colleague. Raises NotFound for somebody else's."""
    row = session.get(StaffSession, session_id)
    if row is None or row.account_id != account_id:
        raise NotFound
    row.ended_at = row.ended_at or now


def end_of(session: Session, secret: str, now: datetime) -> None:
    """End the session of a browser; one that ended already stays so."""
    mine = (StaffSession.digest == digest(secret)) & StaffSession.ended_at.is_(None)
    session.execute(update(StaffSession).where(mine).values(ended_at=now))


def end_all(session: Session, account_id: int, now: datetime, *, but: int | None = None) -> None:
    """End a colleague's sessions, all or all but one, and what they have begun to sign in."""
    mine = (StaffSession.account_id == account_id) & StaffSession.ended_at.is_(None)
    if but is not None:
        mine &= StaffSession.session_id != but
    session.execute(update(StaffSession).where(mine).values(ended_at=now))
    session.execute(delete(StaffSignIn).where(StaffSignIn.account_id == account_id))


def begin_halfway(session: Session, account_id: int, now: datetime) -> str:
    """A browser told a colleague's password: the secret by which it tells the second factor."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    session.add(StaffSignIn(digest=digest(secret), account_id=account_id, began_at=now, tries=0))
    session.flush()
    return secret


def try_halfway(session: Session, secret: str, now: datetime) -> int:
    """One more try at the second factor: whose it is. Raises Unauthorised once it is over."""
    asked = select(StaffSignIn).where(StaffSignIn.digest == digest(secret)).with_for_update()
    row = session.scalar(asked, execution_options={"populate_existing": True})
    if row is None or row.tries >= HALFWAY_TRIES or now >= row.began_at + HALFWAY:
        raise Unauthorised
    row.tries += 1
    session.flush()
    return row.account_id


def end_halfway(session: Session, secret: str) -> None:
    """The second factor was told, or is not awaited any more."""
    session.execute(delete(StaffSignIn).where(StaffSignIn.digest == digest(secret)))


def forget_sessions(session: Session, now: datetime, limit: int) -> int:
    """Drop up to `limit` sessions, and as many sign-ins half done, that are over; how many."""
    sessions = drop_some(session, StaffSession, limit, StaffSession.began_at <= now - LONGEST)
    return sessions + drop_some(session, StaffSignIn, limit, StaffSignIn.began_at <= now - HALFWAY)
