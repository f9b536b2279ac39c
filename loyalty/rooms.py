"""What the audiences find in the application: its settings, its clock, its compiled editions."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, cast

from flask import Flask, Request, current_app, g, request

from config.settings import Settings
from loyalty.reads.programme import Shelf


class Clock(Protocol):
    """Anything that tells the time: `loyalty.clock.SystemClock`, or one that a test can move."""

    def now(self) -> datetime:
        """This instant, aware, in UTC."""

    def monotonic(self) -> float:
        """Seconds since some fixed moment, for durations only."""

    def sleep(self, seconds: float) -> None:
        """Let so much time pass."""


@dataclass(frozen=True, slots=True)
class Rooms:
    """One application's own things; two applications in one process share none of them."""

    settings: Settings
    clock: Clock
    shelf: Shelf


# Flask's own words look these up each time that something is asked of them.
app_itself: Callable[[], Flask] = current_app._get_current_object  # type: ignore[attr-defined]
request_itself: Callable[[], Request] = request._get_current_object  # type: ignore[attr-defined]
notes_itself: Callable[[], Any] = g._get_current_object


def rooms() -> Rooms:
    """The rooms of the application at work. Needs an application context."""
    return cast(Rooms, app_itself().extensions["loyalty"])
