"""The trail of acts as a person looks through it, and the last proof of its chain."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from loyalty import acts, calendar, work
from loyalty.acts import Line, Sought
from loyalty.reads.asked import names_of
from loyalty.reads.verified import ACTS
from loyalty.work import Task

COLUMNS = ("seq", "at", "actor", "name", "kind", "subject", "content", "hash")


@dataclass(frozen=True, slots=True)
class Trail:
    """Lines of the trail, the last one first, and how the chain stands."""

    lines: Sequence[Line]
    older: int | None  #: the last number shown, where there are more below it
    names: Mapping[str, str]  #: actor → name
    count: int
    head: str  #: the hash of the last line
    last: Task | None  #: the last proof that was made or is under way


def what_is_sought(
    session: Session, who: str, kind: str, subject: str, day: date | None, zone: ZoneInfo
) -> Sought:
    """What was asked for; empty words are for any. `who` is an actor, or what colleagues are called."""
    actors = None
    if who:
        called = (actor for actor, name in names_of(session).items() if name.casefold() == who.casefold())
        actors = {who, *called}
    since, until = (calendar.day_start(day, zone), calendar.day_after(day, zone)) if day else (None, None)
    return Sought(actors, kind or None, subject or None, since, until)


def trail(session: Session, what: Sought, before: int | None, limit: int) -> Trail:
    """Up to `limit` lines below a number, and how the chain stands."""
    found = acts.sought(session, what, before, limit + 1)
    shown = found[:limit]
    last = work.newest(session, ACTS, None, 1)
    count, link = acts.head(session)
    older = shown[-1].seq if len(found) > limit else None
    return Trail(shown, older, names_of(session), count, link, last[0] if last else None)


def rows_of(session: Session, what: Sought) -> Generator[tuple[object, ...], None, None]:
    """The same lines as a table to take away, in order: COLUMNS."""
    names = names_of(session)
    with closing(acts.all_sought(session, what)) as lines:
        for one, link in lines:
            told = (one.seq, one.at.astimezone(UTC), one.actor, names.get(one.actor, ""))
            yield (*told, one.kind, one.subject, dict(one.content), link)
