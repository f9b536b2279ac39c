"""What is known of the books' soundness: the last time they were proven, and whose broke a law."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import letters, tiers, work
from loyalty.work import Task

ACTS = "verify_acts"  #: the kind of work that proves the chain of acts
WHOLE, CHANGES = "verify", "verify_changes"  #: kinds of work: everything was proven, or what had changed


@dataclass(frozen=True, slots=True)
class Soundness:
    """How the books stand."""

    verified_at: datetime | None  #: when they were last proven; None: never
    faults: dict[str, int]  #: law → what was found then
    stops: dict[str, int]  #: law → how often it stopped somebody, ever
    stopped: int  #: members who are stopped now
    letters_waiting: int  #: letters to members that are not settled


def last_verified(session: Session, kind: str, by: datetime) -> Task | None:
    """The last time that everything was proven or, for CHANGES, anything."""
    kinds = (WHOLE, CHANGES) if kind == CHANGES else (WHOLE,)
    done = [work.last_finished(session, one, by) for one in kinds]
    return max((one for one in done if one is not None), key=lambda one: one.as_of, default=None)


def soundness(session: Session, now: datetime) -> Soundness:
    """How the books stand, by what the last proof found, and how many letters wait."""
    last = last_verified(session, CHANGES, now)
    found = (last.result or {}).get("faults", {}) if last else {}
    stopped = len(tiers.open_stops(session))
    verified_at, waiting = last.as_of if last else None, letters.waiting(session)
    return Soundness(verified_at, found, tiers.stops_by_law(session), stopped, waiting)
