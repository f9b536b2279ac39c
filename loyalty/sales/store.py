"""Rows of sales and returns, between the facts and their JSON columns."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, or_, select, update
from sqlalchemy.orm import Session

from loyalty.guard import expect_one
from loyalty.sales.facts import BY_POINTS, Line, Purchase, Receipt, Refund, Return, ReturnedLine, Tender
from loyalty.sales.models import Sale, SaleReturn
from loyalty.writing import adding, later

NO_REFUND = Refund()
_SOLD = adding(Sale, "cancelled_at")


@dataclass(frozen=True, slots=True)
class SaleKept:
    """A sale in the books, with all that came back of it; `award` is as it was handed in."""

    op_id: int
    purchase: Purchase  #: its tenders no longer name a hold
    award: tuple[tuple[Any, ...], ...]
    returns: tuple[Return, ...]
    spent: tuple[int, str] | None = None  #: the operation that paid it with points, and their unit
    flags: tuple[str, ...] = ()
    cancelled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Undone:
    """A sale that is void, or of which something came back."""

    op_id: int
    sold_at: datetime
    cancelled_at: datetime | None


def line_cells(line: Line) -> list[Any]:
    """A line as a row of JSON keeps it; `Line(*cells)` reads it."""
    return [line.line, line.sku, line.category, line.quantity_thousandths, line.amount_minor]


def keep_sale(
    session: Session,
    member_id: int,
    op_id: int,
    fact: Purchase,
    award: Sequence[Sequence[Any]],
    spent: tuple[int, str] | None = None,
    flags: Sequence[str] = (),
) -> None:
    """Write a sale down under the operation that booked it; `spent` is the one that paid it, and its unit."""
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
        "lines": [line_cells(line) for line in fact.lines],
        "award": [list(part) for part in award],
        "tenders": [_tender_cells(tender, spent) for tender in fact.tenders],
        "rounding_minor": fact.rounding_minor,
        "flags": list(flags),
        "attributes": dict(fact.attributes),
    }
    later(session, _SOLD, [row])


def keep_return(
    session: Session,
    member_id: int,
    op_id: int,
    sale_op_id: int | None,
    fact: Return,
    refund: Refund = NO_REFUND,
) -> None:
    """Write a return down and count it up on its sale, if it names one."""
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
        "lines": lines or [line_cells(line) for line in fact.goods],
        "amount_minor": fact.amount_minor,
        "refund": asdict(refund),
    }
    session.execute(insert(SaleReturn), [row])
    if sale_op_id is None:
        return
    back = fact.amount_minor + sum(part.amount_minor for part in fact.lines)
    mine = (Sale.member_id == member_id, Sale.op_id == sale_op_id)
    done = session.execute(update(Sale).where(*mine).values(returned_minor=Sale.returned_minor + back))
    expect_one(done, "7", "the sale", member_id)


def cancel(session: Session, member_id: int, op_id: int, now: datetime) -> None:
    """Note on a sale that it is void."""
    mine = (Sale.member_id == member_id, Sale.op_id == op_id, Sale.cancelled_at.is_(None))
    done = session.execute(update(Sale).where(*mine).values(cancelled_at=now))
    expect_one(done, "7", "a sale not cancelled yet", member_id)


def forget_person(session: Session, member_id: int) -> None:
    """What else was told of a person's sales is gone: nobody knows whom it names (M7)."""
    session.execute(update(Sale).where(Sale.member_id == member_id).values(attributes={}))


def undone(session: Session, member_id: int) -> list[Undone]:
    """A member's sales that are void, or of which something came back."""
    back = or_(Sale.cancelled_at.is_not(None), Sale.returned_minor > 0)
    rows = select(Sale.op_id, Sale.sold_at, Sale.cancelled_at).where(Sale.member_id == member_id, back)
    return [Undone(*row) for row in session.execute(rows.order_by(Sale.op_id))]


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
        tuple(Tender(kind, minor, unit, points or 0) for kind, minor, unit, points, _ in row.tenders),
        row.rounding_minor,
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
    return SaleKept(
        op_id,
        purchase,
        tuple(tuple(part) for part in row.award),
        returns,
        next(((op_id, unit) for _, _, unit, _, op_id in row.tenders if op_id is not None), None),
        tuple(row.flags),
        row.cancelled_at,
    )


def _tender_cells(tender: Tender, spent: tuple[int, str] | None) -> list[Any]:
    if tender.kind != BY_POINTS or spent is None:
        return [tender.kind, tender.amount_minor, None, None, None]
    op_id, unit = spent
    return [tender.kind, tender.amount_minor, unit, tender.points, op_id]
