"""The rows of whom a place was shown: for some minutes it may record what it gives them (B6)."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from loyalty.benefits.models import Recognition, Use
from loyalty.errors import NotFound
from loyalty.tables import drop_some

RECOGNISED = timedelta(minutes=10)  #: for so long after a card or a code was shown
_BYTES = 16


def keep_recognised(session: Session, place: str, member_id: int, card: str | None, now: datetime) -> str:
    """A handle for whoever a place was shown, with the card that speaks for them; only its digest is kept."""
    handle = secrets.token_urlsafe(_BYTES)
    row = Recognition(digest=_digest(handle), place=place, member_id=member_id, card=card, shown_at=now)
    session.add(row)
    session.flush()
    return handle


def recognised(session: Session, handle: str, place: str, now: datetime) -> Recognition:
    """Whom a place was shown. Raises NotFound for another place's, and once the minutes are over."""
    row = session.get(Recognition, _digest(handle))
    if row is None or row.place != place or now >= row.shown_at + RECOGNISED:
        raise NotFound
    return row


def forget_recognised(session: Session, now: datetime, limit: int) -> int:
    """Drop up to `limit` of those whose minutes are over; how many."""
    return drop_some(session, Recognition, limit, Recognition.shown_at <= now - RECOGNISED)


def forget_person(session: Session, member_id: int) -> None:
    """Drop whom places were shown, and what they noted beside visits of somebody who is forgotten (M7)."""
    session.execute(delete(Recognition).where(Recognition.member_id == member_id))
    session.execute(update(Use).where(Use.member_id == member_id).values(attributes={}))


def _digest(handle: str) -> str:
    return sha256(handle.encode()).hexdigest()
