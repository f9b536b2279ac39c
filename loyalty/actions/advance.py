"""What the clock has already made true is written down: one chunk of members."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import ledger, tiers
from loyalty.actions.book import fresh_ids, take, write
from loyalty.actions.write_off import deaths_by, find_dying, write_off
from loyalty.decide import standing
from loyalty.decide.programme import Editions
from loyalty.errors import AccountStopped

TOGETHER = 500  #: members of whom points are written off at once: the lock of some hundredths of a second


def advance_due(
    session: Session,
    editions: Editions,
    after_id: int,
    limit: int,
    now: datetime,
    imported_at: datetime | None = None,
) -> Sequence[int]:
    """Book what came due by `now` for members above `after_id`; their ids, in order.

    Holds end, pending opens, lots die, terms are measured and reviewed. What another run booked meanwhile is
    seen under the member's lock and not booked again. Whoever is stopped is passed over. Of as many as are
    written off together nothing came due but that lots died; up to `limit` others are walked through.
    """
    most = max(limit, TOGETHER) if imported_at is None else limit
    due = sorted(
        {
            *ledger.due_members(session, after_id, most, now),
            *tiers.due_members(session, after_id, most, now),
        }
    )[:most]
    written = _written_off(session, editions, due, limit, now) if imported_at is None else {}
    apart = [member_id for member_id in due if member_id not in written]
    for member_id in apart[:limit]:
        _advance(session, editions, member_id, now, imported_at)
    return due if len(apart) <= limit else [member_id for member_id in due if member_id < apart[limit]]


def _written_off(
    session: Session, editions: Editions, due: Sequence[int], limit: int, now: datetime
) -> Mapping[int, int]:
    """Those of whom nothing came due but that lots died, up to where `limit` others are: it is booked now."""
    if not due:
        return {}
    deaths = deaths_by(editions, now)
    dying = find_dying(session, deaths, due, now)
    apart = [member_id for member_id in due if member_id not in dying]
    if len(apart) > limit:
        dying = {member_id: lots for member_id, lots in dying.items() if member_id < apart[limit]}
    return dying if dying and write_off(session, deaths, dying, now) else {}


def _advance(
    session: Session, editions: Editions, member_id: int, now: datetime, imported_at: datetime | None
) -> None:
    try:
        taken = take(session, editions, member_id, now, even_erased=True)
    except AccountStopped:
        return
    course = standing.true_at(editions, taken.snapshot, now, fresh_ids(now))
    write(session, editions, taken, course.outcome(), now, imported_at)
