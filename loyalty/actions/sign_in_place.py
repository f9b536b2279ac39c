"""Whoever works at a place signs in to its page by the place's key, and out again."""

from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import access, acts


def sign_in_place(session: Session, text: str, before: str, now: datetime) -> str:
    """The secret of a new session for the browser that told a place's key; what it had before ends.

    Raises Unauthorised.
    """
    secret = access.sign_in(session, text, now)
    access.sign_out(session, before, now)
    key, _ = access.signed_in(session, secret, now)
    acts.record(session, now, actor=key.client, kind="place.signed_in", subject=key.prefix, content={})
    return secret


def sign_out_place(session: Session, secret: str, now: datetime) -> None:
    """End the session of a browser; doing it again changes nothing."""
    access.sign_out(session, secret, now)
