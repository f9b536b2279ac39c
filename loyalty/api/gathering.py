"""What several threads ask for at the same time, one of them carries out for all: a group commits as one.

Whoever comes while nobody carries anything out begins at once, alone; who comes meanwhile waits, and all who
wait are carried out together next. Where several were about the last time, the next group is waited for, a
moment long: whoever was answered often has the next wish. So groups grow with the load, and without load
nobody waits.
"""

from collections.abc import Callable, Sequence
from threading import Event, Lock
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")

MOST = 100  #: that go together
MOMENT_SECONDS = 0.004  #: how long those are waited for who were about: as long as a group takes, or less


class _Ticket(Generic[T, R]):
    """One who waits."""

    def __init__(self, asked: T) -> None:
        self.asked = asked
        self.answer: R | None = None
        self.error: Exception | None = None
        self.is_done = False
        self.called = Event()  #: it is done, or this one is to carry on


class Gathering(Generic[T, R]):
    """Carries out together what is asked for together; one for each kind of wish of a process."""

    def __init__(self, work: Callable[[Sequence[T]], Sequence[R]]) -> None:
        """`work` carries out the first of what it is given, as much as it can, or nothing if it raises."""
        self._work = work
        self._lock = Lock()
        self._waiting: list[_Ticket[T, R]] = []
        self._is_led = False
        self._about = 1  #: so many were served or waited when a group was last carried out
        self._are_here = Event()  #: so many wait again

    def carry(self, asked: T) -> R | None:
        """The answer; None where it cannot go together with others and was not carried out.

        Raises what `work` raises where it was given this alone.
        """
        ticket = _Ticket[T, R](asked)
        with self._lock:
            self._waiting.append(ticket)
            self._look()
            leads, self._is_led = not self._is_led, True
        if not leads:
            ticket.called.wait()
        if not ticket.is_done:
            self._lead(ticket)
        if ticket.error is not None:
            raise ticket.error
        return ticket.answer

    def _lead(self, mine: _Ticket[T, R]) -> None:
        """Carry out group after group until one's own wish is done; whoever waits longest goes on."""
        try:
            while not mine.is_done:
                self._are_here.wait(MOMENT_SECONDS)
                with self._lock:
                    group, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                self._carry_out(group)
        finally:
            with self._lock:
                self._is_led = bool(self._waiting)
                if self._waiting:
                    self._waiting[0].called.set()

    def _carry_out(self, group: list[_Ticket[T, R]]) -> None:
        done, error = len(group), None
        try:
            answers = self._work([ticket.asked for ticket in group])
            for ticket, answer in zip(group, answers, strict=False):
                ticket.answer = answer
            done = len(answers) + 1  # the one that it stopped at goes alone
        except Exception as raised:
            error = raised if len(group) == 1 else None
        finally:
            with self._lock:
                self._waiting[:0] = group[done:]
                self._about = len(group[:done]) + len(self._waiting)
                self._look()
            for ticket in group[:done]:
                ticket.error, ticket.is_done = error, True
                ticket.called.set()

    def _look(self) -> None:
        if len(self._waiting) >= self._about:
            self._are_here.set()
        else:
            self._are_here.clear()
