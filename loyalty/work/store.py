"""Rows of long work. Each call belongs in a short transaction of its own, apart from the work it tells of."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from loyalty import ids
from loyalty.work.models import Task

LONGEST_FAULT = 500


def start(session: Session, kind: str, *, as_of: datetime, now: datetime, total: int | None = None) -> int:
    """Note that work begins; its id."""
    task = Task(
        id=ids.new_id(now), kind=kind, as_of=as_of, state="running", done=0, total=total, started_at=now
    )
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


def _change(session: Session, task_id: int, change: dict[str, Any]) -> None:
    session.execute(update(Task).where(Task.id == task_id, Task.state == "running").values(change))
