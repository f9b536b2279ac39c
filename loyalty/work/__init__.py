"""Long work: a row for each nightly run and other long task, with its state, progress and result."""

from loyalty.work.models import Task
from loyalty.work.store import fail, finish, last_finished, newest, progress, running, start

__all__ = ["Task", "fail", "finish", "last_finished", "newest", "progress", "running", "start"]
