"""The tables of letters to members."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.letters.facts import CHANNELS, KINDS
from loyalty.tables import Base, Document, Moment, one_of

WAITING, SENT, GIVEN_UP, DROPPED = "waiting", "sent", "given_up", "dropped"
STATES = (WAITING, SENT, GIVEN_UP, DROPPED)
ADDRESS_MOST, FAULT_MOST, ABOUT_MOST = 254, 200, 80


class Letter(Base):
    """One letter to one member by one way. Where it goes is read when it goes: the row keeps no address.

    A notice of a changed contact alone keeps the one it goes to, until it is settled.
    """

    __tablename__ = "letter"

    letter_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    member_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("member.member_id"))
    kind: Mapped[str] = mapped_column(String(20))
    channel: Mapped[str] = mapped_column(String(10))
    about: Mapped[str] = mapped_column(String(ABOUT_MOST))  # what it tells: told once
    facts: Mapped[dict[str, Any]] = mapped_column(Document)  # what its words need, nothing personal
    to_address: Mapped[str | None] = mapped_column(String(ADDRESS_MOST))
    state: Mapped[str] = mapped_column(String(10), default=WAITING)
    created_at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime] = mapped_column(Moment)  # of the next try; a worker that takes it moves it on
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    tries: Mapped[int] = mapped_column(default=0)
    fault: Mapped[str | None] = mapped_column(String(FAULT_MOST))  # of the last try; never an address

    __table_args__ = (
        UniqueConstraint("member_id", "kind", "channel", "about"),
        Index("ix_letter_state_due_at", "state", "due_at"),
        CheckConstraint(one_of("kind", KINDS), name="kind_known"),
        CheckConstraint(one_of("channel", CHANNELS), name="channel_known"),
        CheckConstraint(one_of("state", STATES), name="state_known"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_at_an_instant"),
        CheckConstraint("tries >= 0", name="tries_not_negative"),
        CheckConstraint("state = 'waiting' OR to_address IS NULL", name="address_only_until_settled"),
    )


class LetterHead(Base):
    """How far the line of events has been read for letters, in one row: what serialises those who read it."""

    __tablename__ = "letter_head"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)
