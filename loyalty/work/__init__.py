"""Long work: a row for each nightly run and other long task, with its state, progress and result."""

from loyalty.work.models import Task, TaskPart
from loyalty.work.store import (
    fail,
    finish,
    finished,
    forget_runs,
    keep_part,
    last_finished,
    last_part,
    newest,
    parts,
    progress,
    running,
    start,
    task,
)

__all__ = [
    "Task",
    "TaskPart",
    "fail",
    "finish",
    "finished",
    "forget_runs",
    "keep_part",
    "last_finished",
    "last_part",
    "newest",
    "parts",
    "progress",
    "running",
    "start",
    "task",
]
