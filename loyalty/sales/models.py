"""Sales and returns as tills told them; only what came back, and that a sale is void, is noted later."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, String
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
    # Tenders are [kind, minor, unit, points, op_id of the spending]; the last three for points alone.
    tenders: Mapped[list[list[Any]]] = mapped_column(Document, server_default="[]")
    rounding_minor: Mapped[int] = mapped_column(BigInteger, server_default="0")
    attributes: Mapped[dict[str, Any]] = mapped_column(Document, server_default="{}")  # what rules may ask
    flags: Mapped[list[str]] = mapped_column(Document, server_default="[]")
    cancelled_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        Index("ix_sale_store_business_date", "store", "business_date"),
        ForeignKeyConstraint(["member_id", "op_id"], ["operation.member_id", "operation.op_id"]),
        CheckConstraint(
            "returned_minor >= 0 AND returned_minor <= amount_minor", name="returned_within_sale"
        ),
    )


class SaleReturn(Base):
    """Goods that came back, of a sale or without a receipt, under the operation that took the points."""

    __tablename__ = "sale_return"

    member_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    op_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    sale_op_id: Mapped[int | None] = mapped_column(BigInteger)  # None without a receipt
    store: Mapped[str] = mapped_column(String(40))
    terminal: Mapped[str] = mapped_column(String(40))
    business_date: Mapped[date]
    return_ref: Mapped[str] = mapped_column(String(60))
    returned_at: Mapped[datetime] = mapped_column(Moment)
    # Lines are [line, thousandths, minor]; without a receipt they are as a sale's.
    lines: Mapped[list[list[Any]]] = mapped_column(Document)
    amount_minor: Mapped[int] = mapped_column(BigInteger)  # what names no line
    # A refund is {money: {tender: minor}, points: {unit: points}}.
    refund: Mapped[dict[str, Any]] = mapped_column(Document, server_default="{}")

    __table_args__ = (
        Index("ix_sale_return_store_business_date", "store", "business_date"),
        ForeignKeyConstraint(["member_id", "op_id"], ["operation.member_id", "operation.op_id"]),
        ForeignKeyConstraint(["member_id", "sale_op_id"], ["sale.member_id", "sale.op_id"]),
    )
