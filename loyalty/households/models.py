"""The tables of households: who shares points with whom. Seats are added and end; none is removed (M8)."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.households.facts import ENDS, HOW
from loyalty.tables import Base, Moment, one_of


class Household(Base):
    """Members who may spend each other's points; its row is what those who take a seat queue for."""

    __tablename__ = "household"

    household_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    set_up_at: Mapped[datetime] = mapped_column(Moment)
    set_up_by: Mapped[str] = mapped_column(String(120))  # as acts name them


class Seat(Base):
    """One member's place in one household: asked for, agreed to, and over, each once; `rank` is its turn."""

    __tablename__ = "household_seat"

    member_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("member.member_id"), primary_key=True, autoincrement=False
    )
    seat_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    household_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("household.household_id"), index=True)
    rank: Mapped[int] = mapped_column(SmallInteger)  # whose points are spent first: the lowest
    asked_at: Mapped[datetime] = mapped_column(Moment)
    asked_by: Mapped[str] = mapped_column(String(120))
    agreed_at: Mapped[datetime | None] = mapped_column(Moment)  # from then on it shares
    agreed_how: Mapped[str | None] = mapped_column(String(10))
    left_at: Mapped[datetime | None] = mapped_column(Moment)
    left_how: Mapped[str | None] = mapped_column(String(10))

    __table_args__ = (
        Index(
            "uq_household_seat_one_open",
            "member_id",
            unique=True,
            sqlite_where=text("left_at IS NULL"),
            postgresql_where=text("left_at IS NULL"),
        ),
        CheckConstraint("rank >= 1", name="rank_from_one"),
        CheckConstraint("(agreed_at IS NULL) = (agreed_how IS NULL)", name="agreed_somehow"),
        CheckConstraint("(left_at IS NULL) = (left_how IS NULL)", name="left_somehow"),
        CheckConstraint("agreed_at >= asked_at AND left_at >= asked_at", name="in_its_time"),
        CheckConstraint(f"agreed_how IS NULL OR {one_of('agreed_how', HOW)}", name="agreed_how_known"),
        CheckConstraint(f"left_how IS NULL OR {one_of('left_how', ENDS)}", name="left_how_known"),
    )
