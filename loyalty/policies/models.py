"""The tables of policies: states as the core system told them, what each gives its holders, premiums paid."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.policies.facts import STATUSES
from loyalty.tables import Base, Document, Moment, one_of


class Policy(Base):
    """An insurance policy: the row that whoever changes it locks."""

    __tablename__ = "policy"

    policy_no: Mapped[str] = mapped_column(String(60), primary_key=True)
    # [instant, edition]: from then on every layer is rated by that edition (I2).
    rebases: Mapped[list[list[Any]]] = mapped_column(Document)
    told_at: Mapped[datetime] = mapped_column(Moment)  # the first state of it


class PolicyVersion(Base):
    """One state of a policy, as it was told; states are added, never changed (I1)."""

    __tablename__ = "policy_version"

    policy_no: Mapped[str] = mapped_column(String(60), ForeignKey("policy.policy_no"), primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    effective_at: Mapped[datetime] = mapped_column(Moment)
    status: Mapped[str] = mapped_column(String(20))
    holder: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("member.member_id"), index=True)
    content: Mapped[dict[str, Any]] = mapped_column(Document)  # all else that was told
    told_at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (
        CheckConstraint("version >= 1", name="version_from_one"),
        CheckConstraint(one_of("status", STATUSES), name="status_known"),
    )


class PolicyShare(Base):
    """What a policy gives one member, now and by the clock, as it was last worked out."""

    __tablename__ = "policy_share"

    member_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("member.member_id"), primary_key=True)
    policy_no: Mapped[str] = mapped_column(
        String(60), ForeignKey("policy.policy_no"), primary_key=True, index=True
    )
    # [instant, {unit: points}]: from then on it gives so much; before the first it gives nothing.
    steps: Mapped[list[list[Any]]] = mapped_column(Document)
    op_id: Mapped[int] = mapped_column(BigInteger)  # the first operation: later ones refer to it
    promises: Mapped[int]  # how many scheduled differences that operation has had so far
    void_at: Mapped[datetime | None] = mapped_column(Moment)  # when it was told that there never was a policy

    __table_args__ = (
        ForeignKeyConstraint(["member_id", "op_id"], ["operation.member_id", "operation.op_id"]),
        CheckConstraint("promises >= 0", name="promises_not_negative"),
    )


class Premium(Base):
    """A premium paid for a policy, under the operation that awarded it."""

    __tablename__ = "premium"

    reference: Mapped[str] = mapped_column(String(100), primary_key=True)
    policy_no: Mapped[str] = mapped_column(String(60), ForeignKey("policy.policy_no"), index=True)
    due_on: Mapped[date]
    paid_at: Mapped[datetime] = mapped_column(Moment)
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    member_id: Mapped[int] = mapped_column(BigInteger, index=True)
    op_id: Mapped[int] = mapped_column(BigInteger)
    award: Mapped[list[list[Any]]] = mapped_column(Document)  # [rule, unit, points, lines, round]
    reversed_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        ForeignKeyConstraint(["member_id", "op_id"], ["operation.member_id", "operation.op_id"]),
        CheckConstraint("amount_minor >= 0", name="amount_not_negative"),
    )
