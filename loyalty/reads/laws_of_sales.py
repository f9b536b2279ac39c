"""What must hold between sales, the operations that booked them, and the claims on their receipts."""

import operator
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, Select, String, and_, cast, literal, or_, select, true, union_all
from sqlalchemy.orm import Session

from loyalty import ledger
from loyalty.law import STREAMED, Finding, Law, alike, cell_of, items_of, none_of, place, unequal
from loyalty.ledger import Claim
from loyalty.ledger import OperationPartRow as OperationPart
from loyalty.ledger import OperationRow as Operation
from loyalty.sales import Receipt, Sale, SaleReturn

_SALE = (Sale.member_id, Sale.op_id)
_RETURN = (SaleReturn.member_id, SaleReturn.op_id)
_OPERATION = (Operation.member_id, Operation.op_id)


def _receipts(table: Any, scope: str, number: Any) -> Any:
    """A probe for claims that do not spell the business key of the sale or return they are on.

    SQL spells what JSON writes without escapes; the rest is spelled here.
    """
    parts = (table.store, table.terminal, cast(table.business_date, String), number)
    spelled = literal('["') + parts[0] + '","' + parts[1] + '","' + parts[2] + '","' + parts[3] + '"]'
    query = (
        select(table.member_id, table.op_id, table.store, table.terminal, table.business_date)
        .add_columns(number.label("number"), Claim.key)
        .join(Claim, and_(Claim.member_id == table.member_id, Claim.op_id == table.op_id))
        .where(Claim.scope == scope, Claim.key != spelled)
    )

    def probe(session: Session, zone: ZoneInfo) -> Iterator[Finding]:
        for row in session.execute(query, execution_options=STREAMED).mappings():
            receipt = Receipt(row["store"], row["terminal"], row["business_date"], row["number"])
            if ledger.claims.key_of(receipt.key) != row["key"]:
                yield place(table, row), f"its claim is on {row['key']}, its receipt is {receipt.key}"

    return probe


def _claims(scope: str) -> Select[Any]:
    return select(Claim.member_id, Claim.op_id, literal(1)).where(
        Claim.scope == scope, Claim.op_id.is_not(None)
    )


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


CLAIMED = Law(
    "5",
    "each receipt and each return is claimed once, by its own business key, and booked by its own operation",
    (Sale, SaleReturn),
    (
        alike(Sale, "claims", select(*_SALE, literal(1)), _claims("purchase")),
        alike(SaleReturn, "claims", select(*_RETURN, literal(1)), _claims("return")),
        none_of(Sale, _strangers(), "it is booked by an operation of kind {kind}"),
        alike(
            SaleReturn,
            "of sale {sale_op_id}",
            select(*_RETURN, SaleReturn.sale_op_id, literal(1)),
            _returning(),
        ),
        _receipts(Sale, "purchase", Sale.receipt),
        _receipts(SaleReturn, "return", SaleReturn.return_ref),
    ),
)


def _lines(table: Any, op_id: Any, *cells: int) -> Select[Any]:
    """Lines of sales or returns: member, sale, line where asked for, then one amount."""
    line = items_of(table.lines, "line")
    return (
        select(table.member_id, op_id, *(cell_of(line, cell, BigInteger) for cell in cells))
        .select_from(table)
        .join(line, true())
    )


def _per_line(bought: int, returned: int) -> Select[Any]:
    sold = _lines(Sale, Sale.op_id, 0, bought).subquery()
    named = select(sold.c[0].label("member_id"), sold.c[1].label("op_id"), sold.c[2].label("line"), sold.c[3])
    return unequal(named, _lines(SaleReturn, SaleReturn.sale_op_id, 0, returned), operator.lt)


def _came_back() -> Select[Any]:
    whole = select(SaleReturn.member_id, SaleReturn.sale_op_id, SaleReturn.amount_minor.label("minor"))
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


AWARDED = Law(
    "parts",
    "a sale amounts to its lines, and its award is what its operation gave",
    (Sale,),
    (
        alike(Sale, "amount", select(*_SALE, Sale.amount_minor), _lines(Sale, Sale.op_id, 4)),
        alike(Sale, "{unit} awarded", _awarded(), _given()),
    ),
)
