"""The programme is edited as a draft: begun from an edition, saved by revisions, dropped or published."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from loyalty import acts, programme
from loyalty.errors import DraftChanged, DraftOpen, DraftTooLarge, NoDraft, NoProgramme
from loyalty.programme import Conflict, Draft

LARGEST = 400_000  #: characters of canonical JSON


@dataclass(frozen=True, slots=True)
class Saved:
    """The revision that was made; whether what others saved meanwhile is in it too."""

    revision: int
    is_merged: bool


def begin_draft(session: Session, by: str, now: datetime) -> Draft:
    """Open a draft of the latest edition. Raises NoProgramme, DraftOpen, Busy."""
    latest = programme.latest(session)
    if latest is None:
        raise NoProgramme
    if programme.open_draft(session) is not None:
        raise DraftOpen
    draft = programme.begin(session, latest.document, latest.number, by, now)
    _record(session, now, by, "draft.begun", draft, {"base": latest.number})
    return draft


def save_draft(session: Session, document: Mapping[str, object], seen: int, by: str, now: datetime) -> Saved:
    """Keep what somebody made of the revision they had `seen`, faults and all.

    What others saved since is kept beside it. Raises NoDraft, also for a revision that never was;
    DraftChanged where the same place was changed otherwise, and nothing is saved; DraftTooLarge; TypeError
    for what has no exact form in JSON.
    """
    draft, told = _open(session), programme.as_json(document)
    before = programme.at_revision(session, draft, seen)
    last = programme.at_revision(session, draft, draft.revision)
    if before is None or last is None:
        raise NoDraft
    made, conflicts = programme.merged(before.document, told, last.document)
    if conflicts:
        raise DraftChanged(conflicts=conflicts)
    if len(programme.canonical(made)) > LARGEST:
        raise DraftTooLarge
    if made != last.document:
        programme.save(session, draft, made, by, now)
        told_of = {"revision": draft.revision, "sha256": programme.sha256_of(made)}
        _record(session, now, by, "draft.saved", draft, told_of)
    return Saved(draft.revision, seen != last.revision)


def save_between(
    session: Session,
    document: Mapping[str, object],
    seen: int,
    shown: int,
    stands: Literal["mine", "theirs"],
    by: str,
    now: datetime,
) -> Saved:
    """Keep the same where others had saved otherwise by the revision `shown`: what is chosen stands there.

    Raises as `save_draft` does; DraftChanged where a place was changed once more since.
    """
    draft, told = _open(session), programme.as_json(document)
    before = programme.at_revision(session, draft, seen)
    theirs = programme.at_revision(session, draft, shown)
    if before is None or theirs is None:
        raise NoDraft
    yields, holds = (told, theirs.document) if stands == "theirs" else (theirs.document, told)
    made, _ = programme.merged(before.document, yields, holds)
    return save_draft(session, made, shown, by, now)


def catch_up(session: Session, by: str, now: datetime) -> list[Conflict]:
    """Bring into the draft what was published since it began; the places where the draft said otherwise.

    There the draft stands as it is. Raises NoDraft.
    """
    draft, latest = _open(session), programme.latest(session)
    base = programme.by_number(session, draft.base) if draft.base else None
    last = programme.at_revision(session, draft, draft.revision)
    if latest is None or base is None or last is None or latest.number == base.number:
        return []
    made, conflicts = programme.merged(base.document, latest.document, last.document)
    draft.base = latest.number
    programme.save(session, draft, made, by, now)
    told_of = {"revision": draft.revision, "base": latest.number, "sha256": programme.sha256_of(made)}
    _record(session, now, by, "draft.caught_up", draft, told_of)
    return conflicts


def drop_draft(session: Session, by: str, now: datetime) -> None:
    """Close the draft without publishing it; its revisions are kept. Raises NoDraft."""
    draft = _open(session)
    programme.end(session, draft, None, now)
    _record(session, now, by, "draft.dropped", draft, {"revision": draft.revision})


def _open(session: Session) -> Draft:
    draft = programme.open_draft(session, locked=True)
    if draft is None:
        raise NoDraft
    return draft


def _record(
    session: Session, now: datetime, by: str, kind: str, draft: Draft, told: Mapping[str, object]
) -> None:
    acts.record(session, now, actor=by, kind=kind, subject=f"draft-{draft.draft_no}", content=told)
