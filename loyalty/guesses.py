"""Who asks for many unknown members is answered slowly, then not at all, and somebody is told."""

from dataclasses import dataclass
from datetime import datetime

from loyalty import access, calendar
from loyalty.db import carry_out
from loyalty.errors import CardUnknown, CodeUnknown, NotFound, PolicyForeign, Refusal, TerminalLocked
from loyalty.rooms import Rooms

SLOW_AFTER = 20  #: unknown ones of a key in ten minutes
SLOW_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Guess:
    """What one more unknown member leads to."""

    locked_until: datetime | None  #: the key asks for nobody until then
    is_last: bool  #: it is this one that locks the key
    is_too_late: bool  #: the key was locked before it


def is_guess(refusal: Refusal) -> bool:
    """Whether somebody asked for a member who is not there, or for the policy of another.

    A place or an event that is not there is nobody's.
    """
    if isinstance(refusal, PolicyForeign):
        return refusal.facts["policy_no"] is not None
    if isinstance(refusal, NotFound):
        return refusal.facts not in (NotFound.at("place").facts, NotFound.at("event").facts)
    return isinstance(refusal, CardUnknown | CodeUnknown)


def note_guess(room: Rooms, key_id: int) -> Guess:
    """Count one more unknown member of a key, and let it wait when there were many. Raises Busy."""
    now = room.clock.now()
    guesses, until = carry_out(lambda session: access.count_guess(session, key_id, now))
    too_late, is_last = guesses > access.MOST_GUESSES, guesses == access.MOST_GUESSES
    if guesses > SLOW_AFTER and not too_late:
        room.clock.sleep(SLOW_SECONDS)
    return Guess(until if too_late or is_last else None, is_last, too_late)


def refusal_until(until: datetime, now: datetime) -> TerminalLocked:
    """What a locked key hears."""
    seconds = -(-(until - now).total_seconds() // 1)
    return TerminalLocked(until=calendar.instant_text(until), retry_after_seconds=int(seconds))
