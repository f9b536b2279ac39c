"""The table of counters."""

from sqlalchemy import BigInteger, CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.tables import Base


class Usage(Base):
    """What is used of one limit by one subject in one period."""

    __tablename__ = "usage"

    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    subject: Mapped[str] = mapped_column(String(80), primary_key=True)
    period: Mapped[str] = mapped_column(String(10), primary_key=True)
    times: Mapped[int] = mapped_column(BigInteger)
    amount: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (
        CheckConstraint("times >= 0", name="times_not_negative"),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
    )
