"""The rows of those who are signed in to a page by a key: for a day's work, while the key lives."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from loyalty.access.models import ApiKey, PageSession
from loyalty.access.secrets import PLACE, SECRET_BYTES, digest, matches, split_key
from loyalty.access.store import is_live, key_by_prefix
from loyalty.errors import Unauthorised
from loyalty.tables import drop_some

LONGEST = timedelta(hours=12)  #: after signing in
IDLE = timedelta(hours=4)  #: after the last request
SEEN_EVERY = timedelta(minutes=1)  #: so often it is noted that a browser still asks


def sign_in(session: Session, text: str, now: datetime) -> str:
    """Begin a session by the text of a place's key; its secret is for the browser alone.

    Raises Unauthorised.
    """
    key, secret = key_of_place(session, text, now), secrets.token_urlsafe(SECRET_BYTES)
    session.add(PageSession(digest=digest(secret), key_id=key.key_id, began_at=now, seen_at=now))
    key.last_used_on = now.date()
    return secret


def key_of_place(session: Session, text: str, now: datetime) -> ApiKey:
    """The key of a place that opens its page.

    Raises Unauthorised, and says no more; a key that signs its requests signs nobody in.
    """
    presented = split_key(text)
    key = key_by_prefix(session, presented.prefix) if presented else None
    if presented is None or key is None or not matches(presented.whole, key.digest):
        raise Unauthorised
    if not is_live(key, now) or PLACE not in key.scopes or key.signed:
        raise Unauthorised
    return key


def signed_in(session: Session, secret: str, now: datetime) -> tuple[ApiKey, datetime]:
    """By which key the browser with this secret is signed in, and when it asked last. Raises Unauthorised."""
    row = session.get(PageSession, digest(secret))
    key = session.get(ApiKey, row.key_id) if row else None
    if row is None or key is None or not _lasts(row, now) or not is_live(key, now):
        raise Unauthorised
    return key, row.seen_at


def note_seen(session: Session, secret: str, now: datetime) -> None:
    """The browser with this secret still asks; once a minute is enough."""
    row = session.get(PageSession, digest(secret))
    if row is not None:
        row.seen_at = max(row.seen_at, now)


def sign_out(session: Session, secret: str, now: datetime) -> None:
    """End a session; one that ended already stays so."""
    row = session.get(PageSession, digest(secret))
    if row is not None:
        row.ended_at = row.ended_at or now


def forget_page_sessions(session: Session, now: datetime, limit: int) -> int:
    """Drop up to `limit` sessions that are over; how many."""
    return drop_some(session, PageSession, limit, PageSession.began_at <= now - LONGEST)


def _lasts(row: PageSession, now: datetime) -> bool:
    return row.ended_at is None and now < min(row.began_at + LONGEST, row.seen_at + IDLE)
