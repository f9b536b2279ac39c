"""A member's true state at any instant, past, present or future."""

from datetime import datetime, timedelta
from itertools import count

from sqlalchemy.orm import Session

from loyalty import members
from loyalty.decide import standing
from loyalty.decide.outcome import Outcome
from loyalty.decide.programme import Editions
from loyalty.errors import Invalid
from loyalty.reads.snapshot import load_as_of, see

FURTHEST = timedelta(days=20 * 365)  #: every due instant on the way is walked


def state_at(
    session: Session,
    editions: Editions,
    member_id: int,
    at: datetime,
    now: datetime,
    *,
    follow: bool = False,
) -> Outcome:
    """The member advanced to `at`, with what that would book; nothing is written (P5).

    Before `now`: from the rows booked by `at`. After it: if nothing else happens. To `follow` a merge leads
    to the survivor, where the member was merged by then. Raises NotFound, also for an instant before the
    member joined; Invalid for one too far ahead.
    """
    if at > now + FURTHEST:
        raise Invalid(fields={"at": f"lies more than {FURTHEST.days // 365} years ahead"})
    if at < now:
        whose = members.current(session, member_id, at) if follow else member_id
        snapshot = load_as_of(session, editions, whose, at)
    else:
        snapshot = see(session, editions, member_id, at, follow=follow).snapshot
    return standing.true_at(editions, snapshot, at, count(1)).outcome()
