"""What was remembered for a while is dropped: nonces, codes, sessions, whom places were shown, letters."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from loyalty import access, benefits, letters, members, staff
from loyalty.decide.programme import Editions

_NONCES_KEPT = timedelta(days=1)  #: a stamp passes for five minutes before and after it
_LETTERS_KEPT = timedelta(days=100)  #: longer than any letter tells ahead: told once, whatever comes


def forget(session: Session, editions: Editions, now: datetime) -> None:
    """Drop the nonces whose stamps pass no more, and the codes that no offline sale may name any more."""
    offline = timedelta(days=editions.at(now).programme.limits.offline_days + 1)
    access.forget_nonces(session, now - _NONCES_KEPT)
    access.forget_page_sessions(session, now)
    access.forget_member_sessions(session, now)
    access.forget_one_time_codes(session, now)
    staff.forget_sessions(session, now)
    staff.forget_tries(session, now)
    benefits.forget_recognised(session, now)
    letters.close_unsent(session, now - letters.LIFE)
    letters.forget_old_letters(session, now - _LETTERS_KEPT)
    members.forget_codes(session, now - offline)
