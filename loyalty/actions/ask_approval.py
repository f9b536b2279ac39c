"""A publication or a bulk file is asked for, and waits for a second person."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from loyalty import acts, approvals, calendar, ids, programme
from loyalty.actions.publish import RunExamples, check_next
from loyalty.approvals import ApprovalRequest, Kind
from loyalty.decide.proving import failing_examples
from loyalty.errors import VersionStale


@dataclass(frozen=True, slots=True)
class BulkFile:
    """A file of corrections or of other rows, as a checker sees it."""

    name: str
    sha256: str  #: of its rows as they are meant, 64 hexadecimal digits
    rows: int
    sums: Mapping[str, int]  #: what it moves in all, as `reward given` → points in smallest steps
    import_id: str | None = None  #: of the file handed in that is carried in once it is approved


def ask_publication(
    session: Session,
    document: Mapping[str, object],
    *,
    base: int,
    in_force_from: datetime | None,
    by: str,
    now: datetime,
    run_examples: RunExamples = failing_examples,
) -> ApprovalRequest:
    """Let a document wait for a second person, who publishes it as the edition after `base`.

    Without an instant it is in force as soon as it can be once it is approved. Word for word the same is
    asked for once. Raises ProgrammeFaulty, EditionTooSoon; VersionStale when `base` is not the edition
    published last (0: there is none yet).
    """
    before = programme.latest(session)
    if base != (before.number if before else 0):
        raise VersionStale
    check_next(document, before, in_force_from, now, run_examples)
    content = {
        "document": programme.as_json(document),
        "sha256": programme.sha256_of(document),
        "base": base,
        "in_force_from": calendar.instant_text(in_force_from) if in_force_from else None,
    }
    return _ask(session, "publication", content, by, now)


def ask_bulk_file(session: Session, file: BulkFile, *, by: str, now: datetime) -> ApprovalRequest:
    """Let a file wait for a second person; the same file is asked for once by one maker."""
    return _ask(session, "bulk_file", asdict(file) | {"sums": dict(file.sums)}, by, now)


def _ask(session: Session, kind: Kind, content: Mapping[str, Any], by: str, now: datetime) -> ApprovalRequest:
    digest = approvals.digest_of(kind, content)
    if (earlier := approvals.same_waiting(session, digest, by, now)) is not None:
        return earlier
    request = approvals.ask(session, kind, content, maker=by, now=now)
    told = {"kind": kind, "digest": digest}
    name = ids.to_text(request.approval_id)
    acts.record(session, now, actor=by, kind="approval.asked", subject=name, content=told)
    return request
