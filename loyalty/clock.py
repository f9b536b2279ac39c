"""The only file that asks what time it is. Everyone further in is told."""

import time
from datetime import UTC, datetime


class SystemClock:
    """The machine's clock; tests hand in one they can move."""

    def now(self) -> datetime:
        """This instant, aware, in UTC. It may be set back by an operator: never measure durations with it."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds since some fixed moment, for durations only."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Let so much time pass."""
        time.sleep(seconds)
