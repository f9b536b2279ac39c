"""Staff hand a file in, and let it be imported once they have seen what was found in it."""

from datetime import datetime
from decimal import Decimal
from hashlib import sha256

from sqlalchemy.orm import Session

from loyalty import acts, ids, imports
from loyalty.actions.ask_approval import BulkFile, ask_bulk_file
from loyalty.actions.once import Asking, Told, Wish, once
from loyalty.approvals import ApprovalRequest
from loyalty.decide.programme import Editions
from loyalty.errors import Invalid, NotFound, RequestOfOthers
from loyalty.imports import KINDS, HandedIn, ImportFile
from loyalty.money import MINOR_DIGITS

MOST_BYTES = 50_000_000
_NOT_SEEN = "is not that of rows that were checked without fault and wait"


def hand_in(session: Session, told: HandedIn, *, now: datetime) -> int:
    """Keep a file for a worker to check; its id. Raises Invalid."""
    if told.kind not in KINDS:
        raise Invalid(fields={"kind": f"is none of {', '.join(KINDS)}"})
    if len(told.content) > MOST_BYTES:
        raise Invalid(fields={"file": f"has more than {MOST_BYTES:,} bytes"})
    import_id = imports.hand_in(session, told, now)
    content = {"kind": told.kind, "sha256": sha256(told.content).hexdigest()}
    _record(session, "import.handed_in", import_id, told.asked_by, now, content)
    return import_id


def hand_in_once(session: Session, told: HandedIn, *, asking: Asking) -> int:
    """The same, once for the key of a wish; its id. Raises Invalid, KeyMissing, KeyReused."""
    content = {"kind": told.kind, "sha256": sha256(told.content).hexdigest()}

    def do() -> Told:
        return Told({"import_id": ids.to_text(hand_in(session, told, now=asking.now))})

    answer, _ = once(session, Wish("import", asking, None, content), do)
    return ids.from_text(answer["import_id"]) or 0


def start_import(
    session: Session, editions: Editions, import_id: int, digest: str, *, by: str, now: datetime
) -> ApprovalRequest | None:
    """Ask for a file whose rows were seen, or go on with one that was stopped.

    A request waits for a second person then, who begins it: a file gives many members much at once. None
    where one approved of these rows before they were stopped. Raises NotFound, Invalid; RequestOfOthers where
    somebody else handed the file in.
    """
    row = _file(session, import_id)
    if row.approved_by is not None:
        begin_import(session, import_id, digest, now=now, approved_by=row.approved_by)
        _record(session, "import.started", import_id, by, now, {"digest": digest})
        return None
    if row.asked_by != by:
        raise RequestOfOthers
    if not digest == row.digest or row.fault_count or row.state != "checked":
        raise Invalid(fields={"digest": _NOT_SEEN})
    found = row.found or {}
    sums = {name: _in_steps(editions, name, text, now) for name, text in found["sums"].items()}
    file = BulkFile(row.name, digest, found["rows"], sums, ids.to_text(import_id))
    return ask_bulk_file(session, file, by=by, now=now)


def stop_import(session: Session, import_id: int, *, by: str, now: datetime) -> bool:
    """Let an import come no further; whether it was under way. What is booked stays. Raises NotFound."""
    _file(session, import_id)
    stopped = imports.stop(session, import_id, now)
    if stopped:
        _record(session, "import.stopped", import_id, by, now, {})
    return stopped


def take_result(session: Session, import_id: int, *, by: str, now: datetime) -> tuple[ImportFile, bytes]:
    """A file and what came of each of its lines, as somebody takes it away. Raises NotFound."""
    row = _file(session, import_id)
    result = imports.result(session, import_id)
    if not result:
        raise NotFound
    _record(session, "import.result_taken", import_id, by, now, {})
    return row, result


def begin_import(session: Session, import_id: int, digest: str, *, now: datetime, approved_by: str) -> None:
    """Let a worker carry in exactly the rows that were seen, by their digest, which a second person approved.

    Whether they may is the caller's to know. Raises NotFound; Invalid where other rows were checked, or some
    are faulty, or nobody else approved.
    """
    row = _file(session, import_id)
    if approved_by == row.asked_by:
        raise Invalid(fields={"approved_by": "asked for it"})
    if not imports.begin(session, import_id, digest, now, approved_by=approved_by):
        raise Invalid(fields={"digest": _NOT_SEEN})


def _file(session: Session, import_id: int) -> ImportFile:
    row = imports.of_id(session, import_id)
    if row is None:
        raise NotFound
    return row


def _in_steps(editions: Editions, name: str, text: str, now: datetime) -> int:
    """A sum as people write it, in the smallest steps of its unit, such as `reward added`, or of money."""
    programme = editions.at(now).programme
    unit = programme.units.get(name.partition(" ")[0])
    return int(Decimal(text).scaleb(unit.decimals if unit else MINOR_DIGITS[programme.club.currency]))


def _record(
    session: Session, kind: str, import_id: int, by: str, now: datetime, content: dict[str, str]
) -> None:
    acts.record(session, now, actor=by, kind=kind, subject=ids.to_text(import_id), content=content)
