"""Sales and returns as tills told them. Rows are added; only how much came back is counted up."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.tables import Base, Document, Moment


class Sale(Base):
    """A purchase on a member's card, under the operation that booked it, with the award it was given."""

    __tablename__ = "sale"

    member_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    op_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    store: Mapped[str] = mapped_column(String(40))
    terminal: Mapped[str] = mapped_column(String(40))
    business_date: Mapped[date]
    receipt: Mapped[str] = mapped_column(String(60))
    cashier: Mapped[str | None] = mapped_column(String(40))
    sold_at: Mapped[datetime] = mapped_column(Moment)
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    returned_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    lines: Mapped[list[list[Any]]] = mapped_column(Document)  # [line, sku, category, thousandths, minor]
    award: Mapped[list[list[Any]]] = mapped_column(Document)  # [rule, unit, points, lines, round, days]

    __table_args__ = (
        ForeignKeyConstraint(["member_id", "op_id"], ["operation.member_id", "operation.op_id"]),
        CheckConstraint(
            "returned_minor >= 0 AND returned_minor <= amount_minor", name="returned_within_sale"
        ),
    )


class SaleReturn(Base):
    """Goods of a sale that came back, under the operation that took the points."""

    __tablename__ = "sale_return"

    member_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    op_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    sale_op_id: Mapped[int] = mapped_column(BigInteger)
    store: Mapped[str] = mapped_column(String(40))
    terminal: Mapped[str] = mapped_column(String(40))
    business_date: Mapped[date]
    return_ref: Mapped[str] = mapped_column(String(60))
    returned_at: Mapped[datetime] = mapped_column(Moment)
    lines: Mapped[list[list[int]]] = mapped_column(Document)  # [line, thousandths, minor]
    amount_minor: Mapped[int] = mapped_column(BigInteger)  # what names no line

    __table_args__ = (
        ForeignKeyConstraint(["member_id", "op_id"], ["operation.member_id", "operation.op_id"]),
        ForeignKeyConstraint(["member_id", "sale_op_id"], ["sale.member_id", "sale.op_id"]),
    )
