"""What the clock has already made true is written down: one chunk of members."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import ledger, tiers
from loyalty.actions.book import fresh_ids, take, write
from loyalty.decide import standing
from loyalty.decide.programme import Editions
from loyalty.errors import AccountStopped


def advance_due(
    session: Session,
    editions: Editions,
    after_id: int,
    limit: int,
    now: datetime,
    imported_at: datetime | None = None,
) -> Sequence[int]:
    """Book what came due by `now` for up to `limit` members above `after_id`; their ids, in order.

    Holds end, pending opens, lots die, terms are measured and reviewed. What another run booked meanwhile is
    seen under the member's lock and not booked again. Whoever is stopped is passed over.
    """
    due = sorted(
        {
            *ledger.due_members(session, after_id, limit, now),
            *tiers.due_members(session, after_id, limit, now),
        }
    )
    chunk = due[:limit]
    for member_id in chunk:
        try:
            taken = take(session, editions, member_id, now, even_erased=True)
        except AccountStopped:
            continue
        course = standing.true_at(editions, taken.snapshot, now, fresh_ids(now))
        write(session, editions, taken, course.outcome(), now, imported_at)
    return chunk
