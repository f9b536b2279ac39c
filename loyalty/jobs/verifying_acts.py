"""The chain of acts is proven: every night, and whenever a colleague asks for it."""

from pathlib import Path

import structlog

from loyalty import acts, work
from loyalty.db import carry_out, reading
from loyalty.errors import NoProgramme
from loyalty.jobs.anchor import broken_anchors
from loyalty.reads.sealed_words import first_changed
from loyalty.reads.verified import ACTS
from loyalty.rooms import Rooms

MOST_TOLD = 20  #: faults that the row of work keeps
_log = structlog.get_logger("loyalty.audit")


def check_acts(room: Rooms, file: Path | None) -> list[str]:
    """Walk the chain and hold it against the anchors, without the days' entries; what is wrong.

    It is a row of the table `work`, and a line in the log.
    """
    now = room.clock.now()
    task = carry_out(lambda session: work.start(session, ACTS, as_of=now, now=now))
    return _check(room, file, task, with_entries=False)


def check_asked(room: Rooms, file: Path | None) -> int:
    """Do the checks that colleagues asked for, with the entries of every anchored day; how many."""
    with reading() as session:
        asked = [one.id for one in work.running(session, ACTS)]
    for task in asked:
        _check(room, file, task, with_entries=True)
    return len(asked)


def _check(room: Rooms, file: Path | None, task: int, *, with_entries: bool) -> list[str]:
    try:
        count, link, faults = _look(room, file, with_entries=with_entries)
    except BaseException as error:
        fault = f"{type(error).__name__}: {error}"
        carry_out(lambda session: work.fail(session, task, fault, now=room.clock.now()))
        raise
    result = {"acts": count, "head": link, "faults": faults[:MOST_TOLD], "entries": with_entries}
    carry_out(lambda session: work.finish(session, task, now=room.clock.now(), result=result))
    for one in faults[:MOST_TOLD]:
        _log.error("acts_broken", fault=one)
    _log.info("acts_verified", rows=count, faults=len(faults))
    return faults


def _look(room: Rooms, file: Path | None, *, with_entries: bool) -> tuple[int, str, list[str]]:
    with reading() as session:
        broken = acts.first_broken(session) or first_changed(session)
        count, link = acts.head(session)
    faults = [] if broken is None else [f"act {broken[0]} {broken[1]}"]
    try:
        days = broken_anchors(room, file, room.clock.now(), with_entries=with_entries)
    except NoProgramme:  # whose days would they be
        days = []
    return count, link, faults + [f"{day}: {fault}" for day, fault in days]
