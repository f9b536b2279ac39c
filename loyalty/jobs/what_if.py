"""A draft is carried through all members' history, a part at a time: safe to kill, and to carry on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from loyalty import calendar, members, programme, work
from loyalty.actions.publish import broken_promises, check
from loyalty.db import carry_out, reading
from loyalty.decide.programme import Editions, Programme, compile_programme
from loyalty.decide.what_if import with_draft
from loyalty.decide.what_if_report import report
from loyalty.errors import NotFound, ProgrammeFaulty, Refusal
from loyalty.jobs.nightly import KIND as NIGHTLY
from loyalty.reads.lives import history
from loyalty.reads.what_if import figures_of, sum_of
from loyalty.rooms import Rooms

KIND = "what-if"
CHUNK = 100  #: members of a part: how much is done again after a kill

Tell = Callable[[int, int], None]  #: members so far, and in all


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a task is about."""

    as_of: datetime
    editions: Editions  #: as they were by then
    draft: Programme
    since: datetime | None
    total: int


def begin(room: Rooms, document: Mapping[str, object], since: datetime | None) -> int:
    """Note that a draft is to be carried through history, in force from `since` on or (None) ever; the task.

    What is booked later than now is not seen. Raises ProgrammeFaulty, as publishing the draft would;
    NoProgramme.
    """
    draft, now = check(document), room.clock.now()
    with reading() as session:
        editions = room.shelf.editions(session, now)
        total = members.how_many(session)
    if broken := broken_promises(editions.items[-1].programme, draft):
        raise ProgrammeFaulty(faults=broken)
    asked = {
        "document": programme.as_json(document),
        "sha256": programme.sha256_of(document),
        "since": None if since is None else since.isoformat(),
        "editions": editions.items[-1].number,
    }
    return carry_out(lambda session: work.start(session, KIND, as_of=now, now=now, total=total, asked=asked))


def carry_through(room: Rooms, task_id: int, tell: Tell = lambda _, __: None) -> dict[str, Any]:
    """Do what is left of a task, and give its report: at once, where it is done already.

    A run that dies leaves its parts; the next one goes on behind them. Raises NotFound, for one that failed,
    too; Busy and Unavailable leave it to be carried on.
    """
    with reading() as session:
        found = work.task(session, KIND, task_id)
        if found is None or found.state == "failed":
            raise NotFound
        if found.state == "done":
            return dict(found.result or {})
        asked = _asked(room, session, found)
    try:
        _walk(room, task_id, asked, tell)
        with reading() as session:
            figures = sum_of(session, task_id)
    except Refusal:
        raise
    except Exception as error:
        fault = f"{type(error).__name__}: {error}"
        carry_out(lambda session: work.fail(session, task_id, fault, now=room.clock.now()))
        raise
    told = {
        "as_of": calendar.instant_text(asked.as_of),
        "since": calendar.instant_text(asked.since) if asked.since else None,
        "sha256": (found.asked or {})["sha256"],
    } | report(figures, asked.editions.at(asked.as_of).programme, asked.draft)
    carry_out(lambda session: work.finish(session, task_id, now=room.clock.now(), result=told))
    return told


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
        done = work.task(session, KIND, task_id)
    so_far, after_id = done.done if done is not None else 0, int(until)
    while True:
        with reading() as session:
            figures, last_id = figures_of(session, known, draft, after_id, CHUNK)
        if last_id == after_id:
            return
        number, after_id, so_far = number + 1, last_id, so_far + figures.counts["members",]
        _keep(task_id, number, last_id, figures.as_json(), so_far)
        tell(so_far, asked.total)


def _keep(task_id: int, number: int, last_id: int, content: Mapping[str, Any], so_far: int) -> None:
    carry_out(lambda session: work.keep_part(session, task_id, number, str(last_id), content, done=so_far))
