"""The tables of news, and of those who want to be told."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.tables import Base, Document, Moment, one_of

STATES = ("active", "paused", "failed")


class Message(Base):
    """One event of one member, numbered in the order it was booked, saved with the change itself (A5).

    Its place in the one line of all events is given after the commit: a reader who has come to a place has
    seen everything before it.
    """

    __tablename__ = "outbox_message"

    member_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("member.member_id"), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    event_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    body: Mapped[dict[str, Any]] = mapped_column(Document)
    booked_at: Mapped[datetime] = mapped_column(Moment)
    position: Mapped[int | None] = mapped_column(BigInteger, index=True, unique=True)  # history: below nil


class OutboxHead(Base):
    """The last place given in the line of events, in one row: what serialises those who give places."""

    __tablename__ = "outbox_head"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)


class WebhookEndpoint(Base):
    """An address that is told of events, and how far it has been told. Its secret is drawn, never kept."""

    __tablename__ = "webhook_endpoint"

    endpoint_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    client: Mapped[str] = mapped_column(String(40))
    url: Mapped[str] = mapped_column(String(500))
    kinds: Mapped[list[str]] = mapped_column(Document)  # none: every kind
    state: Mapped[str] = mapped_column(String(10))
    generation: Mapped[int]  # of its secret
    rotated_at: Mapped[datetime | None] = mapped_column(Moment)
    position: Mapped[int] = mapped_column(BigInteger)  # of the last event it took
    failures: Mapped[int]  # in a row
    fault: Mapped[str | None] = mapped_column(String(200))  # of the last try
    next_try_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (
        CheckConstraint(one_of("state", STATES), name="state_known"),
        CheckConstraint("generation >= 1", name="generation_from_one"),
        CheckConstraint("failures >= 0", name="failures_not_negative"),
    )
