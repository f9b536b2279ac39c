"""Adding lines to the chain, and walking it."""

import json
from collections.abc import Collection, Generator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, insert, select, update
from sqlalchemy.orm import Session

from loyalty.acts.chain import Line, chained
from loyalty.acts.models import Act, ActHead

_STREAMED = {"yield_per": 1000}


@dataclass(frozen=True, slots=True)
class Sought:
    """Which lines are looked for; None: any."""

    actors: Collection[str] | None = None
    kind: str | None = None  #: how the kind begins: `approval` is all that begins so
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None  #: and before that instant


def record(
    session: Session,
    now: datetime,
    *,
    actor: str,
    kind: str,
    subject: str,
    content: Mapping[str, object] | None = None,
) -> None:
    """Add a line in the transaction of the act itself: both are kept, or neither.

    Takes the head last of all locks: acts are rare, and short once decided.
    """
    seq, before = session.execute(select(ActHead.seq, ActHead.hash).with_for_update()).one()
    told = json.loads(json.dumps(dict(content or {}), default=str))
    line = Line(seq + 1, now, actor, kind, subject, told)
    link = chained(before, line)
    row = {"seq": line.seq, "at": now, "actor": actor, "kind": kind, "subject": subject}
    session.execute(insert(Act), [row | {"content": told, "hash": link}])
    session.execute(update(ActHead).values(seq=line.seq, hash=link))


def sealing(session: Session) -> Generator[Line, None, None]:
    """The lines that seal words kept elsewhere, in order."""
    wanted = select(Act).where(Act.content["words"].as_string().is_not(None))
    yield from (line for line, _ in _walked(session, wanted))


def head(session: Session) -> tuple[int, str]:
    """How many lines there are, and the hash of the last."""
    seq, link = session.execute(select(ActHead.seq, ActHead.hash)).one()
    return seq, link


def lines(session: Session, after: int = 0) -> Generator[tuple[Line, str], None, None]:
    """Every line behind that one with its hash, in order."""
    yield from _walked(session, select(Act).where(Act.seq > after))


def sought(session: Session, what: Sought, before: int | None = None, limit: int | None = None) -> list[Line]:
    """Lines, the last one first: below a number, and no more than the limit, where these are told."""
    found = _matching(what).order_by(Act.seq.desc()).limit(limit)
    if before is not None:
        found = found.where(Act.seq < before)
    return [_line(row) for row in session.scalars(found)]


def all_sought(session: Session, what: Sought) -> Generator[tuple[Line, str], None, None]:
    """All such lines with their hashes, in order, a few at a time in memory."""
    yield from _walked(session, _matching(what))


def first_broken(session: Session) -> tuple[int, str] | None:
    """The first line that is not what was written, and what is wrong with it; None for a whole chain."""
    before, last = "", 0
    with closing(lines(session)) as walked:
        for line, link in walked:
            if line.seq != last + 1:
                return last + 1, "is missing"
            if chained(before, line) != link:
                return line.seq, "was changed after it was written"
            before, last = link, line.seq
    heads = session.execute(select(ActHead.seq, ActHead.hash)).tuples().all()
    if len(heads) == 1 and heads[0][0] < last:
        return heads[0][0] + 1, "was added behind the head, or the head was changed"
    if heads != [(last, before)]:
        return last + 1, "is missing at the end, or the head was changed"
    return None


def _walked(session: Session, wanted: Select[Any]) -> Generator[tuple[Line, str], None, None]:
    rows = session.scalars(wanted.order_by(Act.seq), execution_options=_STREAMED)
    try:
        for row in rows:
            yield _line(row), row.hash
    finally:
        rows.close()


def _matching(what: Sought) -> Select[Any]:
    found = select(Act)
    if what.actors is not None:
        found = found.where(Act.actor.in_(what.actors))
    if what.kind is not None:
        found = found.where(Act.kind.startswith(what.kind, autoescape=True))
    if what.subject is not None:
        found = found.where(Act.subject == what.subject)
    if what.since is not None:
        found = found.where(Act.at >= what.since)
    if what.until is not None:
        found = found.where(Act.at < what.until)
    return found


def _line(row: Act) -> Line:
    return Line(row.seq, row.at, row.actor, row.kind, row.subject, row.content)
