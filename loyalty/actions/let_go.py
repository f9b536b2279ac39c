"""A card that went down lets go of the bookings it no longer gives, as of when it did (B3)."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import benefits, calendar, ids
from loyalty.decide.course import Course
from loyalty.decide.outcome import Event
from loyalty.reads.entitled import lost_bookings

BY_THE_CLUB, LOWER = "club", "card_lower"


def let_go(session: Session, course: Course, now: datetime) -> Iterator[Event]:
    """Cancel what the member's card no longer gives, all their terms being written; the news of it."""
    for use, since in lost_bookings(session, course).items():
        benefits.close(session, use, "cancelled", False, BY_THE_CLUB, now, LOWER)
        body = {"use": ids.pair_to_text(use.member_id, use.use_id), "benefit": use.benefit, "reason": LOWER}
        when = {"at": calendar.instant_text(use.at), "since": calendar.instant_text(since)}
        yield Event("benefit.cancelled", body | when)
