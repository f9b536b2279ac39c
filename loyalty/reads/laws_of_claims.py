"""What must hold between spending and the keys that asked for it: law 5."""

import operator
from typing import Any

from sqlalchemy import BigInteger, Select, and_, literal, or_, select, true, union_all

from loyalty import ledger
from loyalty.law import Law, cell_of, items_of, length_of, none, none_of, unequal, where_not
from loyalty.ledger import Claim
from loyalty.ledger import OperationRow as Operation
from loyalty.sales import BY_POINTS, Sale

_SPENT = 4  #: the cell of a tender that names the operation which spent its points


def _spoken_for() -> Select[Any]:
    """Claims on spending, and the tenders that name it: what paid for a sale, and what gave it back since."""
    tender = items_of(Sale.tenders, "tender")
    op_id = cell_of(tender, _SPENT, BigInteger)
    by_a_sale = (
        select(Operation.member_id, Operation.op_id, Operation.kind, literal(1))
        .select_from(Sale)
        .join(tender, true())
        .join(
            Operation,
            and_(
                Operation.member_id == Sale.member_id,
                or_(
                    Operation.op_id == op_id, and_(Operation.kind == "reverse", Operation.refers_to == op_id)
                ),
            ),
        )
        .where(length_of(Sale.tenders) > 0, cell_of(tender, 0) == BY_POINTS)
    )
    return select(union_all(ledger.claimed(), by_a_sale).subquery())


SPOKEN_FOR = Law(
    "5",
    "whatever was spent or given back was asked for by a key of its own, or by that of the sale it paid",
    (Claim, Sale),
    (
        where_not(
            none(ledger.asked_for(ledger.PART_OF_SALES)),
            none_of(
                Operation,
                unequal(ledger.asked_for(ledger.PART_OF_SALES), _spoken_for(), operator.gt),
                "nobody has a claim on this {kind}",
            ),
        ),
    ),
)
