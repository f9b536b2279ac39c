"""A card lets go of the bookings that it does not give, as of when it went down or did not come (B3)."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import access, benefits, calendar, ids, letters, members
from loyalty.actions.tell_news import hold_still, tell_news
from loyalty.benefits import Use
from loyalty.decide.outcome import Event
from loyalty.reads.entitled import CARD_LOWER

BY_THE_CLUB, DECEASED, ERASED, LEFT = "club", "deceased", "erased", "left"


def let_go(session: Session, gone: Mapping[Use, datetime], now: datetime) -> Iterator[Event]:
    """Cancel what the member's card does not give, each since when (`lost_bookings`); the news of it."""
    for use, since in gone.items():
        if use.event_id is not None and use.state == "reserved":
            benefits.unseat(session, use.event_id, 1 + use.guests)
        benefits.close(session, use, "cancelled", False, BY_THE_CLUB, now, CARD_LOWER)
        name = ids.pair_to_text(use.member_id, use.use_id)
        body = {"use": name, "benefit": use.benefit, "reason": CARD_LOWER}
        when = {"at": calendar.instant_text(use.at), "since": calendar.instant_text(since)}
        yield Event("benefit.cancelled", body | when)


def let_go_of_all(session: Session, member_id: int, now: datetime, reason: str) -> Iterator[Event]:
    """A member has gone: every booking ends, and nobody is looked for to look after them (M7, M9)."""
    for use in benefits.open_uses(session, member_id):
        if use.event_id is not None and use.state == "reserved":
            benefits.unseat(session, use.event_id, 1 + use.guests)
        benefits.close(session, use, "cancelled", False, BY_THE_CLUB, now, reason)
        body = {"use": ids.pair_to_text(member_id, use.use_id), "benefit": use.benefit, "reason": reason}
        yield Event("benefit.cancelled", body | {"at": calendar.instant_text(use.at)})
    benefits.end_all(session, member_id, now)


def say_goodbye(session: Session, member_id: int, now: datetime, reason: str) -> Iterator[Event]:
    """A member left or died: bookings end, no letter goes out, every device is signed out (M9).

    What whoever was merged into them has booked stands, and is told, under their own id (M6).
    """
    for one in members.merged_into(session, member_id):
        before = hold_still(session, one)
        for event in let_go_of_all(session, one, now, reason):
            tell_news(session, before, event.kind, event.body, now)
        letters.drop_letters_of(session, one, f"the member is {reason}")
    yield from let_go_of_all(session, member_id, now, reason)
    letters.drop_letters_of(session, member_id, f"the member is {reason}")
    access.end_sessions(session, member_id, now)
