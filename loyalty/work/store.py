"""Rows of long work. Each call belongs in a short transaction of its own, apart from the work it tells of."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, exists, func, insert, or_, select, update
from sqlalchemy.orm import Session, aliased

from loyalty import ids
from loyalty.law import STREAMED
from loyalty.work.models import Task, TaskPart

LONGEST_FAULT = 500
IN_HAND = timedelta(
    minutes=2
)  #: after which whoever does a part of it and says nothing is taken to have died


@dataclass(frozen=True, slots=True)
class Heading:
    """A run without what was asked and what came of it, both of which may be long."""

    id: int
    state: str
    done: int
    total: int
    about: str | None
    asked_by: str | None
    started_at: datetime
    finished_at: datetime | None
    in_hand_until: datetime | None
    fault: str | None
    asked: Mapping[str, str | None]  #: what was asked under some names


def start(
    session: Session,
    kind: str,
    *,
    as_of: datetime,
    now: datetime,
    total: int | None = None,
    asked: Mapping[str, Any] | None = None,
    about: str | None = None,
    asked_by: str | None = None,
) -> int:
    """Note that work begins; its id. What can be carried on after its run died says what was `asked`."""
    task = Task(
        id=ids.new_id(now), kind=kind, as_of=as_of, state="running", done=0, total=total, started_at=now
    )
    task.asked = dict(asked) if asked is not None else None
    task.about, task.asked_by = about, asked_by
    session.add(task)
    session.flush()
    return task.id


def progress(session: Session, task_id: int, *, done: int, total: int | None = None) -> None:
    """Note how far it has come; `total` stays as it was when None. What has ended is left alone."""
    change: dict[str, Any] = {"done": done} if total is None else {"done": done, "total": total}
    _change(session, task_id, change)


def finish(session: Session, task_id: int, *, now: datetime, result: Mapping[str, Any] | None = None) -> None:
    """Note that all of it is done. What has ended is left alone."""
    _change(session, task_id, {"state": "done", "finished_at": now, "result": dict(result or {})})


def fail(session: Session, task_id: int, fault: str, *, now: datetime) -> None:
    """Note why it stopped; a long fault is cut. What has ended is left alone."""
    _change(session, task_id, {"state": "failed", "finished_at": now, "fault": fault[:LONGEST_FAULT]})


def last_finished(session: Session, kind: str, by: datetime) -> Task | None:
    """The run of that kind which was done for the latest instant up to `by`, if any was done."""
    done = select(Task).where(Task.kind == kind, Task.state == "done", Task.as_of <= by)
    return session.scalar(done.order_by(Task.as_of.desc(), Task.id.desc()).limit(1))


def finished(session: Session, kind: str, by: datetime) -> Sequence[datetime]:
    """The instants up to `by` that this kind of work was done for, in order."""
    done = select(Task.as_of).where(Task.kind == kind, Task.state == "done", Task.as_of <= by)
    return session.scalars(done.order_by(Task.as_of)).all()


def task(session: Session, kind: str, task_id: int) -> Task | None:
    """A task of that kind."""
    return session.scalar(select(Task).where(Task.kind == kind, Task.id == task_id))


def keep_part(
    session: Session,
    task_id: int,
    part_no: int,
    until: str,
    content: Mapping[str, Any],
    *,
    done: int,
    now: datetime,
) -> bool:
    """Keep what a part came to, and how far the task has come; a part that is there already stays.

    The task stays in hand. Whether it is to go on: nothing is kept of one that was stopped.
    """
    held = select(Task.state).where(Task.id == task_id).with_for_update()
    if session.scalar(held) != "running":
        return False
    row = {"work_id": task_id, "part_no": part_no, "until": until, "content": dict(content)}
    if session.get(TaskPart, (task_id, part_no)) is None:
        session.execute(insert(TaskPart), [row])
        _change(session, task_id, {"done": done, "in_hand_until": now + IN_HAND})
    return True


def take_next(session: Session, kind: str, now: datetime) -> int | None:
    """The oldest task of that kind that runs and is in no hand; then it is in the caller's."""
    waits = select(Task.id).where(
        Task.kind == kind,
        Task.state == "running",
        or_(Task.in_hand_until.is_(None), Task.in_hand_until <= now),
    )
    oldest = waits.order_by(Task.started_at, Task.id).limit(1)
    task_id = session.scalar(oldest.with_for_update(skip_locked=True))
    if task_id is not None:
        take(session, task_id, now)
    return task_id


def take(session: Session, task_id: int, now: datetime) -> None:
    """It is in the caller's hand, whoever had it before."""
    _change(session, task_id, {"in_hand_until": now + IN_HAND})


def let_go(session: Session, task_id: int) -> None:
    """It is in no hand any more, and anybody may go on with it."""
    _change(session, task_id, {"in_hand_until": None})


def stop(session: Session, task_id: int, *, now: datetime) -> bool:
    """Let it come no further than it has; whether it was running."""
    return _change(session, task_id, {"state": "stopped", "finished_at": now, "in_hand_until": None})


def go_on(session: Session, task_id: int) -> bool:
    """Let what was stopped, by somebody or by a fault, go on behind its last part; whether it will."""
    ended = update(Task).where(Task.id == task_id, Task.state.in_(("stopped", "failed")))
    again = ended.values(state="running", finished_at=None, fault=None, in_hand_until=None)
    return session.scalar(again.returning(Task.id)) is not None


def last_part(session: Session, task_id: int) -> tuple[int, str] | None:
    """The number of the last part that is kept, and the last one that it holds."""
    mine = select(TaskPart.part_no, TaskPart.until).where(TaskPart.work_id == task_id)
    return session.execute(mine.order_by(TaskPart.part_no.desc()).limit(1)).tuples().first()


def parts(session: Session, task_id: int) -> Iterator[Mapping[str, Any]]:
    """What each part came to, in order, a few at a time in memory."""
    mine = select(TaskPart.content).where(TaskPart.work_id == task_id).order_by(TaskPart.part_no)
    yield from session.scalars(mine, execution_options=STREAMED)


def running(session: Session, kind: str) -> Sequence[Task]:
    """The runs of that kind that have not ended, the oldest first."""
    found = select(Task).where(Task.kind == kind, Task.state == "running")
    return session.scalars(found.order_by(Task.started_at, Task.id)).all()


def newest(session: Session, kind: str | None, before: int | None, limit: int) -> Sequence[Task]:
    """Up to `limit` runs of a kind, or of any, the newest first, below the id `before`."""
    found = select(Task).order_by(Task.id.desc()).limit(limit)
    if kind is not None:
        found = found.where(Task.kind == kind)
    return session.scalars(found if before is None else found.where(Task.id < before)).all()


def forget_runs(session: Session, before: datetime, limit: int, *, but: str) -> int:
    """Drop up to `limit` runs that ended before an instant, with their parts; how many.

    Runs of the kind `but` stay, and of each other kind the last that was done.
    """
    later = aliased(Task)
    followed = exists().where(
        later.kind == Task.kind,
        later.state == "done",
        or_(later.as_of > Task.as_of, and_(later.as_of == Task.as_of, later.id > Task.id)),
    )
    old = select(Task.id).where(Task.finished_at < before, Task.kind != but, followed).limit(limit)
    ids_ = session.scalars(old).all()
    if ids_:
        session.execute(delete(TaskPart).where(TaskPart.work_id.in_(ids_)))
        session.execute(delete(Task).where(Task.id.in_(ids_)))
    return len(ids_)


def headings(
    session: Session,
    kind: str,
    names: Sequence[str] = (),
    *,
    task_id: int | None = None,
    about: str | None = None,
    before: int | None = None,
    limit: int = 1,
) -> Sequence[Heading]:
    """Up to `limit` runs of a kind, the newest first, below the id `before`; only those about something.

    Of what was asked, only what stands under `names` is read.
    """
    asked = [Task.asked[name].as_string() for name in names]
    found = select(
        Task.id, Task.state, Task.done, func.coalesce(Task.total, 0), Task.about, Task.asked_by,
        Task.started_at, Task.finished_at, Task.in_hand_until, Task.fault, *asked,
    ).where(Task.kind == kind)  # fmt: skip
    for column, value in ((Task.id, task_id), (Task.about, about)):
        found = found if value is None else found.where(column == value)
    found = found if before is None else found.where(Task.id < before)
    rows = session.execute(found.order_by(Task.id.desc()).limit(limit))
    return [Heading(*[*row[:10], dict(zip(names, row[10:], strict=True))]) for row in rows]


def ahead(session: Session, kind: str, task_id: int) -> int:
    """How many runs of that kind are to be done before this one."""
    earlier = select(func.count()).select_from(Task).where(Task.kind == kind, Task.state == "running")
    return session.scalar(earlier.where(Task.id < task_id)) or 0


def _change(session: Session, task_id: int, change: dict[str, Any]) -> bool:
    running = update(Task).where(Task.id == task_id, Task.state == "running").values(change)
    return session.scalar(running.returning(Task.id)) is not None
