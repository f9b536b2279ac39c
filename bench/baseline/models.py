"""The tables of the baseline."""

from datetime import UTC, date, datetime
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry, relationship


class Base(DeclarativeBase):
    """The baseline's own tables, beside those of the club."""

    registry = registry(
        type_annotation_map={
            int: BigInteger,
            datetime: DateTime(timezone=True),
            dict[str, Any]: JSONB,
            list[Any]: JSONB,
        }
    )


db = SQLAlchemy(model_class=Base)


def _now() -> datetime:
    return datetime.now(UTC)


class ApiKey(Base):
    """Who may tell sales."""

    __tablename__ = "base_api_key"

    prefix: Mapped[str] = mapped_column(String(20), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    client: Mapped[str] = mapped_column(String(40))
    revoked_at: Mapped[datetime | None]


class IdempotencyKey(Base):
    """A request that was answered, and how."""

    __tablename__ = "base_idempotency_key"

    client: Mapped[str] = mapped_column(String(40), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    request_hash: Mapped[str] = mapped_column(String(64))
    answer: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=_now)


class Member(Base):
    """A member of the club and the tier of their card."""

    __tablename__ = "base_member"

    id: Mapped[int] = mapped_column(primary_key=True)
    tier: Mapped[str] = mapped_column(String(20), default="standard")
    tier_since: Mapped[datetime] = mapped_column(default=_now)
    accounts: Mapped[list["Account"]] = relationship(back_populates="member")


class Card(Base):
    """A card that names its member."""

    __tablename__ = "base_card"

    number: Mapped[str] = mapped_column(String(40), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("base_member.id"), index=True)
    blocked_at: Mapped[datetime | None]
    member: Mapped[Member] = relationship()


class Account(Base):
    """What a member has of one unit."""

    __tablename__ = "base_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("base_member.id"))
    unit: Mapped[str] = mapped_column(String(20))
    balance: Mapped[int] = mapped_column(default=0)
    member: Mapped[Member] = relationship(back_populates="accounts")

    __table_args__ = (UniqueConstraint("member_id", "unit"),)


class Lot(Base):
    """Points of an account that expire on the same day."""

    __tablename__ = "base_lot"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("base_account.id"))
    expires_on: Mapped[date]
    remaining: Mapped[int] = mapped_column(default=0)
    account: Mapped[Account] = relationship()

    __table_args__ = (UniqueConstraint("account_id", "expires_on"),)


class Tally(Base):
    """What an account earned on one day."""

    __tablename__ = "base_tally"

    account_id: Mapped[int] = mapped_column(ForeignKey("base_account.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    earned: Mapped[int] = mapped_column(default=0)


class Purchase(Base):
    """A sale that was told."""

    __tablename__ = "base_purchase"

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("base_member.id"), index=True)
    store: Mapped[str] = mapped_column(String(40))
    terminal: Mapped[str] = mapped_column(String(40))
    business_date: Mapped[date]
    receipt: Mapped[str] = mapped_column(String(60))
    sold_at: Mapped[datetime]
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int]
    lines: Mapped[list[Any]]
    award: Mapped[list[Any]]
    entries: Mapped[list["Entry"]] = relationship(back_populates="purchase")

    __table_args__ = (UniqueConstraint("store", "terminal", "business_date", "receipt"),)


class Entry(Base):
    """One line of the ledger: points that came to a lot."""

    __tablename__ = "base_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("base_account.id"))
    lot_id: Mapped[int] = mapped_column(ForeignKey("base_lot.id"))
    purchase_id: Mapped[int | None] = mapped_column(ForeignKey("base_purchase.id"))
    points: Mapped[int]
    balance_after: Mapped[int]
    booked_at: Mapped[datetime] = mapped_column(default=_now)
    account: Mapped[Account] = relationship()
    lot: Mapped[Lot] = relationship()
    purchase: Mapped[Purchase | None] = relationship(back_populates="entries")

    __table_args__ = (Index("ix_base_entry_account_id_booked_at", "account_id", "booked_at"),)


class Outbox(Base):
    """News for the outside, sent once it is committed."""

    __tablename__ = "base_outbox"

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int]
    kind: Mapped[str] = mapped_column(String(40))
    body: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=_now)
