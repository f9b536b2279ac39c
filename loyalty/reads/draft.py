"""The draft as staff see it: what it says, what is wrong with it, what it changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from loyalty import programme
from loyalty.decide.programme import Programme, compile_programme
from loyalty.document import Fault
from loyalty.errors import NoDraft, ProgrammeFaulty
from loyalty.programme import Change

MOST_REVISIONS = 50


@dataclass(frozen=True, slots=True)
class DraftView:
    """The open draft at its last revision, or an earlier one."""

    draft_no: int
    revision: int
    document: Mapping[str, Any]
    base: int  #: the edition that it began from
    is_behind: bool  #: another edition was published since
    began_by: str
    saved_at: datetime
    saved_by: str
    changes: Sequence[Change]  #: against its base
    faults: Sequence[Fault]
    compiled: Programme | None  #: None: it has faults


@dataclass(frozen=True, slots=True)
class SavedRevision:
    """One revision of the open draft."""

    revision: int
    saved_at: datetime
    saved_by: str


def draft_view(session: Session, revision: int | None = None) -> DraftView:
    """The open draft, with every fault of its document; examples are for `publish.check`. Raises NoDraft."""
    draft, latest = programme.open_draft(session), programme.latest(session)
    if draft is None or draft.base is None or latest is None:
        raise NoDraft
    base = programme.by_number(session, draft.base)
    last = programme.at_revision(session, draft, revision or draft.revision)
    if base is None or last is None:
        raise NoDraft
    compiled, faults = _compiled(last.document)
    return DraftView(
        draft.draft_no,
        last.revision,
        last.document,
        draft.base,
        latest.number != draft.base,
        draft.began_by,
        last.saved_at,
        last.saved_by,
        programme.differences(base.document, last.document),
        faults,
        compiled,
    )


def document_at(session: Session, revision: int) -> dict[str, Any]:
    """What the open draft said at a revision. Raises NoDraft, also for a revision that never was."""
    draft = programme.open_draft(session)
    found = programme.at_revision(session, draft, revision) if draft else None
    if found is None:
        raise NoDraft
    return found.document


def saved_revisions(session: Session) -> Sequence[SavedRevision]:
    """The latest revisions of the open draft, the last one first; none where no draft is open."""
    draft = programme.open_draft(session)
    if draft is None:
        return ()
    told = programme.revisions(session, draft, MOST_REVISIONS)
    return [SavedRevision(one.revision, one.saved_at, one.saved_by) for one in told]


def _compiled(document: Mapping[str, Any]) -> tuple[Programme | None, Sequence[Fault]]:
    try:
        return compile_programme(document), ()
    except ProgrammeFaulty as faulty:
        faults: list[Fault] = faulty.facts["faults"]  # type: ignore[assignment]
        return None, faults
