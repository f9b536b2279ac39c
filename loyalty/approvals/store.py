"""Rows of approval requests."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import ColumnElement, CursorResult, insert, or_, select, update
from sqlalchemy.orm import Session

from loyalty import ids
from loyalty.approvals.facts import LASTS, PERSONAL, Kind, Void, digest_of
from loyalty.approvals.models import ApprovalRequest
from loyalty.errors import NotFound, RequestClosed

_ROW = ApprovalRequest


def ask(
    session: Session,
    kind: Kind,
    content: Mapping[str, Any],
    *,
    maker: str,
    now: datetime,
    member_id: int | None = None,
) -> ApprovalRequest:
    """Keep what a maker asks for; it waits for a checker."""
    row = {
        "approval_id": ids.new_id(now),
        "kind": kind,
        "member_id": member_id,
        "content": dict(content),
        "digest": digest_of(kind, content),
        "maker": maker,
        "asked_at": now,
        "void_at": now + LASTS,
        "state": "waiting",
    }
    session.execute(insert(_ROW), [row])
    return by_id(session, cast(int, row["approval_id"]))


def by_id(session: Session, approval_id: int) -> ApprovalRequest:
    """A request as it stands now. Raises NotFound."""
    found = session.get(_ROW, approval_id, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def decide(
    session: Session,
    approval_id: int,
    decision: Literal["approved", "refused"],
    checker: str,
    now: datetime,
    *,
    op_id: int | None = None,
    edition: int | None = None,
) -> None:
    """End a request that waits by a checker's word, once. Raises RequestClosed."""
    _end(session, approval_id, state=decision, checker=checker, decided_at=now, op_id=op_id, edition=edition)


def close(session: Session, approval_id: int, now: datetime, because: Void | None = None) -> None:
    """End a request that waits without a checker: void, or (no reason) withdrawn. Raises RequestClosed."""
    _end(session, approval_id, state="void" if because else "withdrawn", decided_at=now, because=because)


def newest(
    session: Session,
    maker: str | None,
    state: str | None,
    kind: str | None,
    before: int | None,
    limit: int,
    *,
    not_of: str | None = None,
) -> Sequence[ApprovalRequest]:
    """Up to `limit` requests, the newest first, below the id `before`; None: of any maker, state, kind.

    `not_of` is a maker whose own are left out.
    """
    asked = {_ROW.maker: maker, _ROW.state: state, _ROW.kind: kind}
    found = select(_ROW).where(*(column == told for column, told in asked.items() if told is not None))
    if before is not None:
        found = found.where(_ROW.approval_id < before)
    if not_of is not None:
        found = found.where(_ROW.maker != not_of)
    return session.scalars(found.order_by(_ROW.approval_id.desc()).limit(limit)).all()


def waiting(session: Session) -> Sequence[ApprovalRequest]:
    """All that wait by their rows, oldest first, locked; what somebody is deciding is passed over."""
    found = select(_ROW).where(_ROW.state == "waiting").order_by(_ROW.approval_id)
    found = found.with_for_update(skip_locked=True)
    return session.scalars(found, execution_options={"populate_existing": True}).all()


def same_waiting(session: Session, digest: str, maker: str, now: datetime) -> ApprovalRequest | None:
    """What this maker has asked for already, word for word, and still waits."""
    mine = (_ROW.state == "waiting", _ROW.digest == digest, _ROW.maker == maker, _ROW.void_at > now)
    return session.scalars(select(_ROW).where(*mine).order_by(_ROW.approval_id).limit(1)).first()


def waiting_of(session: Session, member_id: int) -> Sequence[ApprovalRequest]:
    """What waits of a member's, by the rows, oldest first; merges with them, too."""
    mine = select(_ROW).where(_ROW.state == "waiting", _is_about(member_id))
    return session.scalars(mine.order_by(_ROW.approval_id)).all()


def of_file(session: Session, sha256: str) -> ApprovalRequest | None:
    """The approved request for the file of that SHA-256, the first of several."""
    mine = (_ROW.kind == "bulk_file", _ROW.state == "approved", _ROW.content["sha256"].as_string() == sha256)
    return session.scalars(select(_ROW).where(*mine).order_by(_ROW.approval_id).limit(1)).first()


def of_import(session: Session, import_id: str) -> ApprovalRequest | None:
    """The latest request for a file that was handed in."""
    mine = (_ROW.kind == "bulk_file", _ROW.content["import_id"].as_string() == import_id)
    return session.scalars(select(_ROW).where(*mine).order_by(_ROW.approval_id.desc()).limit(1)).first()


def forget_person(session: Session, member_id: int) -> None:
    """Empty what is personal in requests about a member, merges with them, too (M7).

    Their digests tell nothing without the salt.
    """
    for row in session.scalars(select(_ROW).where(_is_about(member_id))).all():
        told = {name: "" for name in PERSONAL if row.content.get(name)}
        if told:
            row.content = {**row.content, **told}
    session.flush()


def _is_about(member_id: int) -> ColumnElement[bool]:
    """Requests of a member's, and those to merge somebody with them, or to part somebody from them."""
    name = ids.to_text(member_id)
    return or_(
        _ROW.member_id == member_id, *(_ROW.content[key].as_string() == name for key in ("into", "from"))
    )


def _end(session: Session, approval_id: int, **ended: object) -> None:
    this = (_ROW.approval_id == approval_id, _ROW.state == "waiting")
    done = session.execute(update(_ROW).where(*this).values(**ended))
    if cast("CursorResult[Any]", done).rowcount != 1:
        raise RequestClosed(state=by_id(session, approval_id).state)
