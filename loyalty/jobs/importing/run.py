"""Carrying what a file says into the books, in chunks: safe to stop, and to run again from the start."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import groupby
from typing import Literal

from sqlalchemy.orm import Session

from loyalty import acts, calendar, ledger, tiers, work
from loyalty.actions.adjust import FileApproval
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

Done = Literal["booked", "known", "held"]  #: what came of a step that was not refused
Tell = Callable[[int], None]  #: so many steps more are done


class Unapproved(Exception):
    """A file that waits for a second person; the message says for what."""


@dataclass(frozen=True, slots=True)
class Step:
    """One member, receipt, state or correction, and how it is booked: as if the clock stood at `at`, or now.

    What the books knew before is not booked again; what is above a ceiling is held for review.
    """

    lines: Sequence[int]  #: of the file that tell it, the first one first
    at: datetime | None
    book: Callable[[Session, Editions, Asking, FileApproval | None], Done]
    known_by: tuple[str, str]  #: the field by which the books know it again, and what it says

    def fault(self, says: str, field: str = "") -> Fault:
        """Something wrong with it."""
        return Fault(self.lines[0], field, says)


@dataclass(frozen=True, slots=True)
class Import:
    """All that a file asks for."""

    kind: str  #: members | purchases | policies | corrections
    sha256: str  #: of the file
    digest: str  #: of its rows as they are meant
    rows: int
    sums: Mapping[str, Decimal]  #: what to hold against the other system's totals, as people write it
    steps: Sequence[Step]
    ordered: bool  #: whether they build on each other: then nights come between, and a refusal ends it
    says: Sequence[str]  #: what its reader made of it
    needs_approval: bool = False  #: by a second person, of the digest

    def check(self, approval: FileApproval | None) -> None:
        """Raises Unapproved unless a second person approved these very rows, or nobody needs to."""
        if not self.needs_approval:
            return
        if approval is None:
            raise Unapproved(f"a second person approves these rows first, by their digest {self.digest}")
        if approval.digest != self.digest:
            raise Unapproved(f"other rows were approved: {approval.digest}, not {self.digest}")
        if approval.maker == approval.checker:
            raise Unapproved(f"{approval.maker} asked for it, and approves it not")


@dataclass(slots=True)
class Carried:
    """What came of the steps that were tried, line by line."""

    counts: Counter[str] = field(default_factory=Counter)  #: steps booked, known, held, refused
    came: dict[int, str] = field(default_factory=dict)  #: line → the same
    faults: list[Fault] = field(default_factory=list)

    def note(self, step: Step, done: Done | Fault) -> None:
        """Note what came of one step."""
        if isinstance(done, Fault):
            self.faults.append(done)
        came = "refused" if isinstance(done, Fault) else done
        self.counts[came] += 1
        self.came |= dict.fromkeys(step.lines, came)


@dataclass(slots=True)
class _Run:
    room: Rooms
    task: int
    tell: Tell
    approval: FileApproval | None
    carried: Carried = field(default_factory=Carried)

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
        for step, one in zip(chunk, done, strict=False):  # fewer were tried where a refusal ended it
            self.carried.note(step, one)
        self.tell(len(chunk))

    def _chunk(
        self, chunk: Sequence[Step], ordered: bool, real_now: datetime, session: Session
    ) -> list[Done | Fault]:
        editions, done = self.room.shelf.editions(session, real_now), list[Done | Fault]()
        for step in chunk:
            asking = Asking(CLIENT, None, step.at or real_now, step.at and real_now)
            try:
                with session.begin_nested():
                    done.append(step.book(session, editions, asking, self.approval))
            except KeyReused:
                field, text = step.known_by
                done.append(step.fault(f"{text} was taken over before, with other content", field))
            except Refusal as refusal:
                done.append(step.fault(in_words(refusal)))
            if ordered and isinstance(done[-1], Fault):
                break
        work.progress(session, self.task, done=self.carried.counts.total() + len(done))
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


def carry_in(
    room: Rooms, wanted: Import, *, by: str, tell: Tell, approval: FileApproval | None = None
) -> Carried:
    """Book every step, a chunk a transaction; `by` whose hand is kept with the acts of staff.

    A run that dies leaves its finished chunks; the next one finds their claims, and does the rest.
    Raises Unapproved, NoProgramme, Busy.
    """
    wanted.check(approval)
    task = carry_out(partial(_begin, wanted, by, approval, room.clock.now()))
    run = _Run(room, task, tell, approval)
    try:
        run.through(wanted.steps, ordered=wanted.ordered)
    except BaseException as error:
        fault = f"{type(error).__name__}: {error}"
        carry_out(lambda session: work.fail(session, task, fault, now=room.clock.now()))
        raise
    told = {came: run.carried.counts[came] for came in ("booked", "known", "held", "refused")}
    carry_out(lambda session: work.finish(session, task, now=room.clock.now(), result=told))
    return run.carried


def _begin(wanted: Import, by: str, approval: FileApproval | None, now: datetime, session: Session) -> int:
    steps = len(wanted.steps)
    told = {
        "sha256": wanted.sha256,
        "digest": wanted.digest,
        wanted.kind: steps,
        "historic": any(step.at for step in wanted.steps),
        **({"approved_by": approval.checker} if approval is not None else {}),
    }
    acts.record(session, now, actor=by, kind="import.begun", subject=wanted.kind, content=told)
    return work.start(session, f"import {wanted.kind}", as_of=now, now=now, total=steps)


def in_words(refusal: Refusal) -> str:
    """A refusal as a fault of the file."""
    facts = ", ".join(f"{name} {value}" for name, value in refusal.facts.items())
    return f"{refusal.code}: {facts}" if facts else refusal.code


def _earliest_due() -> datetime | None:
    """The next instant at which a night has anything to write down."""
    with reading() as session:
        dues = (ledger.earliest_due(session), tiers.earliest_due(session))
    return min((at for at in dues if at is not None), default=None)
