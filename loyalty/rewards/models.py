"""The tables of rewards: what was ordered with points, its voucher, and how many were sold."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.tables import Base, Moment, one_of

STATES = ("open", "used", "sent", "cancelled")


class RewardOrder(Base):
    """A reward that points bought, under the operation that spent them.

    Its voucher is used once, at a place; an order without a voucher is sent; either may be cancelled before.
    """

    __tablename__ = "reward_order"

    member_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("member.member_id"), primary_key=True)
    op_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    reward: Mapped[str] = mapped_column(String(40))
    edition: Mapped[int]  # whose price it was bought at
    cost_minor: Mapped[int | None] = mapped_column(BigInteger)
    voucher: Mapped[str | None] = mapped_column(String(16), unique=True)
    valid_until: Mapped[datetime | None] = mapped_column(Moment)  # dead at this instant and after
    state: Mapped[str] = mapped_column(String(10))
    reference: Mapped[str] = mapped_column(String(100))
    client: Mapped[str] = mapped_column(String(40))
    ordered_at: Mapped[datetime] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_by: Mapped[str | None] = mapped_column(String(40))
    place: Mapped[str | None] = mapped_column(String(40), ForeignKey("place.code"))  # where it was used

    __table_args__ = (
        ForeignKeyConstraint(["member_id", "op_id"], ["operation.member_id", "operation.op_id"]),
        Index("ix_reward_order_reward_member_id", "reward", "member_id"),
        CheckConstraint(one_of("state", STATES), name="state_known"),
        CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="open_until_closed"),
        CheckConstraint("(closed_at IS NULL) = (closed_by IS NULL)", name="closed_by_somebody"),
        CheckConstraint("state <> 'used' OR voucher IS NOT NULL", name="a_voucher_is_used"),
        CheckConstraint("state <> 'sent' OR voucher IS NULL", name="an_order_is_sent"),
        CheckConstraint("valid_until IS NULL OR voucher IS NOT NULL", name="a_voucher_is_valid"),
    )


class RewardStock(Base):
    """How many of a reward were sold and not cancelled: the row that buyers of the last one queue for."""

    __tablename__ = "reward_stock"

    reward: Mapped[str] = mapped_column(String(40), primary_key=True)
    sold: Mapped[int] = mapped_column(BigInteger)
    most: Mapped[int | None] = mapped_column(BigInteger)  # by the edition that sold the last; none: no end

    __table_args__ = (CheckConstraint("sold >= 0 AND sold <= most", name="no_more_than_there_is"),)
