"""Rows of long work. Each call belongs in a short transaction of its own, apart from the work it tells of."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, exists, insert, or_, select, update
from sqlalchemy.orm import Session, aliased

from loyalty import ids
from loyalty.law import STREAMED
from loyalty.work.models import Task, TaskPart

LONGEST_FAULT = 500


def start(
    session: Session,
    kind: str,
    *,
    as_of: datetime,
    now: datetime,
    total: int | None = None,
    asked: Mapping[str, Any] | None = None,
) -> int:
    """Note that work begins; its id. What can be carried on after its run died says what was `asked`."""
    task = Task(
        id=ids.new_id(now), kind=kind, as_of=as_of, state="running", done=0, total=total, started_at=now
    )
    task.asked = dict(asked) if asked is not None else None
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
    session: Session, task_id: int, part_no: int, until: str, content: Mapping[str, Any], *, done: int
) -> None:
    """Keep what a part came to, and how far the task has come; a part that is there already stays."""
    row = {"work_id": task_id, "part_no": part_no, "until": until, "content": dict(content)}
    if session.get(TaskPart, (task_id, part_no)) is None:
        session.execute(insert(TaskPart), [row])
        progress(session, task_id, done=done)


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


def _change(session: Session, task_id: int, change: dict[str, Any]) -> None:
    session.execute(update(Task).where(Task.id == task_id, Task.state == "running").values(change))
