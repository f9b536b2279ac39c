"""Files handed in, checked and carried in by whichever worker takes them; one that dies leaves them to it."""

import io
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog
from sqlalchemy.orm import Session

from loyalty import imports
from loyalty.actions.adjust import FileApproval
from loyalty.db import carry_out, reading
from loyalty.errors import Busy, NoProgramme
from loyalty.imports import Found, ImportFile
from loyalty.jobs.importing.kinds import KINDS, layout_of
from loyalty.jobs.importing.opening import open_table
from loyalty.jobs.importing.result import carried_in, checked, write_result
from loyalty.jobs.importing.run import Import, carry_in
from loyalty.jobs.importing.table import Fault, FileUnreadable, Layout, Table, in_columns
from loyalty.rooms import Rooms
from loyalty.sheets import Form

log = structlog.get_logger()
MOST_DROPPED = 20  #: files left lying, each time


def work_on_imports(room: Rooms) -> int:
    """Check what was handed in and carry in what was begun, the oldest first; how many were looked at.

    What the books were too busy for waits until it is in no hand any more. Files left lying are removed.
    """
    now = room.clock.now()
    old = now - timedelta(days=room.settings.keep_files_days)
    carry_out(lambda session: imports.drop_old(session, old, MOST_DROPPED))
    count = 0
    while (job := carry_out(partial(_take, room))) is not None:
        count += 1
        with suppress(Busy), TemporaryDirectory() as folder:
            file = Path(folder) / "handed-in"
            with reading() as session:
                file.write_bytes(imports.content(session, job.import_id))
            _work(room, job, file)
    return count


class Stopped(Exception):
    """Somebody stopped an import: what is booked by now stays, and all of it is begun again by its digest."""


@dataclass(frozen=True, slots=True)
class _Job:
    """One file in this worker's hand."""

    import_id: int
    kind: str
    begun: str | None  #: the digest of the rows that are to be carried in
    asked_by: str
    approval: FileApproval | None
    encoding: str | None
    columns: dict[str, str]
    constants: dict[str, str]


def _take(room: Rooms, session: Session) -> _Job | None:
    row = imports.take_next(session, room.clock.now())
    return None if row is None else _job_of(row)


def _job_of(row: ImportFile) -> _Job:
    approval = None
    if row.approved_by is not None:
        approval = FileApproval(row.digest or "", row.asked_by, row.approved_by)
    parts = (row.encoding, row.columns, row.constants)
    begun = row.digest if row.state == "begun" else None
    return _Job(row.import_id, row.kind, begun, row.asked_by, approval, *parts)


def _work(room: Rooms, job: _Job, file: Path) -> None:
    """Check a file, and carry it in where that was begun and nothing stands in its way by now."""
    faults, kind = list[Fault](), KINDS[job.kind]
    try:
        table = open_table(file, job.encoding)
        layout = layout_of(table.header, job.columns, job.constants, kind.is_field, kind.needed)
        wanted = kind.read(room, table, layout, historic=False, faults=faults)
    except (FileUnreadable, LookupError) as unreadable:
        _refuse(room, job, str(unreadable))
        return
    except NoProgramme:
        _refuse(room, job, "no programme is published")
        return
    if job.begun == wanted.digest and not faults:
        _carry_in(room, job, table, layout, wanted)
        return
    faults = in_columns(faults, layout)
    found = _found(wanted, table, faults, checked(wanted, faults))
    _tell(room, job, found, wanted.digest, len(wanted.steps))


def _carry_in(room: Rooms, job: _Job, table: Table, layout: Layout, wanted: Import) -> None:
    done = 0

    def tell(steps: int) -> None:
        nonlocal done
        done += steps
        now = room.clock.now()
        if not carry_out(lambda session: imports.progress(session, job.import_id, done=done, now=now)):
            raise Stopped(f"after {done} of {len(wanted.steps)}")

    try:
        by_two = replace(wanted, needs_approval=True)
        carried = carry_in(room, by_two, by=job.asked_by, tell=tell, approval=job.approval)
    except Stopped:
        carry_out(lambda session: imports.let_go(session, job.import_id))
        log.info("import_stopped", kind=job.kind, done=done)
        return
    faults = in_columns(carried.faults, layout)
    found = _found(wanted, table, faults, carried_in(wanted, carried), dict(carried.counts))
    carry_out(lambda session: imports.finish(session, job.import_id, found, now=room.clock.now()))
    log.info("import_done", kind=job.kind, **carried.counts)


def _found(
    wanted: Import,
    table: Table,
    faults: Sequence[Fault],
    came: dict[int, str],
    counts: dict[str, int] | None = None,
) -> Found:
    form: Form = "xlsx" if table.read_as == "XLSX" else "csv"
    file = io.BytesIO()
    write_result(file, form, table, came, faults)
    told = {
        "rows": wanted.rows,
        "says": list(wanted.says),
        "sums": {name: str(of_all) for name, of_all in wanted.sums.items()},
        "counts": counts or {},
    }
    return Found(told, [astuple(fault) for fault in faults], file.getvalue(), form)


def _refuse(room: Rooms, job: _Job, says: str) -> None:
    """A file that cannot be read as it was meant has that one fault, of no line."""
    _tell(room, job, Found({}, [(0, "", says)], b"", "csv"), None, 0)


def _tell(room: Rooms, job: _Job, found: Found, digest: str | None, total: int) -> None:
    now = room.clock.now()
    carry_out(
        lambda session: imports.check(session, job.import_id, found, digest=digest, total=total, now=now)
    )
    log.info("import_checked", kind=job.kind, faults=len(found.faults))
