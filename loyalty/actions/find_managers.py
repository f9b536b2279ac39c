"""The night finds managers for whoever waits, whose own has left, or whose card has come to give one (B8)."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from loyalty.actions.book import fresh_ids, take, write
from loyalty.actions.look_after import look_after, persons
from loyalty.decide import standing
from loyalty.decide.programme import Editions
from loyalty.errors import AccountStopped, NotFound
from loyalty.reads.entitled import with_all_terms
from loyalty.reads.unattended import unattended


def find_managers(
    session: Session, editions: Editions, after_id: int, limit: int, now: datetime
) -> Sequence[int]:
    """For up to `limit` members above `after_id`, in order; their ids."""
    chunk = unattended(session, persons(editions), after_id, limit)
    for member_id in chunk:
        with suppress(AccountStopped, NotFound), session.begin_nested():
            taken = take(session, editions, member_id, now)
            taken = replace(taken, snapshot=with_all_terms(session, taken.snapshot))
            course = standing.true_at(editions, taken.snapshot, now, fresh_ids(now))
            course.events.extend(look_after(session, course, now))
            write(session, editions, taken, course.outcome(), now)
    return chunk
