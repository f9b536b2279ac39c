"""What merging members moved, found by their member-led keys (M6)."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from loyalty import ids
from loyalty.ledger.history import Done, operations
from loyalty.ledger.models import Operation

MOVES = ("merge_out", "merge_in", "hold_out", "hold_in", "pass_on")  #: with the same contra on both sides
SPENDS = ("redeem", "pool_out", "capture", "transfer_out", "tier_price")


def last_merge(session: Session, member_id: int) -> int | None:
    """The operation that merged a member last; what belongs to it has higher numbers."""
    mine = (Operation.member_id == member_id, Operation.kind == "merge_out")
    return session.scalar(select(func.max(Operation.op_id)).where(*mine))


def promised_since(session: Session, member_id: int) -> dict[int, int]:
    """Of whoever was merged: the survivor's operation that keeps a promise now → the one that made it."""
    mine = (Operation.member_id == member_id, Operation.kind == "promise_out")
    rows = select(Operation.op_id, Operation.refers_to).where(*mine)
    return {since: first for since, first in session.execute(rows).tuples() if first is not None}


def promised_by(session: Session, member_id: int, op_id: int) -> list[tuple[int, int]]:
    """The members and operations that kept the promises of an operation since, or keep them."""
    mine = (Operation.member_id == member_id, Operation.kind == "promise_out", Operation.refers_to == op_id)
    rows = select(Operation.op_id, Operation.reasons).where(*mine).order_by(Operation.op_id)
    found = session.execute(rows).tuples()
    return [(ids.from_text(str((reasons or {})["with"])) or 0, since) for since, reasons in found]


def held_since(session: Session, member_id: int, op_id: int) -> tuple[int, int] | None:
    """The member and the operation by which a hold was made again; None where it was not."""
    mine = (Operation.member_id == member_id, Operation.kind == "hold_out", Operation.refers_to == op_id)
    row = session.execute(select(Operation.reasons, Operation.op_id).where(*mine)).first()
    return None if row is None else (ids.from_text(str((row.reasons or {})["with"])) or 0, row.op_id)


def moved_since(session: Session, member_id: int, other: str, first: int) -> list[Done]:
    """What was moved between a member and `other` from an operation on: by merging them, by late facts."""
    mine = (Operation.member_id == member_id, Operation.op_id >= first, Operation.kind.in_(MOVES))
    found = [
        op_id
        for op_id, reasons in session.execute(
            select(Operation.op_id, Operation.reasons).where(*mine)
        ).tuples()
        if (reasons or {}).get("with") == other
    ]
    return operations(session, member_id, found)


def has_spent(session: Session, member_id: int, since: int) -> bool:
    """Whether points were spent, or passed on, after an operation."""
    mine = (Operation.member_id == member_id, Operation.op_id > since, Operation.kind.in_(SPENDS))
    return session.scalar(select(Operation.op_id).where(*mine).limit(1)) is not None
