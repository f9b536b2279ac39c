"""Rows of sales and returns, between the facts and their JSON columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from loyalty.sales.facts import Line, Purchase, Receipt, Return, ReturnedLine
from loyalty.sales.models import Sale, SaleReturn
from loyalty.tables import table_of


@dataclass(frozen=True, slots=True)
class SaleKept:
    """A sale in the books, with all that came back of it; `award` is as it was handed in."""

    op_id: int
    purchase: Purchase
    award: tuple[tuple[Any, ...], ...]
    returns: tuple[Return, ...]


def keep_sale(
    session: Session, member_id: int, op_id: int, fact: Purchase, award: Sequence[Sequence[Any]]
) -> None:
    """Write a sale down under the operation that booked it."""
    row = {
        "member_id": member_id,
        "op_id": op_id,
        "store": fact.receipt.store,
        "terminal": fact.receipt.terminal,
        "business_date": fact.receipt.business_date,
        "receipt": fact.receipt.receipt,
        "cashier": fact.cashier,
        "sold_at": fact.sold_at,
        "currency": fact.currency,
        "amount_minor": fact.amount_minor,
        "returned_minor": 0,
        "lines": [
            [line.line, line.sku, line.category, line.quantity_thousandths, line.amount_minor]
            for line in fact.lines
        ],
        "award": [list(part) for part in award],
    }
    session.execute(insert(table_of(Sale)), [row])


def keep_return(session: Session, member_id: int, op_id: int, sale_op_id: int, fact: Return) -> None:
    """Write a return down and count it up on its sale."""
    lines = [[part.line, part.quantity_thousandths, part.amount_minor] for part in fact.lines]
    row = {
        "member_id": member_id,
        "op_id": op_id,
        "sale_op_id": sale_op_id,
        "store": fact.reference.store,
        "terminal": fact.reference.terminal,
        "business_date": fact.reference.business_date,
        "return_ref": fact.reference.receipt,
        "returned_at": fact.returned_at,
        "lines": lines,
        "amount_minor": fact.amount_minor,
    }
    session.execute(insert(SaleReturn), [row])
    back = fact.amount_minor + sum(part.amount_minor for part in fact.lines)
    session.execute(
        update(Sale)
        .where(Sale.member_id == member_id, Sale.op_id == sale_op_id)
        .values(returned_minor=Sale.returned_minor + back)
    )


def sale(session: Session, member_id: int, op_id: int) -> SaleKept | None:
    """A sale and its returns, in the order they were booked."""
    row = session.get(Sale, (member_id, op_id), populate_existing=True)
    if row is None:
        return None
    purchase = Purchase(
        Receipt(row.store, row.terminal, row.business_date, row.receipt),
        row.sold_at,
        row.currency,
        tuple(Line(*line) for line in row.lines),
        row.cashier,
    )
    rows = select(SaleReturn).where(SaleReturn.member_id == member_id, SaleReturn.sale_op_id == op_id)
    returns = tuple(
        Return(
            Receipt(back.store, back.terminal, back.business_date, back.return_ref),
            back.returned_at,
            tuple(ReturnedLine(*part) for part in back.lines),
            back.amount_minor,
        )
        for back in session.scalars(rows.order_by(SaleReturn.op_id))
    )
    return SaleKept(op_id, purchase, tuple(tuple(part) for part in row.award), returns)
