"""A clock that tests can move."""

from datetime import UTC, datetime, timedelta

START = datetime(2026, 1, 5, 2, tzinfo=UTC)  #: a Monday, ten in the morning in Shanghai


class MovableClock:
    """It stands still until a test moves it, forwards or back."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start
        self._seconds = 0.0
        self.slept: list[float] = []

    def now(self) -> datetime:
        """The instant it was moved to."""
        return self._now

    def move(self, by: timedelta | datetime) -> datetime:
        """Move by a length of time or to an instant; the new now."""
        self._now = by if isinstance(by, datetime) else self._now + by
        return self._now

    def monotonic(self) -> float:
        """A hundredth of a second passes with each look."""
        self._seconds += 0.01
        return self._seconds

    def sleep(self, seconds: float) -> None:
        """Nobody waits: the length is noted in `slept`, and the clock stands still."""
        self.slept.append(seconds)
