"""The tables of standing: one row a member to lock and look at, one row a term (T3)."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.tables import Base, Document, Moment, one_of

REASONS = ("joined", "lift", "review", "fall", "by_hand", "resumed", "imported", "merged")


class Standing(Base):
    """Where a member stands now. Whoever changes a member locks this row first."""

    __tablename__ = "standing"

    member_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("member.member_id"), primary_key=True)
    tier: Mapped[str | None] = mapped_column(String(40))
    term_no: Mapped[int]
    until_at: Mapped[datetime | None] = mapped_column(Moment)
    due_at: Mapped[datetime | None] = mapped_column(Moment)  # when the term is next measured or reviewed
    event_seq: Mapped[int] = mapped_column(BigInteger, default=0)  # the member's last event (A5)
    stopped_at: Mapped[datetime | None] = mapped_column(Moment)  # since then nothing is written: see Stop
    erased_at: Mapped[datetime | None] = mapped_column(Moment)  # since then nobody stands here (M7)


class Term(Base):
    """One stretch of a member's standing, with the evidence that made it.

    It stands until `ended_at`, where a later term began early, or else until `until_at`.
    """

    __tablename__ = "term"

    member_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("member.member_id"), primary_key=True)
    term_no: Mapped[int] = mapped_column(primary_key=True)  # 1, 2, 3 … in the order they were booked
    tier: Mapped[str | None] = mapped_column(String(40))
    from_at: Mapped[datetime] = mapped_column(Moment)
    until_at: Mapped[datetime | None] = mapped_column(Moment)
    reason: Mapped[str] = mapped_column(String(20))
    edition: Mapped[int]
    protected: Mapped[bool] = mapped_column(Boolean, default=False)
    evidence: Mapped[dict[str, Any]] = mapped_column(Document)
    measured: Mapped[dict[str, int] | None] = mapped_column(Document)
    measured_booked_at: Mapped[datetime | None] = mapped_column(Moment)
    lifts_at: Mapped[datetime | None] = mapped_column(Moment)  # when a lift out of it starts, if one waits
    lifts_booked_at: Mapped[datetime | None] = mapped_column(Moment)
    lifts_closed_at: Mapped[datetime | None] = mapped_column(Moment)  # when it had started, or never would
    booked_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    end_booked_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        CheckConstraint("until_at IS NULL OR until_at > from_at", name="ends_after_it_begins"),
        CheckConstraint("tier IS NULL OR until_at IS NOT NULL", name="a_tier_has_an_end"),
        CheckConstraint("ended_at IS NULL OR ended_at >= from_at", name="never_ends_before_it_begins"),
        CheckConstraint(one_of("reason", REASONS), name="reason_known"),
    )


class Stop(Base):
    """One time that a member's books broke a law: nothing was written of them until they were released."""

    __tablename__ = "stop"

    member_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("member.member_id"), primary_key=True)
    stop_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    stopped_at: Mapped[datetime] = mapped_column(Moment)
    law: Mapped[str] = mapped_column(String(20))
    detail: Mapped[str] = mapped_column(String(500))
    released_at: Mapped[datetime | None] = mapped_column(Moment)
    released_by: Mapped[str | None] = mapped_column(String(80))
    reason: Mapped[str | None] = mapped_column(String(200))

    __table_args__ = (
        CheckConstraint("(released_at IS NULL) = (released_by IS NULL)", name="released_by_somebody"),
    )
