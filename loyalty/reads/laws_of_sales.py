"""What must hold between sales, the operations that booked them, and the claims on their receipts."""

import operator
from collections.abc import Iterator
from functools import reduce
from typing import Any

from sqlalchemy import (
    BigInteger,
    Select,
    String,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)

from loyalty import ledger
from loyalty.law import (
    Finding,
    Law,
    Look,
    Probe,
    Proof,
    agree,
    alike,
    cell_of,
    each_of,
    found,
    items_of,
    length_of,
    none,
    none_of,
    unequal,
    where_not,
)
from loyalty.ledger import Claim
from loyalty.ledger import OperationPartRow as OperationPart
from loyalty.ledger import OperationRow as Operation
from loyalty.policies import Premium
from loyalty.reads.spending import SPENT
from loyalty.sales import BY_POINTS, Receipt, Sale, SaleReturn

_SALE = (Sale.member_id, Sale.op_id)
_RETURN = (SaleReturn.member_id, SaleReturn.op_id)
_FEW = (1, 2, 3)  #: lines that most sales have
_OPERATION = (Operation.member_id, Operation.op_id)


def _receipts(table: Any, scope: str, number: Any) -> Any:
    """A probe for claims that do not spell the business key of the sale or return they are on.

    SQL spells what JSON writes without escapes; the rest is spelled here.
    """
    spelled = _spelled(table, number)
    query = (
        select(table.member_id, table.op_id, table.store, table.terminal, table.business_date)
        .add_columns(number.label("number"), Claim.key)
        .join(Claim, and_(Claim.member_id == table.member_id, Claim.op_id == table.op_id))
        .where(Claim.scope == scope, Claim.key != spelled)
    )

    def probe(look: Look) -> Iterator[Finding]:
        for row in look.rows(query):
            receipt = Receipt(row["store"], row["terminal"], row["business_date"], row["number"])
            if ledger.claims.key_of(receipt.key) != row["key"]:
                yield found(table, row, f"its claim is on {row['key']}, its receipt is {receipt.key}")

    return probe


def _spelled(table: Any, number: Any) -> Any:
    """The business key of a sale or return, as JSON writes it without escapes."""
    parts = (table.store, table.terminal, cast(table.business_date, String), number)
    return literal('["') + parts[0] + '","' + parts[1] + '","' + parts[2] + '","' + parts[3] + '"]'


def _as_claimed(table: Any, scope: str, number: Any) -> Proof:
    """Whether sales or returns are exactly the operations with a claim, each on what it spells."""
    told = select(table.member_id, table.op_id, _spelled(table, number), literal(1))
    keys = select(Claim.member_id, Claim.op_id, Claim.key, literal(1))
    return agree(told, keys.where(Claim.scope == scope, Claim.op_id.is_not(None)))


def _claims(scope: str) -> Select[Any]:
    return select(Claim.member_id, Claim.op_id, literal(1)).where(
        Claim.scope == scope, Claim.op_id.is_not(None)
    )


def _apart(table: Any, stored: Select[Any], scope: str) -> Probe:
    """A probe for sales or returns without a claim, or with several, and for claims without them."""
    told = "claims: {stored} is stored, {counted} is counted"
    return each_of(table, unequal(stored, _claims(scope)), told)


_SALES_AS_CLAIMED = _as_claimed(Sale, "purchase", Sale.receipt)
_RETURNS_AS_CLAIMED = _as_claimed(SaleReturn, "return", SaleReturn.return_ref)


def _strangers() -> Select[Any]:
    """Sales under an operation that earned nothing of the kind."""
    return (
        select(*_SALE, Operation.kind)
        .join(Operation, and_(Operation.member_id == Sale.member_id, Operation.op_id == Sale.op_id))
        .where(Operation.kind != "earn")
    )


def _returning() -> Select[Any]:
    """The operation of each return, with the sale it refers to."""
    return select(*_OPERATION, Operation.refers_to, literal(1)).where(Operation.kind == "return")


def _cancelling() -> Select[Any]:
    """The sale that each cancellation refers to; those of premiums have a law of their own."""
    premium = exists().where(Premium.member_id == Operation.member_id, Premium.op_id == Operation.refers_to)
    return select(Operation.member_id, Operation.refers_to, literal(1)).where(
        Operation.kind == "cancel", ~premium
    )


CLAIMED = Law(
    "5",
    "each receipt and each return is claimed once, by its own business key, and booked by its own operation",
    (Sale, SaleReturn),
    (
        where_not(_SALES_AS_CLAIMED, _apart(Sale, select(*_SALE, literal(1)), "purchase")),
        where_not(_RETURNS_AS_CLAIMED, _apart(SaleReturn, select(*_RETURN, literal(1)), "return")),
        none_of(Sale, _strangers(), "it is booked by an operation of kind {kind}"),
        alike(
            SaleReturn,
            "of sale {sale_op_id}",
            select(*_RETURN, SaleReturn.sale_op_id, literal(1)),
            _returning(),
        ),
        alike(
            Sale, "cancelled", select(*_SALE, literal(1)).where(Sale.cancelled_at.is_not(None)), _cancelling()
        ),
        where_not(_SALES_AS_CLAIMED, _receipts(Sale, "purchase", Sale.receipt)),
        where_not(_RETURNS_AS_CLAIMED, _receipts(SaleReturn, "return", SaleReturn.return_ref)),
    ),
)


def _lines(table: Any, op_id: Any, *cells: int) -> Select[Any]:
    """Lines of sales, or of their returns: member, sale, line where asked for, then one amount."""
    line = items_of(table.lines, "line")
    return (
        select(table.member_id, op_id, *(cell_of(line, cell, BigInteger) for cell in cells))
        .select_from(table)
        .join(line, true())
        .where(op_id.is_not(None))
    )


def _per_line(bought: int, returned: int) -> Select[Any]:
    came_back = exists().where(SaleReturn.member_id == Sale.member_id, SaleReturn.sale_op_id == Sale.op_id)
    sold = _lines(Sale, Sale.op_id, 0, bought).where(came_back).subquery()
    named = select(
        sold.c[0].label("member_id"), sold.c[1].label("op_id"), sold.c[2].label("line"), sold.c[3]
    ).where(sold.c[3] > 0)  # nothing can come back of what was handed back in an exchange
    return unequal(named, _lines(SaleReturn, SaleReturn.sale_op_id, 0, returned), operator.lt)


def _came_back() -> Select[Any]:
    whole = select(SaleReturn.member_id, SaleReturn.sale_op_id, SaleReturn.amount_minor.label("minor")).where(
        SaleReturn.sale_op_id.is_not(None)
    )
    return select(union_all(whole, _lines(SaleReturn, SaleReturn.sale_op_id, 2)).subquery())


RETURNED = Law(
    "7",
    "what came back of a sale is what its returns say, and never more than was bought, in all and per line",
    (Sale, SaleReturn),
    (
        alike(Sale, "came back", select(*_SALE, Sale.returned_minor), _came_back()),
        none_of(
            Sale,
            select(*_SALE, Sale.returned_minor, Sale.amount_minor).where(
                or_(Sale.returned_minor > Sale.amount_minor, Sale.returned_minor < 0)
            ),
            "{returned_minor} came back of {amount_minor}",
        ),
        none_of(Sale, _per_line(4, 2), "line {line}: {stored} bought, {counted} came back"),
        none_of(Sale, _per_line(3, 1), "line {line}: {stored} thousandths bought, {counted} came back"),
    ),
)


def _awarded() -> Select[Any]:
    part = items_of(Sale.award, "part")
    return (
        select(Sale.member_id, Sale.op_id, cell_of(part, 1).label("unit"), cell_of(part, 2, BigInteger))
        .select_from(Sale)
        .join(part, true())
    )


def _given() -> Select[Any]:
    part = OperationPart
    return select(part.member_id, part.op_id, part.unit, part.points).join(
        Sale, and_(Sale.member_id == part.member_id, Sale.op_id == part.op_id)
    )


def _sum_of_first(lines: int) -> Any:
    """What so many lines of a sale come to, read by their place: it costs less than to list them."""
    minor = (cast(Sale.lines[(line, 4)].as_string(), BigInteger) for line in range(lines))
    return reduce(operator.add, (func.coalesce(one, 0) for one in minor))


def _amiss() -> Select[Any]:
    """Sales that do not amount to their lines."""
    line = items_of(Sale.lines, "line")
    minor = func.coalesce(func.sum(cell_of(line, 4, BigInteger)), 0)
    of_many = select(minor).select_from(line).correlate(Sale).scalar_subquery()
    counted = case(*((length_of(Sale.lines) == few, _sum_of_first(few)) for few in _FEW), else_=of_many)
    rows = select(*_SALE, Sale.amount_minor, counted.label("counted"))
    return rows.where(Sale.amount_minor != counted)


AWARDED = Law(
    "parts",
    "a sale amounts to its lines, and its award is what its operation gave",
    (Sale,),
    (
        none_of(Sale, _amiss(), "amount: {amount_minor} is stored, {counted} is counted"),
        alike(Sale, "{unit} awarded", _awarded(), _given()),
    ),
)


def _tenders(*cells: Any) -> tuple[Any, Select[Any]]:
    tender = items_of(Sale.tenders, "tender")
    told = select(*_SALE, *cells).select_from(Sale).join(tender, true())
    return tender, told.where(length_of(Sale.tenders) > 0)


def _due() -> Select[Any]:
    """What tenders are to pay, of each sale that has any."""
    return select(*_SALE, Sale.amount_minor + Sale.rounding_minor).where(length_of(Sale.tenders) > 0)


def _tendered() -> Select[Any]:
    tender, told = _tenders()
    return told.add_columns(cell_of(tender, 1, BigInteger))


def _unspent() -> Select[Any]:
    """Tenders of points that no redemption or capture of so many points of that unit stands behind."""
    part, (tender, told) = OperationPart, _tenders()
    spent = and_(
        part.member_id == Sale.member_id,
        part.op_id == cell_of(tender, 4, BigInteger),
        part.unit == cell_of(tender, 2),
        part.points == cell_of(tender, 3, BigInteger),
    )
    done = and_(
        Operation.member_id == part.member_id, Operation.op_id == part.op_id, Operation.kind.in_(SPENT)
    )
    return (
        told.add_columns(cell_of(tender, 3, BigInteger).label("points"))
        .outerjoin(part, spent)
        .outerjoin(Operation, done)
        .where(cell_of(tender, 0) == BY_POINTS, Operation.op_id.is_(None))
    )


_NO_TENDERS = none(_due())
PAID = Law(
    "tenders",
    "what tenders pay is the sale and its rounding, and points among them were spent on it",
    (Sale,),
    (
        where_not(_NO_TENDERS, alike(Sale, "paid", _due(), _tendered())),
        where_not(_NO_TENDERS, none_of(Sale, _unspent(), "paid with {points} points that nothing spent")),
    ),
)
