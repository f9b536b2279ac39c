"""Whose points a till means, and whether they may act, looked at again under their lock (M2)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import members
from loyalty.actions.book import Taken, take
from loyalty.decide.programme import Editions
from loyalty.errors import CardBlocked
from loyalty.usage import UsageKey

Limits = Callable[[int], Iterable[UsageKey]]  #: the member → the counters a fact of theirs may touch


def no_limits(_: int) -> Iterable[UsageKey]:
    """A fact that touches no limit."""
    return ()


@dataclass(frozen=True, slots=True)
class Bearer:
    """What a till names a member by: a card number, or the member's own id."""

    card: str | None = None
    member_id: int | None = None


def take_bearer(
    session: Session,
    editions: Editions,
    bearer: Bearer,
    now: datetime,
    at: datetime | None = None,
    limits: Limits = no_limits,
) -> Taken:
    """Lock the member behind a bearer, who may act; `at` is when a fact told late happened.

    `limits` names the counters that the fact may touch, once the member is known.

    Raises CardUnknown, NotFound; CardBlocked, judged under the lock.
    """
    known = bearer.member_id
    member_id = known if known is not None else members.holder(session, bearer.card or "")
    taken = take(session, editions, member_id, now, since=at, limits=limits(member_id))
    if bearer.card is not None:
        members.by_card(session, bearer.card, at or now)
    elif members.locked(session, member_id).state not in members.MAY_ACT:
        raise CardBlocked
    return taken
