"""A card that went down lets go of the bookings it no longer gives, as of when it did (B3)."""

from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import benefits, calendar, ids
from loyalty.decide.course import Course
from loyalty.decide.outcome import Snapshot
from loyalty.decide.programme import Editions
from loyalty.reads.entitled import lost_bookings, with_all_terms

BY_THE_CLUB, LOWER = "club", "card_lower"


def let_go(session: Session, editions: Editions, after: Snapshot, now: datetime) -> list[dict[str, object]]:
    """Cancel what the member's card no longer gives, its terms being written; what is told of each."""
    course, news = Course(editions, with_all_terms(session, after), iter(())), []
    for use, since in lost_bookings(session, course).items():
        benefits.close(session, use, "cancelled", False, BY_THE_CLUB, now, LOWER)
        told: dict[str, object] = {"use": ids.pair_to_text(use.member_id, use.use_id), "benefit": use.benefit}
        told |= {"at": calendar.instant_text(use.at), "reason": LOWER, "since": calendar.instant_text(since)}
        news.append(told)
    return news
