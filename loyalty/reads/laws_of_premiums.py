"""What must hold between premiums, the operations that awarded them, and the claims on their references."""

from typing import Any

from sqlalchemy import BigInteger, Select, and_, literal, select, true

from loyalty.law import Law, alike, cell_of, items_of, none_of
from loyalty.ledger import Claim
from loyalty.ledger import OperationPartRow as OperationPart
from loyalty.ledger import OperationRow as Operation
from loyalty.policies import Premium

_PREMIUM = (Premium.member_id, Premium.op_id)


def _of_premium(table: Any, op_id: Any) -> Any:
    return and_(Premium.member_id == table.member_id, Premium.op_id == op_id)


def _strangers() -> Select[Any]:
    """Premiums under an operation that earned nothing of the kind."""
    return (
        select(Premium.reference, Operation.kind)
        .join(Operation, _of_premium(Operation, Operation.op_id))
        .where(Operation.kind != "earn")
    )


def _claims() -> Select[Any]:
    return select(Claim.member_id, Claim.op_id, literal(1)).where(
        Claim.scope == "premium", Claim.op_id.is_not(None)
    )


def _reversed() -> Select[Any]:
    return select(*_PREMIUM, literal(1)).where(Premium.reversed_at.is_not(None))


def _reversing() -> Select[Any]:
    """The premium that each cancellation of one refers to."""
    cancelled = select(*_PREMIUM, literal(1))
    return cancelled.join(Operation, _of_premium(Operation, Operation.refers_to)).where(
        Operation.kind == "cancel"
    )


def _awarded() -> Select[Any]:
    part = items_of(Premium.award, "part")
    return (
        select(*_PREMIUM, cell_of(part, 1).label("unit"), cell_of(part, 2, BigInteger))
        .select_from(Premium)
        .join(part, true())
    )


def _given() -> Select[Any]:
    part = OperationPart
    return select(part.member_id, part.op_id, part.unit, part.points).join(
        Premium, _of_premium(part, part.op_id)
    )


PREMIUMS = Law(
    "5",
    "each premium is claimed once, awarded by its own operation, and reversed by one that refers to it",
    (Premium, Operation),
    (
        alike(Premium, "claims", select(*_PREMIUM, literal(1)), _claims()),
        none_of(Premium, _strangers(), "it is awarded by an operation of kind {kind}"),
        alike(Premium, "reversed", _reversed(), _reversing()),
        alike(Premium, "{unit} awarded", _awarded(), _given()),
    ),
)
