"""The draft as rows: one is open, each revision of it is kept."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from loyalty.errors import Busy
from loyalty.programme.models import Draft, DraftRevision


def open_draft(session: Session, *, locked: bool = False) -> Draft | None:
    """The draft that is being edited, if there is one."""
    query = select(Draft).where(Draft.is_open.is_(True))
    return session.scalars(query.with_for_update() if locked else query).one_or_none()


def begin(session: Session, document: Mapping[str, Any], base: int | None, by: str, now: datetime) -> Draft:
    """Open a draft with its first revision. Raises Busy when somebody else was quicker."""
    number = (session.scalar(select(func.max(Draft.draft_no))) or 0) + 1
    draft = Draft(draft_no=number, base=base, revision=1, began_at=now, began_by=by, is_open=True)
    try:
        with session.begin_nested():
            session.add(draft)
            session.flush()
            session.add(_revision(draft, document, by, now))
    except IntegrityError as taken:
        raise Busy from taken
    return draft


def save(session: Session, draft: Draft, document: Mapping[str, Any], by: str, now: datetime) -> None:
    """Keep the next revision of a draft that is locked."""
    draft.revision += 1
    session.add(_revision(draft, document, by, now))
    session.flush()


def end(session: Session, draft: Draft, became: int | None, now: datetime) -> None:
    """Close a draft that is locked: it became an edition, or was dropped."""
    draft.is_open, draft.ended_at, draft.became = None, now, became
    session.flush()


def at_revision(session: Session, draft: Draft, revision: int) -> DraftRevision | None:
    """The draft as it was saved then."""
    return session.get(DraftRevision, (draft.draft_no, revision))


def revisions(session: Session, draft: Draft, most: int) -> Sequence[DraftRevision]:
    """Its latest revisions, the last one first."""
    mine = select(DraftRevision).where(DraftRevision.draft_no == draft.draft_no)
    return session.scalars(mine.order_by(DraftRevision.revision.desc()).limit(most)).all()


def _revision(draft: Draft, document: Mapping[str, Any], by: str, now: datetime) -> DraftRevision:
    return DraftRevision(
        draft_no=draft.draft_no, revision=draft.revision, document=dict(document), saved_at=now, saved_by=by
    )
