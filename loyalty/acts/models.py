"""The tables of acts."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.tables import Base, Document, Moment


class Act(Base):
    """One act of staff, an operator or a system, in the order they were booked; added, never changed."""

    __tablename__ = "act"

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)  # dense, from 1
    at: Mapped[datetime] = mapped_column(Moment)
    actor: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(80))
    content: Mapped[dict[str, Any]] = mapped_column(Document)
    hash: Mapped[str] = mapped_column(String(64))  # over this line and the hash of the one before

    __table_args__ = (
        CheckConstraint("seq >= 1", name="seq_from_one"),
        Index("ix_act_actor_seq", "actor", "seq"),
        Index("ix_act_kind_seq", "kind", "seq"),
        Index("ix_act_subject_seq", "subject", "seq"),
        Index("ix_act_at", "at"),
    )


class ActHead(Base):
    """The end of the chain, in one row: what the next line follows, and what serialises its writers."""

    __tablename__ = "act_head"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(String(64))

    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)
