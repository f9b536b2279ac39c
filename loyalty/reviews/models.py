"""The tables of sales under review and of staff's own cards."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.tables import Base, Document, Moment, one_of

STATES = ("open", "released", "rejected", "cancelled")


class Review(Base):
    """A sale that was told and not booked: a person releases or rejects it, or the till cancels it."""

    __tablename__ = "review"

    review_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    member_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("member.member_id"))
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(60))  # the ceiling it was above, or the rule it was against
    store: Mapped[str] = mapped_column(String(40))
    terminal: Mapped[str] = mapped_column(String(40))
    business_date: Mapped[date]
    receipt: Mapped[str] = mapped_column(String(60))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    fact: Mapped[dict[str, Any]] = mapped_column(Document)  # all else that the till told
    client: Mapped[str] = mapped_column(String(40))  # who told it
    held_at: Mapped[datetime] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_by: Mapped[str | None] = mapped_column(String(40))
    op_id: Mapped[int | None] = mapped_column(BigInteger)  # the operation that booked it when released

    __table_args__ = (
        UniqueConstraint("store", "business_date", "terminal", "receipt", name="uq_review_receipt"),
        Index("ix_review_state_review_id", "state", "review_id"),
        CheckConstraint(one_of("state", STATES), name="state_known"),
        CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="open_until_closed"),
        CheckConstraint("(closed_at IS NULL) = (closed_by IS NULL)", name="closed_by_somebody"),
        CheckConstraint("(state = 'released') = (op_id IS NOT NULL)", name="released_by_an_operation"),
    )


class StaffCard(Base):
    """A member whom a cashier of a store is, or is close to: their card at that till is looked at."""

    __tablename__ = "staff_card"

    store: Mapped[str] = mapped_column(String(40), primary_key=True)
    cashier: Mapped[str] = mapped_column(String(40), primary_key=True)
    member_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("member.member_id"), primary_key=True)
    linked_at: Mapped[datetime] = mapped_column(Moment)
