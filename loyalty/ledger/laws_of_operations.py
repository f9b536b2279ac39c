"""What must hold of claims and holds: laws 5 and 6."""

import operator
from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    case,
    cast,
    func,
    literal,
    not_,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from loyalty.law import Law, alike, none, none_of, of_all, unequal, where_not
from loyalty.ledger.laws_of_accounts import pins
from loyalty.ledger.models import Claim, Entry, Hold, Operation

_WISHED = {  #: kinds of operation that somebody asked for, and the acts whose claims speak of them
    "redeem": ("redemption", "reward_order"),
    "reverse": ("reversal", "redemption_cancellation", "hold_cancellation", "reward_cancel"),
    "hold": ("hold",),
    "return": ("return",),
    "adjust": ("adjustment",),
    "capture": ("capture",),
    "void": ("void", "hold_cancellation"),
    "cancel": ("cancellation", "premium_reversal"),
    "transfer_out": ("transfer", "settle"),
    "merge_out": ("merge", "unmerge"),
}
_UNKEYED = ("capture", "void")  #: a header's key is enough: the hold itself is the business key
PART_OF_SALES = ("redeem", "capture", "reverse")  #: kinds that a sale's key may speak for, as its tenders
_OF_THE_CLOCK = ("open", "release", "expire")
_OF_POOLS = {"pool_out": "redeem", "pool_back": "reverse"}  #: what others share in → what somebody asked for
_OF_TIERS = ("tier_price", "tier_refund", "forfeit")  #: what lifts, reviews and void lifts bring along
_UNASKED = (*_OF_THE_CLOCK, *_OF_TIERS, *_OF_POOLS)
_CLOSES = {"captured": "capture", "voided": "void", "ended": "release", "merged": "hold_out"}
_OPERATION = (Operation.member_id, Operation.op_id)


def _same(table: Any) -> ColumnElement[bool]:
    return and_(table.member_id == Operation.member_id, table.op_id == Operation.op_id)


def _is_business() -> ColumnElement[bool]:
    return not_(Claim.scope.startswith("key:"))


def _speaks_of(kind: str) -> ColumnElement[bool]:
    """Whether a claim, by its scope, is one of an act that leads to this kind of operation."""
    scope, acts = Claim.scope, _WISHED[kind]
    return or_(
        *(or_(scope == act, scope.startswith(f"{act}@"), scope.startswith(f"key:{act}@")) for act in acts)
    )


def _claimed_twice() -> Select[Any]:
    return (
        select(Claim.member_id, Claim.op_id, func.count().label("claims"))
        .where(Claim.op_id.is_not(None), _is_business())
        .group_by(Claim.member_id, Claim.op_id)
        .having(func.count() > 1)
    )


def asked_for(kinds: Collection[str]) -> Select[Any]:
    """Operations of kinds that somebody asks for: their key, their kind, one.

    An adjustment that refers to another operation is what a rule took there: nobody asked for it by itself.
    """
    by_rule = and_(Operation.kind == "adjust", Operation.refers_to.is_not(None))
    return select(*_OPERATION, Operation.kind, literal(1)).where(Operation.kind.in_(kinds), not_(by_rule))


def claimed() -> Select[Any]:
    """Claims on operations, by the kind of operation they speak of."""
    fits = or_(*(and_(Operation.kind == kind, _speaks_of(kind)) for kind in _WISHED))
    enough = or_(_is_business(), Operation.kind.in_(_UNKEYED))
    claims = select(Claim.member_id, Claim.op_id, Operation.kind, literal(1))
    return claims.join(Operation, _same(Claim)).where(Operation.kind.in_(_WISHED), fits, enough)


def _misclaimed() -> Select[Any]:
    """Claims on an operation that is not there, or that is not what they speak of."""
    other = [and_(Operation.kind == kind, not_(_speaks_of(kind))) for kind in _WISHED]
    return (
        select(Claim.scope, Claim.key, Claim.op_id.label("op"), Operation.kind)
        .outerjoin(Operation, _same(Claim))
        .where(
            Claim.op_id.is_not(None),
            or_(
                Operation.op_id.is_(None),
                Operation.kind.in_(_UNASKED),
                *other,
            ),
        )
    )


def _taken_for_nothing() -> Select[Any]:
    """What rules took, where what they refer to is nothing that a fact led to."""
    fact = aliased(Operation)
    same = and_(fact.member_id == Operation.member_id, fact.op_id == Operation.refers_to)
    return (
        select(*_OPERATION, Operation.refers_to)
        .outerjoin(fact, and_(same, fact.kind == "earn"))
        .where(Operation.kind == "adjust", Operation.refers_to.is_not(None), fact.op_id.is_(None))
    )


def _shared_alone() -> Select[Any]:
    """What somebody shares in, where nobody asked for it under the same number."""
    asked = aliased(Operation)
    fits = [and_(Operation.kind == kind, asked.kind == of) for kind, of in _OF_POOLS.items()]
    return (
        select(*_OPERATION, Operation.kind)
        .outerjoin(asked, and_(asked.op_id == Operation.op_id, or_(*fits)))
        .where(Operation.kind.in_(_OF_POOLS), asked.op_id.is_(None))
    )


LAW_5 = Law(
    "5",
    "an operation is the effect of at most one business key; whoever asked for one has a claim on it",
    (Claim, Operation),
    (
        none_of(Operation, _claimed_twice(), "the effect of {claims} business keys"),
        where_not(
            none(asked_for(_WISHED.keys() - set(PART_OF_SALES))),
            none_of(
                Operation,
                unequal(asked_for(_WISHED.keys() - set(PART_OF_SALES)), claimed(), operator.gt),
                "nobody has a claim on this {kind}",
            ),
        ),
        of_all(none_of(Operation, _shared_alone(), "nobody asked for what this {kind} is a share of")),
        none_of(Operation, _taken_for_nothing(), "it refers to {refers_to}, which is no fact"),
        none_of(Claim, _misclaimed(), "claims operation {op}, whose kind is {kind}"),
    ),
)


def _left_by_lot() -> Select[Any]:
    """What closings took from each lot, under the hold they closed."""
    return (
        select(
            Entry.member_id, Operation.refers_to, cast(Entry.expires_on, String), Entry.kind, -Entry.points
        )
        .join(Operation, _same(Entry))
        .where(Operation.kind.in_(_CLOSES.values()), Entry.contra.in_(("redeemed", "expired", "merged")))
    )


def _captured() -> Select[Any]:
    return (
        select(Entry.member_id, Operation.refers_to, -Entry.points)
        .join(Operation, _same(Entry))
        .where(Operation.kind == "capture", Entry.contra == "redeemed")
    )


def _closings() -> Select[Any]:
    return select(Operation.member_id, Operation.refers_to, Operation.kind, literal(1)).where(
        Operation.kind.in_(_CLOSES.values())
    )


def _closed() -> Select[Any]:
    how = case(_CLOSES, value=Hold.state).label("kind")
    return select(Hold.member_id, Hold.op_id, how, literal(1)).where(Hold.state != "open")


def _overdrawn() -> Select[Any]:
    return select(Hold.member_id, Hold.op_id, Hold.captured, Hold.points).where(Hold.captured > Hold.points)


_HOLD = (Hold.member_id, Hold.op_id)

LAW_6 = Law(
    "6",
    "a hold pins what it holds, leaves open once, and captures at most that, from the lots it pinned",
    (Hold, Operation, Entry),
    (
        none_of(Hold, _overdrawn(), "{captured} captured of {points}"),
        alike(Hold, "pins", select(*_HOLD, Hold.points), pins(*_HOLD)),
        alike(
            Hold,
            "holds and the operations that took them",
            select(*_HOLD, literal(1)),
            select(*_OPERATION, literal(1)).where(Operation.kind.in_(("hold", "hold_in"))),
        ),
        alike(Hold, "closed by {kind}", _closed(), _closings()),
        alike(Hold, "captured", select(*_HOLD, Hold.captured), _captured()),
        none_of(
            Hold,
            unequal(pins(*_HOLD, 0, 1), _left_by_lot(), operator.lt),
            "pinned in lot {day} {kind}: {stored}, taken from it: {counted}",
        ),
    ),
)
