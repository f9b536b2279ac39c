"""A draft is carried through all members' history, a part at a time: safe to kill, and to carry on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from sqlalchemy.orm import Session

from loyalty import calendar, ids, work
from loyalty.actions.ask_what_if import Tried, ask_what_if
from loyalty.db import carry_out, reading
from loyalty.decide.programme import Editions, Programme, compile_programme
from loyalty.decide.what_if import with_draft
from loyalty.decide.what_if_report import report
from loyalty.errors import Busy, NotFound, Unavailable
from loyalty.jobs.nightly import KIND as NIGHTLY
from loyalty.reads.lives import history
from loyalty.reads.what_if import KIND, figures_of, sum_of
from loyalty.rooms import Rooms

CHUNK = 100  #: members of a part: how much is done again after a kill

Tell = Callable[[int, int], None]  #: members so far, and in all
_log = structlog.get_logger(__name__)


class Stopped(Exception):
    """Somebody stopped a what-if: its parts stay, and it may be gone on with."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a task is about."""

    as_of: datetime
    editions: Editions  #: as they were by then
    draft: Programme
    since: datetime | None
    total: int


def begin(room: Rooms, document: Mapping[str, object], since: datetime | None, by: str) -> int:
    """Note that a draft is to be carried through history by whoever calls, and take it in hand; the task.

    What is booked later than now is not seen. Raises ProgrammeFaulty, as publishing the draft would;
    NoProgramme.
    """
    now = room.clock.now()

    def wish(session: Session) -> int:
        editions = room.shelf.editions(session, now)
        task_id = ask_what_if(session, editions, Tried(document, since), by=by, now=now)
        work.take(session, task_id, now)
        return task_id

    return carry_out(wish)


def work_on_what_ifs(room: Rooms) -> int:
    """Carry through what was asked for and is in no hand, the oldest first; how many were looked at.

    What the database was too busy for waits until it is in no hand any more.
    """
    count = 0
    while (task_id := carry_out(partial(_take_next, room))) is not None:
        count += 1
        try:
            carry_through(room, task_id)
            _log.info("what_if_done", run=ids.to_text(task_id))
        except (Stopped, Busy, Unavailable) as ended:
            _log.info("what_if_ended", run=ids.to_text(task_id), because=type(ended).__name__)
    return count


def carry_through(room: Rooms, task_id: int, tell: Tell = lambda _, __: None) -> dict[str, Any]:
    """Do what is left of a task, and give its report: at once, where it is done already.

    A run that dies leaves its parts; the next one goes on behind them. Raises NotFound, for one that failed
    or was stopped, too; Stopped where that happens meanwhile. Busy and Unavailable leave it as it is.
    """
    with reading() as session:
        found = work.task(session, KIND, task_id)
        if found is None or found.state in ("failed", "stopped"):
            raise NotFound
        if found.state == "done":
            return dict(found.result or {})
    try:
        told = _told(room, found, tell)
    except Stopped:
        with reading() as session:
            found = work.task(session, KIND, task_id)
        if found is not None and found.state == "done":  # another hand was quicker
            return dict(found.result or {})
        raise
    except (Busy, Unavailable):
        raise
    except Exception as error:
        fault = f"{type(error).__name__}: {error}"
        carry_out(lambda session: work.fail(session, task_id, fault, now=room.clock.now()))
        raise
    carry_out(lambda session: work.finish(session, task_id, now=room.clock.now(), result=told))
    return told


def _take_next(room: Rooms, session: Session) -> int | None:
    return work.take_next(session, KIND, room.clock.now())


def _told(room: Rooms, found: work.Task, tell: Tell) -> dict[str, Any]:
    with reading() as session:
        asked = _asked(room, session, found)
    _walk(room, found.id, asked, tell)
    with reading() as session:
        figures = sum_of(session, found.id)
    return {
        "as_of": calendar.instant_text(asked.as_of),
        "since": calendar.instant_text(asked.since) if asked.since else None,
        "sha256": found.about,
    } | report(figures, asked.editions.at(asked.as_of).programme, asked.draft)


def _asked(room: Rooms, session: Session, task: work.Task) -> _Asked:
    told = task.asked or {}
    known = room.shelf.editions(session, room.clock.now()).items
    editions = Editions(tuple(one for one in known if one.number <= told["editions"]))
    since = told["since"] and datetime.fromisoformat(told["since"])
    return _Asked(task.as_of, editions, compile_programme(told["document"]), since, task.total or 0)


def _walk(room: Rooms, task_id: int, asked: _Asked, tell: Tell) -> None:
    """One part after the other, each looked at as of one instant and kept in a transaction of its own."""
    draft = with_draft(asked.editions, asked.draft, asked.since)
    with reading() as session:
        nights = work.finished(session, NIGHTLY, asked.as_of)
        known = history(session, asked.editions, nights, asked.as_of)
        number, until = work.last_part(session, task_id) or (0, "0")
        [done] = work.headings(session, KIND, task_id=task_id)
    so_far, after_id = done.done, int(until)
    while True:
        with reading() as session:
            figures, last_id = figures_of(session, known, draft, after_id, CHUNK)
        if last_id == after_id:
            return
        number, after_id, so_far = number + 1, last_id, so_far + figures.counts["members",]
        _keep(room, task_id, number, last_id, figures.as_json(), so_far)
        tell(so_far, asked.total)


def _keep(
    room: Rooms, task_id: int, number: int, last_id: int, content: Mapping[str, Any], so_far: int
) -> None:
    def wish(session: Session) -> bool:
        now = room.clock.now()
        return work.keep_part(session, task_id, number, str(last_id), content, done=so_far, now=now)

    if not carry_out(wish):
        raise Stopped(f"after part {number - 1}")
