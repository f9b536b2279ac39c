"""What needs two persons: requests are listed, approved or refused by the second, withdrawn by the first."""

from typing import Any

from sqlalchemy.orm import Session

from loyalty.access import DECIDE
from loyalty.actions import approve as deciding
from loyalty.actions.once import Asking
from loyalty.api.auth import caller, needs
from loyalty.api.carrying import carry, look
from loyalty.api.idempotency import answering, takes_key
from loyalty.api.paging import cut, from_cursor, page_schema
from loyalty.api.resource import Resource
from loyalty.api.schemas.approvals import ApprovalOut, ApprovalsIn, ApprovedOut, DecisionIn
from loyalty.decide.programme import Editions
from loyalty.errors import Invalid
from loyalty.ids import from_text, to_text
from loyalty.reads.approvals import approval_view, approvals_view

approvals = Resource("approvals", "/approvals", "What waits for a second person.")


@approvals.route("", methods=["GET"])
@needs("members:write", "approvals:decide")
@approvals.arguments(ApprovalsIn, location="query")
@approvals.response(200, page_schema(ApprovalOut))
def list_(told: dict[str, Any]) -> Any:
    """Requests, the newest first: all for who decides, one's own for others."""
    place = from_cursor(told["cursor"], 1)
    before = from_text(place[0]) if place else None
    if place and before is None:
        raise Invalid(fields={"cursor": "is not one of ours"})
    of = (_seen_by_caller(), told["state"], told["kind"], before, told["limit"] + 1)
    rows = look(lambda session, _, asking: approvals_view(session, *of, asking.now))
    return cut(rows, told["limit"], lambda row: [to_text(row["approval_id"])])


@approvals.route("/<opaque:approval_id>", methods=["GET"])
@needs("members:write", "approvals:decide")
@approvals.response(200, ApprovalOut)
def show(approval_id: int) -> Any:
    """A request, with all that it asks for, and what became of it."""
    of = _seen_by_caller()
    return look(lambda session, _, asking: approval_view(session, approval_id, asking.now, of))


@approvals.route("/<opaque:approval_id>/approve", methods=["POST"])
@needs("approvals:decide")
@takes_key()
@approvals.arguments(DecisionIn)
@approvals.response(200, ApprovedOut)
def approve(told: dict[str, str], approval_id: int) -> Any:
    """Do what was asked, now and all of it; `digest` is that of what was seen."""
    answer, replayed = carry(
        lambda session, editions, asking: deciding.approve(
            session, editions, approval_id, told["digest"], asking=asking
        )
    )
    return answering(answer, 200, replayed=replayed)


@approvals.route("/<opaque:approval_id>/refuse", methods=["POST"])
@needs("approvals:decide")
@takes_key()
@approvals.arguments(DecisionIn)
@approvals.response(200, ApprovalOut)
def refuse(told: dict[str, str], approval_id: int) -> Any:
    """Never do what was asked."""

    def wish(session: Session, _: Editions, asking: Asking) -> tuple[dict[str, Any], bool]:
        replayed = deciding.refuse(session, approval_id, told["digest"], asking=asking)
        return approval_view(session, approval_id, asking.now), replayed

    answer, replayed = carry(wish)
    return answering(answer, 200, replayed=replayed)


@approvals.route("/<opaque:approval_id>/withdraw", methods=["POST"])
@needs("members:write")
@takes_key()
@approvals.response(200, ApprovalOut)
def withdraw(approval_id: int) -> Any:
    """Take back what one asked for oneself."""

    def wish(session: Session, _: Editions, asking: Asking) -> tuple[dict[str, Any], bool]:
        approval_view(session, approval_id, asking.now, asking.client)
        replayed = deciding.withdraw(session, approval_id, asking=asking)
        return approval_view(session, approval_id, asking.now), replayed

    answer, replayed = carry(wish)
    return answering(answer, 200, replayed=replayed)


def _seen_by_caller() -> str | None:
    """Whose requests the caller sees; None: anybody's."""
    return None if DECIDE in caller().scopes else caller().client
