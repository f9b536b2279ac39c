"""Files handed in to be imported as staff look at them: what was found, how far they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from loyalty import approvals, ids, imports, staff
from loyalty.errors import NotFound
from loyalty.imports import ImportFile
from loyalty.reads.approvals import voided

Stage = Literal["waiting", "faulty", "ready", "asked", "stopped", "begun", "done"]
RUNNING: tuple[Stage, ...] = ("waiting", "begun")  #: a worker has something to do with it


@dataclass(frozen=True, slots=True)
class ImportView:
    """A file handed in. Faults are the first ones: line (0: the whole file), field, what is wrong."""

    import_id: int
    kind: str
    name: str
    stage: Stage
    asked_by: str
    asked_at: datetime
    approved_by: str | None
    digest: str | None  #: of its rows; None where they could not be read, or were not yet
    rows: int
    says: Sequence[str]
    sums: Mapping[str, str]
    counts: Mapping[str, int]  #: steps booked, known, held, refused
    faults: Sequence[tuple[int, str, str]]
    fault_count: int
    done: int
    total: int
    changed_at: datetime
    is_refused: bool  #: a second person turned it down

    @property
    def is_running(self) -> bool:
        """Whether a look in a moment may find it further."""
        return self.stage in RUNNING


def import_view(session: Session, import_id: int, now: datetime) -> ImportView:
    """One file. Raises NotFound."""
    row = imports.of_id(session, import_id)
    if row is None:
        raise NotFound
    return _shown(session, row, _names(session), now)


def imports_view(session: Session, before: int | None, limit: int, now: datetime) -> list[ImportView]:
    """Up to `limit` files, the last one first, those handed in before that one where it is given."""
    names = _names(session)
    return [_shown(session, row, names, now) for row in imports.recent(session, before, limit)]


def _names(session: Session) -> dict[str, str]:
    return {staff.actor(one.account_id): one.name for one in staff.colleagues(session)}


def _shown(session: Session, row: ImportFile, names: Mapping[str, str], now: datetime) -> ImportView:
    request, found = _request_of(session, row, now), row.found or {}
    return ImportView(
        row.import_id,
        row.kind,
        row.name,
        _stage(row, request),
        names.get(row.asked_by, row.asked_by),
        row.asked_at,
        names.get(row.approved_by, row.approved_by) if row.approved_by else None,
        row.digest,
        found.get("rows", 0),
        found.get("says", ()),
        found.get("sums", {}),
        found.get("counts", {}),
        [(line, field, says) for line, field, says in row.faults],
        row.fault_count,
        row.done,
        row.total,
        row.changed_at,
        request == "refused",
    )


def _request_of(session: Session, row: ImportFile, now: datetime) -> str | None:
    """What became of the request for a file that waits."""
    if row.state != "checked" or row.approved_by is not None:
        return None
    request = approvals.of_import(session, ids.to_text(row.import_id))
    if request is None or request.approval_id in voided(session, [request], now):
        return None
    return request.state


def _stage(row: ImportFile, request: str | None) -> Stage:
    if row.state != "checked":
        return row.state  # type: ignore[return-value]
    if row.fault_count:
        return "faulty"
    if request == "waiting":
        return "asked"
    return "stopped" if row.done else "ready"
