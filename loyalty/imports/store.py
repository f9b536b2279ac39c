"""Rows of files handed in. Each call belongs in a short transaction of its own, apart from the import."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from loyalty import ids
from loyalty.imports.models import BEGUN, CHECKED, DONE, WAITING, ImportFile
from loyalty.tables import drop_some

MOST_FAULTS = 200  #: kept with the row; the result holds all
_IN_HAND = timedelta(minutes=10)  #: after which a worker that says nothing is taken to have died


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A file, and how its columns are meant."""

    kind: str
    name: str
    content: bytes
    asked_by: str
    columns: Mapping[str, str] = field(default_factory=dict)  #: field → column, where it is not its own
    constants: Mapping[str, str] = field(default_factory=dict)  #: field → value
    encoding: str | None = None  #: None: found


@dataclass(frozen=True, slots=True)
class Found:
    """What one look at a file found, or what came of carrying it in."""

    told: Mapping[str, Any]  #: counts and sums, in words and by name
    faults: Sequence[tuple[int, str, str]]  #: line, field, what is wrong
    result: bytes
    result_form: str

    @property
    def values(self) -> dict[str, Any]:
        """As the row keeps it."""
        return {
            "found": dict(self.told),
            "faults": [list(fault) for fault in self.faults[:MOST_FAULTS]],
            "fault_count": len(self.faults),
            "result": self.result,
            "result_form": self.result_form,
        }


def hand_in(session: Session, told: HandedIn, now: datetime) -> int:
    """Keep a file until a worker checks it; its id."""
    row = ImportFile(
        import_id=ids.new_id(now),
        kind=told.kind,
        name=told.name[:200],
        content=told.content,
        encoding=told.encoding,
        columns=dict(told.columns),
        constants=dict(told.constants),
        asked_by=told.asked_by,
        asked_at=now,
        changed_at=now,
        faults=[],
    )
    session.add(row)
    session.flush()
    return row.import_id


def of_id(session: Session, import_id: int) -> ImportFile | None:
    """One file handed in, without its content."""
    return session.get(ImportFile, import_id)


def recent(session: Session, before: int | None = None, limit: int = 50) -> Sequence[ImportFile]:
    """Up to `limit` files handed in, the last one first, those below the id `before` where it is given."""
    newest = select(ImportFile).order_by(ImportFile.import_id.desc()).limit(limit)
    return session.scalars(newest if before is None else newest.where(ImportFile.import_id < before)).all()


def content(session: Session, import_id: int) -> bytes:
    """What a file says. Raises NoResultFound."""
    return session.scalars(select(ImportFile.content).where(ImportFile.import_id == import_id)).one()


def result(session: Session, import_id: int) -> bytes | None:
    """What came of each line of it, once it was looked at."""
    return session.scalar(select(ImportFile.result).where(ImportFile.import_id == import_id))


def take_next(session: Session, now: datetime) -> ImportFile | None:
    """The oldest file that has something to be done and is in no hand; then it is in the caller's."""
    waits = select(ImportFile).where(
        ImportFile.state.in_((WAITING, BEGUN)),
        or_(ImportFile.in_hand_until.is_(None), ImportFile.in_hand_until <= now),
    )
    oldest = waits.order_by(ImportFile.asked_at, ImportFile.import_id).limit(1)
    row = session.scalar(oldest.with_for_update(skip_locked=True))
    if row is not None:
        row.in_hand_until = now + _IN_HAND
        session.flush()
    return row


def check(
    session: Session, import_id: int, found: Found, *, digest: str | None, total: int, now: datetime
) -> None:
    """Note what a look at the file found; it waits for whoever begins it, or hands in a better one.

    Nobody has approved of what was found now.
    """
    values = found.values | {"state": CHECKED, "digest": digest, "approved_by": None, "done": 0}
    _change(session, import_id, (WAITING, BEGUN), now, values | {"total": total, "in_hand_until": None})


def begin(session: Session, import_id: int, digest: str, now: datetime, *, approved_by: str) -> bool:
    """Let a worker carry in the rows of that digest, if they were checked without fault; whether it will."""
    begun = (
        update(ImportFile)
        .where(ImportFile.import_id == import_id, ImportFile.state == CHECKED)
        .where(ImportFile.digest == digest, ImportFile.fault_count == 0)
        .values(state=BEGUN, changed_at=now, approved_by=approved_by)
        .returning(ImportFile.import_id)
    )
    return session.scalar(begun) is not None


def progress(session: Session, import_id: int, *, done: int, now: datetime) -> bool:
    """Note how far it has come; it stays in hand. Whether it is to go on, and was not stopped."""
    return _change(session, import_id, (BEGUN,), now, {"done": done, "in_hand_until": now + _IN_HAND})


def stop(session: Session, import_id: int, now: datetime) -> bool:
    """Let what was begun go on no further than it has come; whether it was begun."""
    return _change(session, import_id, (BEGUN,), now, {"state": CHECKED})


def let_go(session: Session, import_id: int) -> None:
    """It is in no hand any more."""
    session.execute(update(ImportFile).where(ImportFile.import_id == import_id).values(in_hand_until=None))


def finish(session: Session, import_id: int, found: Found, *, now: datetime) -> None:
    """Note that all of it was tried, and what came of it."""
    _change(session, import_id, (BEGUN,), now, found.values | {"state": DONE, "in_hand_until": None})


def drop_old(session: Session, before: datetime, limit: int) -> int:
    """Remove up to `limit` files to which nothing happened since an instant; how many.

    They hold what is known of people. What was begun stays until it is done.
    """
    return drop_some(session, ImportFile, limit, ImportFile.state != BEGUN, ImportFile.changed_at <= before)


def _change(
    session: Session, import_id: int, states: tuple[str, ...], now: datetime, values: Mapping[str, Any]
) -> bool:
    one = (ImportFile.import_id == import_id, ImportFile.state.in_(states))
    changed = update(ImportFile).where(*one).values(changed_at=now, **values)
    return session.scalar(changed.returning(ImportFile.import_id)) is not None
