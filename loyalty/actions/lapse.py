"""Bookings whose day came under a card that does not give them are let go of: one chunk of members (B3)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import benefits
from loyalty.actions.book import fresh_ids, take, write
from loyalty.actions.let_go import let_go
from loyalty.decide import standing
from loyalty.decide.programme import Editions
from loyalty.errors import AccountStopped, NotFound
from loyalty.reads.entitled import lost_bookings, with_all_terms


def lapse(
    session: Session, editions: Editions, since: datetime, after_id: int, limit: int, now: datetime
) -> Sequence[int]:
    """Look at up to `limit` members above `after_id` with a booking between `since` and `now`; their ids.

    It was lost at its instant already, whoever asked; whoever is stopped is passed over.
    """
    chunk = benefits.booked_between(session, since, now, after_id, limit)
    for member_id in chunk:
        try:
            taken = take(session, editions, member_id, now)
        except (AccountStopped, NotFound):
            continue
        taken = replace(taken, snapshot=with_all_terms(session, taken.snapshot))
        course = standing.true_at(editions, taken.snapshot, now, fresh_ids(now))
        if gone := lost_bookings(session, course, now):
            course.events.extend(let_go(session, gone, now))
            write(session, editions, taken, course.outcome(), now)
    return chunk
