"""Sales, returns and cancellations of a span of members, as facts they lived."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from loyalty.decide.giving import judged_at
from loyalty.decide.lived import Bought, BroughtBack
from loyalty.ledger import OperationRow as Operation
from loyalty.reads.span import Span, Turns
from loyalty.reviews import Review
from loyalty.sales import Line, Purchase, Receipt, Return, ReturnedLine, Sale, SaleReturn, Tender

Name = tuple[int, int]  #: (member, operation)


def facts_of_sales(session: Session, span: Span, captures: Mapping[Name, int]) -> Turns:
    """Every sale and return; `captures` name the hold that each capture closed."""
    held = _held(session, span)
    of_sale = (Operation.member_id == Sale.member_id) & (Operation.op_id == Sale.op_id)
    rows = (
        select(
            Sale.member_id, Sale.op_id, Sale.store, Sale.terminal, Sale.business_date, Sale.receipt,
            Sale.sold_at, Sale.currency, Sale.lines, Sale.tenders, Sale.rounding_minor, Sale.attributes,
            Operation.edition, Operation.booked_at,
        )
        .join(Operation, of_sale)
        .where(span.holds(Sale), span.booked(Operation))
    )  # fmt: skip
    for row in session.execute(rows):
        fact = Purchase(
            Receipt(row.store, row.terminal, row.business_date, row.receipt),
            row.sold_at,
            row.currency,
            tuple(Line(*line) for line in row.lines),
            tenders=tuple(_tender(row.member_id, cells, captures) for cells in row.tenders),
            rounding_minor=row.rounding_minor,
            attributes=row.attributes,
        )
        told_at = held.get((row.member_id, row.op_id))
        quoted = _quoted(span, fact, told_at or row.booked_at, row.edition)
        spent = next((cells[4] for cells in row.tenders if cells[4] is not None), None)
        bought = Bought(row.booked_at, row.op_id, fact, quoted, told_at, spent)
        yield row.member_id, row.booked_at, row.op_id, bought
    yield from _returns(session, span)


def spending_of(session: Session, span: Span) -> dict[Name, int]:
    """The operation that paid each sale with points, by the sale."""
    rows = select(Sale.member_id, Sale.op_id, Sale.tenders).where(span.holds(Sale), Sale.tenders != [])
    return {
        (member_id, op_id): cells[4]
        for member_id, op_id, tenders in session.execute(rows)
        for cells in tenders
        if cells[4] is not None
    }


def _returns(session: Session, span: Span) -> Turns:
    of_return = (Operation.member_id == SaleReturn.member_id) & (Operation.op_id == SaleReturn.op_id)
    rows = (
        select(SaleReturn, Operation.booked_at)
        .join(Operation, of_return)
        .where(span.holds(SaleReturn), span.booked(Operation))
    )
    for row, booked_at in session.execute(rows):
        reference = Receipt(row.store, row.terminal, row.business_date, row.return_ref)
        if row.sale_op_id is None:
            goods = tuple(Line(*cells) for cells in row.lines)
            fact = Return(reference, row.returned_at, goods=goods)
        else:
            lines = tuple(ReturnedLine(*cells) for cells in row.lines)
            fact = Return(reference, row.returned_at, lines, row.amount_minor)
        yield row.member_id, booked_at, row.op_id, BroughtBack(booked_at, row.sale_op_id, fact)


def _held(session: Session, span: Span) -> dict[Name, datetime]:
    """When the sales were told that were held for review and released."""
    rows = select(Review.member_id, Review.op_id, Review.held_at)
    released = session.execute(rows.where(Review.state == "released", span.holds(Review)))
    return {(member_id, op_id): held_at for member_id, op_id, held_at in released if op_id is not None}


def _tender(member_id: int, cells: list[Any], captures: Mapping[Name, int]) -> Tender:
    kind, minor, unit, points, spent = cells
    hold = captures.get((member_id, spent)) if spent is not None else None
    return Tender(kind, minor, unit, points or 0, None if hold is None else (member_id, hold))


def _quoted(span: Span, fact: Purchase, told_at: datetime, number: int) -> int | None:
    """The edition that a quote fixed: another than that of the instant the sale is judged by (P13)."""
    at = judged_at(span.editions, min(fact.sold_at, told_at), told_at)
    return number if span.editions.at(at).number != number else None
