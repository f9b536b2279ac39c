"""What the clock has already made true is written down: one chunk of members."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import literal, union_all
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

TOGETHER = 1000  #: accounts whose points are written off at once: the lock of a tenth of a second
DECIDED = 200  #: members of whom more is due, read and decided at once: the lock of some tenths of a second

Following = list[tuple[Locked, Outcome]]  #: whose terms are followed by the next, and nothing else
Apart = list[tuple[Locked, Outcome | None]]  #: whoever was merged is decided with the survivor: None


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
    written together lots died, or a term is followed by the next, and nothing else; up to `limit` others are
    written one by one.
    """
    if imported_at is not None:
        due, _ = _due(session, after_id, limit, now)
        for member_id in due:
            _advance(session, editions, member_id, now, imported_at)
        return due
    due, reviewed = _due(session, after_id, max(limit, TOGETHER), now)
    due = _before(due, reviewed, DECIDED)
    stands = [one for one in tiers.stands(session, due) if one.stopped_at is None]
    deaths = deaths_by(editions, now)
    dying = find_dying(session, deaths, stands, now)
    due = _before(due, [one for one in due if one not in dying], DECIDED)
    others = [one for one in stands if one.member_id not in dying and one.member_id <= due[-1]]
    following, apart, first_left = decide(session, editions, others, limit, now)
    chunk = due if first_left is None else [one for one in due if one < first_left]
    written = {one: lots for one, lots in dying.items() if one <= chunk[-1]}
    if written and not write_off(session, deaths, written, now):
        chunk = chunk[:limit]
        some = [one for one in stands if one.member_id <= chunk[-1]]
        following, apart, _ = decide(session, editions, some, limit, now)
    _write_all(session, editions, following, apart, now)
    return chunk


def _due(session: Session, after_id: int, most: int, now: datetime) -> tuple[Sequence[int], Sequence[int]]:
    """The next members of whom anything is due, of up to `most` accounts and terms; and of whom a term is."""
    of_accounts = ledger.due_accounts(after_id, now).add_columns(literal(0))
    of_terms = tiers.due_standings(after_id, now).add_columns(literal(1))
    # The two are merged by their keys: neither is walked through further than the chunk goes.
    both = union_all(of_accounts, of_terms).order_by("member_id").limit(most)
    found = session.execute(both).all()
    due = sorted({member_id for member_id, _ in found})
    return due, [member_id for member_id, is_term in found if is_term]


def _before(member_ids: Sequence[int], some: Sequence[int], limit: int) -> Sequence[int]:
    """The members up to where more than `limit` of them are some that take long."""
    return member_ids if len(some) <= limit else [one for one in member_ids if one < some[limit]]


def decide(
    session: Session, editions: Editions, stands: Sequence[Stand], limit: int, now: datetime
) -> tuple[Following, Apart, int | None]:
    """What comes of members who are locked, read together: of whom it is written together, and of whom apart.

    Told last is the first one left over: of more than `limit` it would be written apart.
    """
    following: Following = []
    apart: Apart = []
    if not stands:
        return following, apart, None
    found, _ = read_locked(session, editions, stands, [], now, None)
    rest = at_rest(session, editions, [*found])
    for member_id, locked in found.items():
        outcome = None
        if locked.snapshot.merged_into is None:
            outcome = standing.true_at(editions, locked.snapshot, now, fresh_ids(now)).outcome()
        if outcome is not None and member_id in rest and only_follows(locked, outcome):
            following.append((locked, outcome))
        elif len(apart) < limit:
            apart.append((locked, outcome))
        else:
            return following, apart, member_id
    return following, apart, None


def _write_all(
    session: Session, editions: Editions, following: Following, apart: Apart, now: datetime
) -> None:
    """Write what was decided: what only follows on together, the rest member by member."""
    if following and not follow_on(session, editions, following, now):
        apart = sorted([*following, *apart], key=lambda one: one[0].stand.member_id)
    for locked, outcome in apart:
        if outcome is None:
            _advance(session, editions, locked.stand.member_id, now, None)
        else:
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
