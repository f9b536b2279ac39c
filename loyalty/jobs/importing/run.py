"""Carrying what a file says into the books, in chunks: safe to stop, and to run again from the start."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from itertools import groupby
from typing import Literal

from sqlalchemy.orm import Session

from loyalty import acts, calendar, ledger, tiers, work
from loyalty.actions.celebrate import OCCASIONS
from loyalty.actions.once import Asking
from loyalty.db import carry_out, reading
from loyalty.decide.programme import Editions
from loyalty.errors import KeyReused, Refusal
from loyalty.jobs.importing.table import Fault
from loyalty.jobs.nightly import has_rules, nightly
from loyalty.rooms import Rooms
from loyalty.stops import carry_on

CHUNK = 100  #: members, receipts or states per transaction: how long a lock may last
PATIENCE_SECONDS = 30.0
CLIENT = "import"  #: who tells what comes from a file

Done = Literal["booked", "known", "held"]  #: what came of a step
Tell = Callable[[int], None]  #: so many steps more are done


@dataclass(frozen=True, slots=True)
class Step:
    """One member, receipt or state, and how it is booked: as if the clock stood at `at`, or (None) now.

    What the books knew before is not booked again; what is above a ceiling is held for review.
    """

    line: int
    at: datetime | None
    book: Callable[[Session, Editions, Asking], Done]
    known_by: str  #: the field and its text by which the books know it again


@dataclass(frozen=True, slots=True)
class Import:
    """All that a file asks for."""

    what: str  #: members | purchases | policies
    sha256: str  #: of the file
    steps: Sequence[Step]
    ordered: bool  #: whether they build on each other: then nights come between, and a refusal ends it
    says: Sequence[str]  #: what its reader made of it


@dataclass(frozen=True, slots=True)
class Carried:
    """What came of steps, or was refused."""

    booked: int = 0
    known: int = 0
    held: int = 0
    faults: tuple[Fault, ...] = ()

    @classmethod
    def of(cls, done: Done) -> "Carried":
        """What came of one step."""
        return cls(int(done == "booked"), int(done == "known"), int(done == "held"))

    @property
    def steps(self) -> int:
        """How many were tried."""
        return self.booked + self.known + self.held + len(self.faults)

    def __add__(self, other: "Carried") -> "Carried":
        """Both together."""
        return Carried(
            self.booked + other.booked,
            self.known + other.known,
            self.held + other.held,
            self.faults + other.faults,
        )


@dataclass(slots=True)
class _Run:
    room: Rooms
    task: int
    tell: Tell
    carried: Carried = Carried()

    def through(self, steps: Sequence[Step], *, ordered: bool) -> None:
        """Every step. Ordered ones have nights between them, and end with the first refusal."""
        zone, before = self._editions().zone, None
        for day, of_day in groupby(steps, lambda step: step.at and calendar.local_day(step.at, zone)):
            if ordered and before is not None and day is not None:
                self._sleep(before, day)
            before, steps_of_day = day, list(of_day)
            for first in range(0, len(steps_of_day), CHUNK):
                self._book(steps_of_day[first : first + CHUNK], ordered=ordered)
                if ordered and self.carried.faults:
                    return

    def _book(self, chunk: Sequence[Step], *, ordered: bool) -> None:
        real_now = self.room.clock.now()
        work_on = partial(self._chunk, chunk, ordered, real_now)
        done = carry_on(self.room, work_on, patience_seconds=PATIENCE_SECONDS)
        self.carried = self.carried + done
        self.tell(len(chunk))

    def _chunk(self, chunk: Sequence[Step], ordered: bool, real_now: datetime, session: Session) -> Carried:
        editions, done = self.room.shelf.editions(session, real_now), Carried()
        for step in chunk:
            asking = Asking(CLIENT, None, step.at or real_now, step.at and real_now)
            try:
                came = Carried.of(step.book(session, editions, asking))
            except KeyReused:
                says = f"{step.known_by} was taken over before, with other content"
                came = Carried(faults=(Fault(step.line, says),))
            except Refusal as refusal:
                came = Carried(faults=(Fault(step.line, in_words(refusal)),))
            done += came
            if ordered and done.faults:
                break
        work.progress(session, self.task, done=(self.carried + done).steps)
        return done

    def _sleep(self, before: date, day: date) -> None:
        """The nights between two days of history, where anything is due or given."""
        editions, real_now = self._editions(), self.room.clock.now()
        every, due_at = any(has_rules(editions, on) for on in OCCASIONS), _earliest_due()
        for number in range(1, (day - before).days + 1):
            midnight = calendar.day_start(before + timedelta(days=number), editions.zone)
            if every or (due_at is not None and due_at <= midnight):
                nightly(self.room, midnight, imported_at=real_now)
                due_at = _earliest_due()

    def _editions(self) -> Editions:
        with reading() as session:
            return self.room.shelf.editions(session, self.room.clock.now())


def carry_in(room: Rooms, wanted: Import, *, by: str, tell: Tell) -> Carried:
    """Book every step, a chunk a transaction; `by` whose hand is kept with the acts of staff.

    A run that dies leaves its finished chunks; the next one finds their claims, and does the rest.
    Raises NoProgramme, Busy.
    """
    task = carry_out(partial(_begin, wanted, by, room.clock.now()))
    run = _Run(room, task, tell)
    try:
        run.through(wanted.steps, ordered=wanted.ordered)
    except BaseException as error:
        fault = f"{type(error).__name__}: {error}"
        carry_out(lambda session: work.fail(session, task, fault, now=room.clock.now()))
        raise
    carried = run.carried
    told = {"booked": carried.booked, "known": carried.known, "held": carried.held}
    told["refused"] = len(carried.faults)
    carry_out(lambda session: work.finish(session, task, now=room.clock.now(), result=told))
    return carried


def _begin(wanted: Import, by: str, now: datetime, session: Session) -> int:
    steps = len(wanted.steps)
    told = {"sha256": wanted.sha256, wanted.what: steps, "historic": any(step.at for step in wanted.steps)}
    acts.record(session, now, actor=by, kind="import.begun", subject=wanted.what, content=told)
    return work.start(session, f"import {wanted.what}", as_of=now, now=now, total=steps)


def in_words(refusal: Refusal) -> str:
    """A refusal as a fault of the file."""
    facts = ", ".join(f"{name} {value}" for name, value in refusal.facts.items())
    return f"{refusal.code}: {facts}" if facts else refusal.code


def _earliest_due() -> datetime | None:
    """The next instant at which a night has anything to write down."""
    with reading() as session:
        dues = (ledger.earliest_due(session), tiers.earliest_due(session))
    return min((at for at in dues if at is not None), default=None)
