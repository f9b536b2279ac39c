"""What must hold between what policies give by their schedules, and what is booked and promised of it."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import Select, and_, case, func, select, union_all

from loyalty.law import Finding, Law, Look, found, none_of
from loyalty.ledger import OF_POLICIES, Entry, PendingRow
from loyalty.ledger import OperationRow as Operation
from loyalty.policies import PolicyShare

_SHARE = (PolicyShare.member_id, PolicyShare.policy_no)


def _first() -> Any:
    """The first operation of a policy for a member, which the later ones and their openings refer to."""
    return case((Operation.kind == "policy", Operation.op_id), else_=Operation.refers_to)


def _came_to() -> Any:
    """Per first operation and unit: what is booked against `position`, and what is promised for a day."""
    booked = (
        select(Entry.member_id, _first().label("op_id"), Entry.unit, Entry.points)
        .join(Operation, and_(Operation.member_id == Entry.member_id, Operation.op_id == Entry.op_id))
        .where(Entry.contra == "position")
    )
    promised = select(PendingRow.member_id, PendingRow.op_id, PendingRow.unit, PendingRow.points).where(
        PendingRow.state == "pending", PendingRow.contra == "position", PendingRow.opens_at.is_not(None)
    )
    both = union_all(booked, promised).subquery().c
    return (
        select(both.member_id, both.op_id, both.unit, func.sum(both.points).label("points"))
        .group_by(both.member_id, both.op_id, both.unit)
        .subquery()
    )


def _ending_elsewhere(look: Look) -> Iterator[Finding]:
    """Shares whose schedule does not end where the books, with what is promised, come to."""
    sums = _came_to()
    same = and_(sums.c.member_id == PolicyShare.member_id, sums.c.op_id == PolicyShare.op_id)
    rows = select(*_SHARE, PolicyShare.steps, sums.c.unit, sums.c.points).outerjoin(sums, same)
    shares = look.rows(rows.order_by(*_SHARE))
    for _, of_share in groupby(shares, key=lambda row: (row["member_id"], row["policy_no"])):
        units = list(of_share)
        last = units[0]["steps"][-1][1] if units[0]["steps"] else {}
        counted = {row["unit"]: int(row["points"]) for row in units if row["points"]}
        if counted != last:
            yield found(PolicyShare, units[0], f"its schedule ends with {last}, its rows come to {counted}")


def _unnamed() -> Select[Any]:
    """Operations of policies that no share names."""
    named = and_(PolicyShare.member_id == Operation.member_id, PolicyShare.op_id == _first())
    return (
        select(Operation.member_id, Operation.op_id, Operation.kind)
        .outerjoin(PolicyShare, named)
        .where(Operation.kind.in_(OF_POLICIES), PolicyShare.op_id.is_(None))
    )


def _promised_by_others() -> Select[Any]:
    """Differences that are scheduled under an operation which is no policy's."""
    head = and_(Operation.member_id == PendingRow.member_id, Operation.op_id == PendingRow.op_id)
    return (
        select(PendingRow.member_id, PendingRow.op_id, PendingRow.unit, PendingRow.part_no, Operation.kind)
        .join(Operation, head)
        .where((PendingRow.contra == "position") != (Operation.kind == "policy"))
    )


POSITIONS = Law(
    "positions",
    "what a policy gives a member is booked and promised as its schedule says, and nothing else is",
    (PolicyShare, Operation, PendingRow),
    (
        _ending_elsewhere,
        none_of(Operation, _unnamed(), "an operation of kind {kind}, and no policy says so"),
        none_of(PendingRow, _promised_by_others(), "of a policy, under an operation of kind {kind}"),
    ),
)
