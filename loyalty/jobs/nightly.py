"""The night: what the clock made true is written down in chunks; safe to stop, to repeat, to run late."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session

from loyalty import benefits, calendar, tiers, work
from loyalty.actions.advance import advance_due
from loyalty.actions.approve import void_stale
from loyalty.actions.celebrate import OCCASIONS, celebrate
from loyalty.actions.find_managers import find_managers
from loyalty.actions.grant import grant
from loyalty.actions.keep_event import let_go_of
from loyalty.actions.lapse import lapse
from loyalty.actions.leave import forfeit_left
from loyalty.actions.mail import mailings, make_mailings, wanted_days
from loyalty.actions.move_up import move_up
from loyalty.actions.write_letters import write_of_expiry
from loyalty.benefits import Benefit
from loyalty.channels import channels_of
from loyalty.db import Books, carry_out, reading
from loyalty.decide.programme import Editions
from loyalty.letters import Channel
from loyalty.rooms import Rooms
from loyalty.stops import carry_on

KIND = "nightly"
CHUNK = 50  #: members per transaction: how long one lock may last
PATIENCE_SECONDS = 30.0

Chunk = Callable[[Session, Editions, int], Sequence[int]]  #: (…, after member) → members it found
Step = Callable[[Session, Editions, int, datetime], bool]  #: (…, event, now) → whether there was one
Tell = Callable[[str, int], None]  #: (kind of work, members so far)


@dataclass(frozen=True, slots=True)
class Night:
    """What one run wrote down: members per kind of work; and how many are stopped, whom it passed over."""

    as_of: datetime
    members: dict[str, int]
    stopped: int = 0


@dataclass(frozen=True, slots=True)
class _Run:
    """One night at work, and the row that shows how far it has come."""

    room: Rooms
    books: Books
    now: datetime
    task: int
    tell: Tell

    def through(self, kind: str, chunk: Chunk) -> int:
        """Repeat a chunk, one transaction each, until it finds nobody; how many members it found."""
        total, after_id = 0, 0
        while found := carry_on(
            self.room,
            partial(self._one, chunk, after_id, total),
            patience_seconds=PATIENCE_SECONDS,
            books=self.books,
        ):
            total, after_id = total + len(found), found[-1]
            self.tell(kind, total)
        return total

    def call_off(self) -> int:
        """End what is still booked of events that were called off; how many bookings."""
        with reading(self.books) as session:
            events = benefits.called_off(session)
        return sum(self._repeated(let_go_of, event_id) for event_id in events)

    def move_up(self) -> int:
        """Let who waits have the places that lower cards let go of; how many moved up."""
        with reading(self.books) as session:
            coming = [one.event_id for one in benefits.coming(session, self.now)]
        return sum(self._repeated(move_up, event_id) for event_id in coming)

    def _repeated(self, step: Step, event_id: int) -> int:
        """Repeat a step for an event, one transaction each, until nothing is left to do; how often it was."""
        done = 0
        once = partial(self._of_event, step, event_id)
        while carry_on(self.room, once, patience_seconds=PATIENCE_SECONDS, books=self.books):
            done += 1
        return done

    def _of_event(self, step: Step, event_id: int, session: Session) -> bool:
        return step(session, self.room.shelf.editions(session, self.now), event_id, self.now)

    def _one(self, chunk: Chunk, after_id: int, before: int, session: Session) -> Sequence[int]:
        found = chunk(session, self.room.shelf.editions(session, self.now), after_id)
        work.progress(session, self.task, done=before + len(found))
        return found


def nightly(
    room: Rooms,
    now: datetime,
    tell: Tell = lambda _, __: None,
    *,
    books: Books = "live",
    imported_at: datetime | None = None,
) -> Night:
    """Write everything down that is due by `now`, and tell how far it has come.

    A night of history says when it was really written down by `imported_at` (N7).
    A run that dies leaves its finished chunks; the next one does the rest. Raises NoProgramme.
    """
    editions = _editions(room, now)
    days = _days(room, editions, now, books)
    task = carry_out(lambda session: work.start(session, KIND, as_of=now, now=room.clock.now()), books=books)
    run = _Run(room, books, now, task, tell)
    try:
        done = {"advanced": run.through("advanced", partial(_advance, now, imported_at))}
        if imported_at is None and (left := run.through("left", partial(_forfeit_left, now))):
            done["left"] = left  # in history nobody leaves
        for on in OCCASIONS:
            concerned = days if has_rules(editions, on) else []
            give = partial(_celebrate, now, imported_at, on)
            done[on] = sum(run.through(on, partial(give, day)) for day in concerned)
        if imported_at is None:  # history brings no post, and nobody to look after anybody
            done |= _give_benefits(run, editions, days)
            done |= _write_letters(run)
            carry_out(lambda session: void_stale(session, room.clock.now()), books=books)
    except BaseException as error:
        fault = f"{type(error).__name__}: {error}"
        carry_out(lambda session: work.fail(session, task, fault, now=room.clock.now()), books=books)
        raise
    with reading(books) as session:
        stopped = len(tiers.open_stops(session))
    told = done | ({"stopped": stopped} if stopped else {})
    carry_out(lambda session: work.finish(session, task, now=room.clock.now(), result=told), books=books)
    return Night(now, done, stopped)


def _give_benefits(run: _Run, editions: Editions, days: Sequence[date]) -> dict[str, int]:
    """What cards give by the clock: members per kind of work."""
    done, today = Counter[str](), calendar.local_day(run.now, editions.zone)
    night = last_night(run.room, run.now, run.books)
    last = calendar.day_start(night, editions.zone) if night else calendar.BEGINNING
    done["booked"] = run.through("booked", partial(_lapse, run.now, last))
    done["called_off"] = run.call_off()
    done["moved_up"] = run.move_up()
    done["granted"] = run.through("granted", partial(_grant, run.now))
    for terms in mailings(editions):
        post = partial(_mail, run.now, terms)
        for day in wanted_days(terms, days, today):
            done["mailed"] += run.through(terms.code, partial(post, day))
    done["managers"] = run.through("managers", partial(_find_managers, run.now))
    return done


def _write_letters(run: _Run) -> dict[str, int]:
    """Members whose points die soon: they are written to, where that is possible; training has no readers."""
    channels = tuple(channels_of(run.room.settings)) if run.books == "live" else ()
    if not channels:
        return {}
    return {"expiring": run.through("expiring", partial(_write_of_expiry, run.now, channels))}


def last_night(room: Rooms, now: datetime, books: Books = "live") -> date | None:
    """The club's day that was written down last; None before the first night. Raises NoProgramme."""
    editions = _editions(room, now)
    with reading(books) as session:
        last = work.last_finished(session, KIND, now)
    return calendar.local_day(last.as_of, editions.zone) if last else None


def _advance(
    now: datetime, imported_at: datetime | None, session: Session, editions: Editions, after_id: int
) -> Sequence[int]:
    return advance_due(session, editions, after_id, CHUNK, now, imported_at)


def _forfeit_left(now: datetime, session: Session, editions: Editions, after_id: int) -> Sequence[int]:
    return forfeit_left(session, editions, after_id, CHUNK, now)


def _celebrate(
    now: datetime,
    imported_at: datetime | None,
    on: str,
    day: date,
    session: Session,
    editions: Editions,
    after_id: int,
) -> Sequence[int]:
    return celebrate(session, editions, on, day, after_id, CHUNK, now, imported_at)


def _lapse(
    now: datetime, since: datetime, session: Session, editions: Editions, after_id: int
) -> Sequence[int]:
    return lapse(session, editions, since, after_id, CHUNK, now)


def _grant(now: datetime, session: Session, editions: Editions, after_id: int) -> Sequence[int]:
    return grant(session, editions, after_id, CHUNK, now)


def _find_managers(now: datetime, session: Session, editions: Editions, after_id: int) -> Sequence[int]:
    return find_managers(session, editions, after_id, CHUNK, now)


def _write_of_expiry(
    now: datetime, channels: Sequence[Channel], session: Session, editions: Editions, after_id: int
) -> Sequence[int]:
    return write_of_expiry(session, editions, channels, after_id, CHUNK, now)


def _mail(
    now: datetime, terms: Benefit, day: date, session: Session, editions: Editions, after_id: int
) -> Sequence[int]:
    return make_mailings(session, editions, terms, day, after_id, CHUNK, now)


def _editions(room: Rooms, now: datetime) -> Editions:
    with reading() as session:
        return room.shelf.editions(session, now)


def _days(room: Rooms, editions: Editions, now: datetime, books: Books) -> list[date]:
    """The days whose birthdays are not given yet: since the last night, or today's alone before the first."""
    today = calendar.local_day(now, editions.zone)
    last = last_night(room, now, books)
    since = last or today - timedelta(days=1)
    return [since + timedelta(days=n) for n in range(1, (today - since).days + 1)]


def has_rules(editions: Editions, on: str) -> bool:
    """Whether any edition gives something on such an occasion."""
    return any(rule.on == on for edition in editions.items for rule in edition.programme.rules)
