"""What letters there are, by which way they go, and when they are due. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo

Kind = Literal["contact_changed", "expiring_soon", "tier_changed", "spent"]
Channel = Literal["email", "phone"]

KINDS: tuple[Kind, ...] = get_args(Kind)
CHANNELS: tuple[Channel, ...] = get_args(Channel)  #: e-mail first where a member has both
UNWANTABLE: tuple[Kind, ...] = ("expiring_soon", "tier_changed", "spent")  #: notices of security always come

STALE_AFTER = timedelta(days=2)  #: what is older is no news any more
CLAIMED_FOR = timedelta(minutes=10)  #: so long a letter belongs to the worker that took it
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)
MOST_TRIES = 12  #: over some twenty hours; then a letter is given up
_MORNING, _EVENING = time(9), time(21)  #: who sleeps is not woken for what can wait


@dataclass(frozen=True, slots=True)
class NewLetter:
    """A letter to write: `about` names what it tells, once for each member, kind and way it goes."""

    member_id: int
    kind: Kind
    channel: Channel
    about: str
    facts: Mapping[str, Any]
    due_at: datetime
    to_address: str | None = None  #: only of a notice to a contact that may be gone by then


def pause_after(tries: int) -> timedelta:
    """How long a letter rests after so many tries.

    >>> [pause_after(n) // timedelta(minutes=1) for n in (1, 2, 3, 9, 12)]
    [1, 2, 4, 256, 360]
    """
    return min(FIRST_PAUSE * (1 << min(tries - 1, 20)), LONGEST_PAUSE)


def daytime(now: datetime, zone: ZoneInfo) -> datetime:
    """`now`, or the next morning where it is night in the club.

    >>> from datetime import UTC
    >>> daytime(datetime(2026, 1, 5, 22, tzinfo=UTC), ZoneInfo("UTC")).isoformat()
    '2026-01-06T09:00:00+00:00'
    """
    here = now.astimezone(zone)
    if _MORNING <= here.time() < _EVENING:
        return now
    day = here.date() + timedelta(days=here.time() >= _EVENING)
    return datetime.combine(day, _MORNING, zone)
