"""What the clock has already made true is written down: one chunk of members."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import ledger, tiers
from loyalty.actions.book import Taken, fresh_ids, take, write
from loyalty.actions.follow_on import at_rest, follow_on, only_follows
from loyalty.actions.write_off import deaths_by, find_dying, write_off
from loyalty.decide import standing
from loyalty.decide.outcome import Outcome
from loyalty.decide.programme import Editions
from loyalty.errors import AccountStopped
from loyalty.reads.locked import Locked, read_locked
from loyalty.tiers import Stand
from loyalty.writing import send

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
    reviewed = tiers.due_members(session, after_id, most, now)
    due: Sequence[int] = sorted({*ledger.due_members(session, after_id, most, now), *reviewed})[:most]
    due = _before(due, reviewed, limit)
    if imported_at is not None:
        for member_id in due:
            _advance(session, editions, member_id, now, imported_at)
        return due
    stands = [one for one in tiers.stands(session, due) if one.stopped_at is None]
    deaths = deaths_by(editions, now)
    dying = find_dying(session, deaths, stands, now)
    chunk = _before(due, [one for one in due if one not in dying], limit)
    written = {one: lots for one, lots in dying.items() if one <= chunk[-1]}
    if written and not write_off(session, deaths, written, now):
        written, chunk = {}, chunk[:limit]
    apart = {*chunk} - written.keys()
    _walk_through(session, editions, [one for one in stands if one.member_id in apart], now)
    return chunk


def _before(member_ids: Sequence[int], some: Sequence[int], limit: int) -> Sequence[int]:
    """The members up to where more than `limit` of them are some that take long."""
    return member_ids if len(some) <= limit else [one for one in member_ids if one < some[limit]]


def _walk_through(session: Session, editions: Editions, stands: Sequence[Stand], now: datetime) -> None:
    """Advance members who are locked and read together; what only follows on is written together, too."""
    if not stands:
        return
    found, _ = read_locked(session, editions, stands, [], now, None)
    rest = at_rest(session, editions, [*found])
    following: list[tuple[Locked, Outcome]] = []
    for member_id, locked in found.items():
        if locked.snapshot.merged_into is not None:
            _advance(session, editions, member_id, now, None)
            continue
        outcome = standing.true_at(editions, locked.snapshot, now, fresh_ids(now)).outcome()
        if member_id in rest and only_follows(locked, outcome):
            following.append((locked, outcome))
        else:
            _write(session, editions, locked, outcome, now)
    if following and not follow_on(session, editions, following, now):
        for locked, outcome in following:
            _write(session, editions, locked, outcome, now)


def _write(session: Session, editions: Editions, locked: Locked, outcome: Outcome, now: datetime) -> None:
    """Write what came of one member, at once: so that it is known whose books break."""
    write(session, editions, Taken(locked.snapshot, locked.stand, locked.known), outcome, now)
    send(session)


def _advance(
    session: Session, editions: Editions, member_id: int, now: datetime, imported_at: datetime | None
) -> None:
    try:
        taken = take(session, editions, member_id, now, even_erased=True)
    except AccountStopped:
        return
    course = standing.true_at(editions, taken.snapshot, now, fresh_ids(now))
    write(session, editions, taken, course.outcome(), now, imported_at)
