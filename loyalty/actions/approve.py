"""A second person approves what was asked, and it is done at once, or refuses it; its maker withdraws it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from loyalty import acts, approvals, ids
from loyalty.actions.adjust import adjust_approved
from loyalty.actions.do_for_two import do_for_two
from loyalty.actions.import_file import begin_import
from loyalty.actions.once import Asking, Told, Wish, once
from loyalty.actions.publish import publish
from loyalty.approvals import ApprovalRequest, Reason
from loyalty.decide.programme import Editions
from loyalty.errors import ContentDiffers, OwnRequest, RequestClosed, RequestOfOthers
from loyalty.reads.approvals import voided

Carry = Callable[[ApprovalRequest], Told]


def approve(
    session: Session, editions: Editions, approval_id: int, digest: str, *, asking: Asking
) -> tuple[dict[str, Any], bool]:
    """Carry out exactly what was asked, once; `digest` is that of what the checker has seen.

    Where the act itself is refused now, the request goes on waiting. Raises NotFound, RequestClosed,
    OwnRequest, ContentDiffers, SelfDealing, KeyMissing, KeyReused; for a correction InDebt, NotEnoughPoints,
    CeilingExceeded; for a publication ProgrammeFaulty, Busy; for a member what `do_for_two` raises.
    """
    now, checker = asking.now, asking.client

    def carry_out(request: ApprovalRequest) -> Told:
        name = {"approval_id": ids.to_text(approval_id), "state": "approved"}
        booked, edition, op_id = None, None, None
        if request.kind == "adjustment":
            booked = adjust_approved(session, editions, request, checker, now)
            op_id = booked.op_id
        elif request.kind == "publication":
            edition = _publish(session, request, checker, now)
        elif request.kind == "bulk_file":
            _begin_file(session, request, checker, now)
        else:
            op_id = do_for_two(session, editions, request, asking=asking)
        approvals.decide(session, approval_id, "approved", checker, now, op_id=op_id, edition=edition)
        answer = name | {"adjustment": booked.answer if booked else None, "edition": edition}
        return Told(answer, request.member_id)

    return _once(session, "approve", approval_id, digest, carry_out, asking)


def refuse(
    session: Session, approval_id: int, digest: str, *, asking: Asking, reason: Reason | None = None
) -> bool:
    """Never do what was asked, by a second person's word, once. Says whether it is a replay.

    The reason stands in the acts of the request.

    Raises NotFound, RequestClosed, OwnRequest, ContentDiffers, KeyMissing, KeyReused.
    """

    def turn_down(request: ApprovalRequest) -> Told:
        approvals.decide(session, approval_id, "refused", asking.client, asking.now)
        return Told({"approval_id": ids.to_text(approval_id), "state": "refused"}, request.member_id)

    return _once(session, "refuse", approval_id, digest, turn_down, asking, reason)[1]


def withdraw(session: Session, approval_id: int, *, asking: Asking) -> bool:
    """Take back what one has asked for, once. Says whether it is a replay.

    Raises NotFound, RequestOfOthers, RequestClosed, KeyMissing, KeyReused.
    """

    def do() -> Told:
        request = _open(session, approval_id, asking.now)
        if request.maker != asking.client:
            raise RequestOfOthers
        approvals.close(session, approval_id, asking.now)
        _record(session, "approval.withdrawn", request, asking)
        return Told({"approval_id": ids.to_text(approval_id), "state": "withdrawn"}, request.member_id)

    return once(session, Wish("withdraw", asking, None, {"approval": approval_id}), do)[1]


def void_stale(session: Session, now: datetime) -> int:
    """Write down which requests that wait are void by now; how many."""
    asked = approvals.waiting(session)
    void = voided(session, asked, now)
    for approval_id, because in void.items():
        approvals.close(session, approval_id, now, because)
    return len(void)


def _once(
    session: Session,
    act: str,
    approval_id: int,
    digest: str,
    carry: Carry,
    asking: Asking,
    reason: Reason | None = None,
) -> tuple[dict[str, Any], bool]:
    """Decide a request by a checker who has seen what it asks for."""

    def do() -> Told:
        request = _open(session, approval_id, asking.now)
        if request.maker == asking.client:
            raise OwnRequest
        asked = approvals.digest_of(request.kind, request.content)  # type: ignore[arg-type]
        if not digest == asked == request.digest:
            raise ContentDiffers(digest=request.digest)
        told = carry(request)
        _record(session, f"approval.{told.answer['state']}", request, asking, reason)
        return told

    content = {"approval": approval_id, "digest": digest} | ({"reason": reason} if reason else {})
    return once(session, Wish(act, asking, None, content), do)


def _open(session: Session, approval_id: int, now: datetime) -> ApprovalRequest:
    request = approvals.by_id(session, approval_id)
    void = voided(session, [request], now)
    if because := void.get(approval_id):
        raise RequestClosed(state="void", because=because)
    if request.state != "waiting":
        raise RequestClosed(state=request.state)
    return request


def _publish(session: Session, request: ApprovalRequest, checker: str, now: datetime) -> int:
    told = request.content["in_force_from"]
    made = publish(
        session,
        request.content["document"],
        by=request.maker,
        in_force_from=datetime.fromisoformat(told) if told else None,
        now=now,
        approved_by=checker,
    )
    return made.number


def _begin_file(session: Session, request: ApprovalRequest, checker: str, now: datetime) -> None:
    """Let the file that was handed in be carried in; one that lies elsewhere is, by its digest."""
    told = request.content
    if told["import_id"] is not None:
        begin_import(
            session, ids.from_text(told["import_id"]) or 0, told["sha256"], now=now, approved_by=checker
        )


def _record(
    session: Session, kind: str, request: ApprovalRequest, asking: Asking, reason: Reason | None = None
) -> None:
    name, told = ids.to_text(request.approval_id), {"kind": request.kind, "digest": request.digest}
    told |= {"reason": reason} if reason else {}
    acts.record(session, asking.now, actor=asking.client, kind=kind, subject=name, content=told)
