"""The tables of the points ledger. Entries and operations are added, never changed, never removed (P1).

A foreign key is looked up with each row: what a law of the books proves is not asked like that (ADR 0064).
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    String,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.tables import Base, Document, Moment, one_of

CONTRAS = (
    "issued",
    "redeemed",
    "expired",
    "returned",
    "adjusted",
    "transferred",
    "merged",
    "forfeited",
    "imported",
    "debt",
    "position",
)
HOLD_STATES = ("open", "captured", "voided", "ended", "merged")
PENDING_STATES = ("pending", "opened", "taken_back", "superseded", "merged")
KINDS = (
    "earn",
    "open",
    "hold",
    "release",
    "capture",
    "void",
    "redeem",
    "reverse",
    "return",
    "adjust",
    "expire",
    "cancel",
    "import",
    "transfer_in",
    "transfer_out",
    "policy",
    "position",
    "tier_price",
    "tier_refund",
    "forfeit",
    "merge_out",
    "merge_in",
    "hold_out",
    "hold_in",
    "promise_out",
    "promise_in",
    "pass_on",
    "pool_out",
    "pool_back",
)


class Claim(Base):
    """A key taken once for the whole club, with what its caller was told (P2, P3)."""

    __tablename__ = "claim"

    # On PostgreSQL what is as wide in each row stands first: then nothing is padded, and claims are many.
    member_id: Mapped[int | None] = mapped_column(BigInteger)
    op_id: Mapped[int | None] = mapped_column(BigInteger)
    taken_at: Mapped[datetime] = mapped_column(Moment)
    cut_at: Mapped[datetime | None] = mapped_column(Moment)  # when its answer was cut to what the books lack
    scope: Mapped[str] = mapped_column(String(120), primary_key=True)  # the kind of act and its client
    key: Mapped[str] = mapped_column(String(400), primary_key=True)
    request_hash: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[str | None] = mapped_column(Text)  # packed: {"answer": …} or {"refusal": …}

    __table_args__ = (
        Index(
            "ix_claim_whole",
            "taken_at",
            sqlite_where=text("cut_at IS NULL"),
            postgresql_where=text("cut_at IS NULL"),
        ),
    )


class Account(Base):
    """One member's points of one unit: totals of its lots, written with every entry."""

    __tablename__ = "account"

    member_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("member.member_id"), primary_key=True)
    unit: Mapped[str] = mapped_column(String(40), primary_key=True)
    available: Mapped[int] = mapped_column(BigInteger, default=0)
    held: Mapped[int] = mapped_column(BigInteger, default=0)
    debt: Mapped[int] = mapped_column(BigInteger, default=0)
    pending: Mapped[int] = mapped_column(BigInteger, default=0)
    lowering: Mapped[int] = mapped_column(BigInteger, server_default="0")  # what policies will take, by then
    version: Mapped[int] = mapped_column(BigInteger, default=0)  # the seq of its last entry
    last_active_on: Mapped[date | None]
    due_at: Mapped[datetime | None] = mapped_column(Moment)  # when the clock next changes it

    __table_args__ = (
        CheckConstraint("available >= 0", name="available_not_negative"),
        CheckConstraint("held >= 0", name="held_not_negative"),
        CheckConstraint("debt >= 0", name="debt_not_negative"),
        CheckConstraint("pending >= 0", name="pending_not_negative"),
        CheckConstraint("lowering >= 0", name="lowering_not_negative"),
        CheckConstraint("debt = 0 OR available = 0", name="debt_is_paid_first"),
    )


class Lot(Base):
    """Points of one account that expire on the same day; a lot emptied is removed, its entries stay."""

    __tablename__ = "lot"

    member_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    unit: Mapped[str] = mapped_column(String(40), primary_key=True)
    expires_on: Mapped[date] = mapped_column(primary_key=True)  # the last usable day
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)  # the lot's class
    remaining: Mapped[int] = mapped_column(BigInteger)
    held: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (
        CheckConstraint("remaining >= 0", name="remaining_not_negative"),
        CheckConstraint("held >= 0", name="held_not_negative"),
        CheckConstraint("kind <> 'debt'", name="debt_lives_in_entries"),
    )


class Operation(Base):
    """One wish carried out once, or one thing the clock did."""

    __tablename__ = "operation"

    member_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    op_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    refers_to: Mapped[int | None] = mapped_column(BigInteger)
    edition: Mapped[int]
    happened_at: Mapped[datetime] = mapped_column(Moment)
    booked_at: Mapped[datetime] = mapped_column(Moment)
    imported_at: Mapped[datetime | None] = mapped_column(Moment)
    reasons: Mapped[dict[str, Any] | None] = mapped_column(Document)

    __table_args__ = (CheckConstraint(one_of("kind", KINDS), name="kind_known"),)


class OperationPart(Base):
    """What an operation moved of one unit: a magnitude, how much of it was undone since, and its entries."""

    __tablename__ = "operation_part"

    member_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    op_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    unit: Mapped[str] = mapped_column(String(40), primary_key=True)
    points: Mapped[int] = mapped_column(BigInteger)
    undone: Mapped[int] = mapped_column(BigInteger, default=0)
    withdrawn: Mapped[int] = mapped_column(BigInteger, default=0)  # taken back while still pending
    shortfall: Mapped[int] = mapped_column(BigInteger, default=0)  # not there to take back, forgiven
    seq_from: Mapped[int | None] = mapped_column(BigInteger)
    seq_to: Mapped[int | None] = mapped_column(BigInteger)

    __table_args__ = (
        ForeignKeyConstraint(["member_id", "op_id"], ["operation.member_id", "operation.op_id"]),
        CheckConstraint("points >= 0", name="points_not_negative"),
        CheckConstraint("undone >= 0 AND undone <= points", name="undone_within_points"),
        CheckConstraint("withdrawn >= 0", name="withdrawn_not_negative"),
        CheckConstraint("shortfall >= 0", name="shortfall_not_negative"),
        CheckConstraint("withdrawn + shortfall <= points", name="taken_within_points"),
    )


class Entry(Base):
    """One append-only line: this operation moved so many points of this lot, against this contra."""

    __tablename__ = "entry"

    member_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    unit: Mapped[str] = mapped_column(String(40), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)  # dense per account, from 1
    op_id: Mapped[int] = mapped_column(BigInteger)
    expires_on: Mapped[date]
    kind: Mapped[str] = mapped_column(String(20))  # the lot's class, or `debt`
    points: Mapped[int] = mapped_column(BigInteger)  # signed
    contra: Mapped[str] = mapped_column(String(20))
    balance_after: Mapped[int] = mapped_column(BigInteger)  # available + held − debt
    counts_on: Mapped[date | None]  # the day of the tally it counts on; none: it earns nothing
    happened_at: Mapped[datetime] = mapped_column(Moment)
    booked_at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (
        ForeignKeyConstraint(["member_id", "op_id"], ["operation.member_id", "operation.op_id"]),
        CheckConstraint("points <> 0", name="points_moved"),
        CheckConstraint("seq >= 1", name="seq_from_one"),
        CheckConstraint(one_of("contra", CONTRAS), name="contra_known"),
    )


class Hold(Base):
    """Points set aside for a till, under the operation that took them; `pins` are kept after closing."""

    __tablename__ = "hold"

    member_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    op_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    unit: Mapped[str] = mapped_column(String(40))
    points: Mapped[int] = mapped_column(BigInteger)
    captured: Mapped[int] = mapped_column(BigInteger, default=0)
    state: Mapped[str] = mapped_column(String(20))
    edition: Mapped[int]
    pins: Mapped[list[list[Any]]] = mapped_column(Document)  # [last usable day, class, points], in order
    taken_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)  # when the closing was booked

    __table_args__ = (
        ForeignKeyConstraint(["member_id", "op_id"], ["operation.member_id", "operation.op_id"]),
        CheckConstraint("points > 0", name="points_positive"),
        CheckConstraint("captured >= 0 AND captured <= points", name="captured_within_points"),
        CheckConstraint(one_of("state", HOLD_STATES), name="state_known"),
        CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="open_until_closed"),
    )


class Pending(Base):
    """Points an operation promised, usable from `opens_at` or an event on; signed: a promise may lower.

    What lapsed is `taken_back`, by the operation with which the clock let it expire. What is `merged` is
    promised by the survivor; what a return takes of it there is counted here too.
    """

    __tablename__ = "pending"

    member_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    op_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    unit: Mapped[str] = mapped_column(String(40), primary_key=True)
    part_no: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    points: Mapped[int] = mapped_column(BigInteger)
    taken_back: Mapped[int] = mapped_column(BigInteger, default=0)
    opens_at: Mapped[datetime | None] = mapped_column(Moment)
    opens_on_event: Mapped[str | None] = mapped_column(String(40))  # then told by a fact of that kind
    contra: Mapped[str] = mapped_column(String(20), server_default="issued")  # of the entries it will make
    lapses_at: Mapped[datetime | None] = mapped_column(Moment)  # then gone, unless the event was told
    then_days: Mapped[int | None]  # days from the event until they open; none: at once
    edition: Mapped[int]
    expiry: Mapped[dict[str, Any] | None] = mapped_column(Document)  # none: as the edition's unit says
    state: Mapped[str] = mapped_column(String(20))
    booked_at: Mapped[datetime] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)  # when the closing was booked
    opened_by: Mapped[int | None] = mapped_column(BigInteger)  # the operation that made it usable

    __table_args__ = (
        ForeignKeyConstraint(["member_id", "op_id"], ["operation.member_id", "operation.op_id"]),
        CheckConstraint("points <> 0", name="points_promised"),
        CheckConstraint("contra IN ('issued', 'position')", name="contra_known"),
        CheckConstraint("points > 0 OR contra = 'position'", name="only_positions_lower"),
        CheckConstraint("opens_at IS NOT NULL OR opens_on_event IS NOT NULL", name="opens_some_day"),
        CheckConstraint("taken_back >= 0 AND taken_back <= abs(points)", name="taken_back_within_points"),
        CheckConstraint(one_of("state", PENDING_STATES), name="state_known"),
        CheckConstraint("(state = 'pending') = (closed_at IS NULL)", name="pending_until_closed"),
        CheckConstraint("(state = 'opened') = (opened_by IS NOT NULL)", name="opened_by_an_operation"),
    )


class Tally(Base):
    """What one day earned of one unit, net of returns on their purchase's day: what windows measure."""

    __tablename__ = "tally"

    member_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    unit: Mapped[str] = mapped_column(String(40), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    earned: Mapped[int] = mapped_column(BigInteger)
