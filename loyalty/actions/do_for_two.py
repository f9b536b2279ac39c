"""What one colleague asked for a member and a second one approves is carried out, in their names."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from loyalty import access, acts, ids, members
from loyalty.actions.ask_for_member import figures_of
from loyalty.actions.book import take
from loyalty.actions.change_contact import CHANGED, change_contact
from loyalty.actions.keep_apart import keep_apart
from loyalty.actions.lock_spending import unfreeze_spending
from loyalty.actions.merge import lock_policies, merge
from loyalty.actions.once import Asking
from loyalty.actions.unmerge import unmerge
from loyalty.approvals import ApprovalRequest
from loyalty.decide.programme import Editions
from loyalty.errors import ContentDiffers, NotFrozen


def do_for_two(
    session: Session, editions: Editions, request: ApprovalRequest, *, asking: Asking
) -> int | None:
    """Do what was asked for a member, as `asking` approves it; the operation that it was booked by, if any.

    Raises SelfDealing, NotFound, StateForbids; NotFrozen; what a merge raises, and ContentDiffers where the
    two have something else than was seen.
    """
    member_id = request.member_id or 0
    for person in (request.maker, asking.client):
        keep_apart(session, person, member_id)
    if request.kind == "contact":
        _change(session, editions, request, asking.client, asking.now)
    elif request.kind == "unfreeze":
        by, reason = request.maker, request.content["reason"]
        if not unfreeze_spending(session, member_id, by, reason, asking.now, approved_by=asking.client):
            raise NotFrozen
    else:
        return _merge(session, editions, request, asking)
    return None


def _change(
    session: Session, editions: Editions, request: ApprovalRequest, checker: str, now: datetime
) -> None:
    """Give the member the contact, as if they changed it themselves; nobody stays signed in by the old one.

    The phone that is lost may be signed in.
    """
    told = request.content
    member_id = members.current(session, request.member_id or 0)
    members.check(members.stands(members.by_id(session, member_id)), "change")
    change_contact(session, editions, member_id, told["contact"], told["value"], now)
    access.end_sessions(session, member_id, now)
    said = {"contact": told["contact"], "reason": told["reason"], "document": told["document"]}
    said |= {"request": ids.to_text(request.approval_id), "approved_by": checker}
    acts.record(session, now, actor=request.maker, kind=CHANGED, subject=ids.to_text(member_id), content=said)


def _merge(session: Session, editions: Editions, request: ApprovalRequest, asking: Asking) -> int:
    """Merge the two, or part them, while they have what was seen; locked as the act itself does."""
    told, gone = request.content, request.member_id or 0
    is_merge = request.kind == "merge"
    stays = ids.from_text(told["into"] if is_merge else told["from"]) or 0
    keep_apart(session, asking.client, stays)
    lock_policies(session, gone, asking.now)
    order = sorted((gone, stays)) if is_merge else (gone, stays)
    both = {one: take(session, editions, one, asking.now, alone=True).snapshot for one in order}
    if figures_of(editions, both, asking) != told["figures"]:
        raise ContentDiffers(digest=request.digest)
    why: dict[str, Any] = {
        "reason": told["reason"],
        "note": told["note"],
        "reference": ids.to_text(request.approval_id),
        "asking": replace(asking, client=request.maker, header_key=None),
        "approved_by": asking.client,
    }
    if is_merge:
        answer, _ = merge(session, editions, gone, stays, **why)
        booked = answer["merge_id"]
    else:
        answer, _ = unmerge(session, editions, gone, **why)
        booked = answer["unmerge_id"]
    return ids.pair_from_text(booked)[1]  # type: ignore[index]
