"""A command that runs as a process of its own, and is stopped or killed in the middle of its work."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager


class Running(subprocess.Popen[bytes]):
    """A process, and what it said once it is over."""

    said = b""


@contextmanager
def under_way(database: str, words: Sequence[str], is_under_way: Callable[[], bool]) -> Iterator["Running"]:
    """Run `flask …` against a database until it is under way; it is killed at the end, if it still runs."""
    settings = {"LOYALTY_DATABASE_URL": database, "LOYALTY_ENV": "testing", "LOYALTY_SECRET_KEY": "k3y-" * 10}
    running = Running(
        [sys.executable, "-m", "flask", "--app", "wsgi", *words],
        env=os.environ | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        deadline = time.monotonic() + 120
        while not is_under_way() and running.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        yield running
    finally:
        running.send_signal(signal.SIGKILL)
        running.said, _ = running.communicate()


def killed_once(database: str, words: Sequence[str], is_under_way: Callable[[], bool]) -> bytes:
    """Run `flask …` against a database, and kill it as soon as it is under way; what it said."""
    with under_way(database, words, is_under_way) as running:
        pass
    return running.said
