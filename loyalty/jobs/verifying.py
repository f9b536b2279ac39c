"""The night's audit: what changed since the last one is proven, and everything once a week."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from loyalty import work
from loyalty.calendar import instant_text
from loyalty.db import Books, carry_out, reading
from loyalty.guard import BooksDisturbed
from loyalty.ids import to_text
from loyalty.law import Fault, Look
from loyalty.ledger import Entry
from loyalty.reads.audit import LAWS, looks, touched
from loyalty.reads.verified import CHANGES, WHOLE, last_verified
from loyalty.rooms import Rooms
from loyalty.stops import stop_broken

WEEK = timedelta(days=6, hours=12)  #: nights do not all begin at the same minute
OVERLAP = timedelta(hours=1)  #: what was booked before the last look may have been committed after it
MOST_TOLD = 50  #: faults of a law that are told one by one
MOST_STOPPED = 100  #: members that one audit stops: more is no broken account, and waits for a person
_log = structlog.get_logger("loyalty.audit")


@dataclass(slots=True)
class Verified:
    """What one audit looked at, and found."""

    as_of: datetime
    since: datetime | None  #: whose books were looked at: of whom anything was booked since; None: all
    entries: int = 0
    faults: Counter[str] = field(default_factory=Counter)  #: by law
    told: list[Fault] = field(default_factory=list)
    broken: dict[int, Fault] = field(default_factory=dict)  #: the first fault of each member
    stopped: int = 0
    seconds: float = 0.0

    @property
    def result(self) -> dict[str, object]:
        """As the row of work keeps it."""
        since = instant_text(self.since) if self.since else None
        found = {"since": since, "entries": self.entries, "faults": dict(self.faults)}
        return found | {"stopped": self.stopped, "seconds": round(self.seconds, 3)}

    def add(self, fault: Fault) -> None:
        """Count a fault, and keep it where it is among the first."""
        self.faults[fault.law] += 1
        if self.faults[fault.law] <= MOST_TOLD:
            self.told.append(fault)
        if fault.member_id is not None and len(self.broken) < MOST_STOPPED:
            self.broken.setdefault(fault.member_id, fault)


def verify_night(room: Rooms, books: Books = "live") -> Verified:
    """Prove what changed since the last audit, or all when that was a week ago; stop whose books broke.

    It is a row of the table `work`, a line in the log, and what /metrics shows. Raises NoProgramme.
    """
    now, began = room.clock.now(), room.clock.monotonic()
    since = _since(now, books)
    kind = WHOLE if since is None else CHANGES
    task = carry_out(lambda session: work.start(session, kind, as_of=now, now=now), books=books)
    try:
        found = _look(room, Verified(now, since), books)
        for fault in found.broken.values():
            broken = BooksDisturbed(fault.law, f"{fault.where}: {fault.detail}", fault.member_id)
            found.stopped += stop_broken(room, broken, books)
    except BaseException as error:
        fault_text = f"{type(error).__name__}: {error}"
        carry_out(lambda session: work.fail(session, task, fault_text, now=room.clock.now()), books=books)
        raise
    found.seconds = room.clock.monotonic() - began
    ended_at = room.clock.now()
    carry_out(lambda session: work.finish(session, task, now=ended_at, result=found.result), books=books)
    _tell(found, books)
    return found


def _since(now: datetime, books: Books) -> datetime | None:
    with reading(books) as session:
        whole, last = (last_verified(session, kind, now) for kind in (WHOLE, CHANGES))
    if whole is None or last is None or now - whole.as_of >= WEEK:
        return None
    return last.as_of - OVERLAP


def _look(room: Rooms, found: Verified, books: Books) -> Verified:
    with reading(books) as session:
        zone = room.shelf.editions(session, found.as_of).zone
        members = None if found.since is None else touched(session, found.since)
        for look in looks(Look(session, zone), members):
            found.entries += look.count(Entry)
            for law in LAWS:
                for fault in law.faults(look):
                    found.add(fault)
    return found


def _tell(found: Verified, books: Books) -> None:
    for fault in found.told:
        whose = None if fault.member_id is None else to_text(fault.member_id)
        _log.error(
            "ledger_broken",
            books=books,
            law=fault.law,
            member=whose,
            where=fault.where,
            fault=fault.detail,
        )
    _log.info(
        "ledger_verified",
        books=books,
        since=instant_text(found.since) if found.since else None,
        rows=found.entries,
        faults=found.faults.total(),
        stopped=found.stopped,
        seconds=round(found.seconds, 3),
    )
