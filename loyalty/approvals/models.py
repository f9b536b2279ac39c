"""The table of approval requests."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.approvals.facts import BOOKED, KINDS, OF_MEMBERS, STATES, VOID
from loyalty.tables import Base, Document, Moment, one_of


class ApprovalRequest(Base):
    """What a maker asks for and a checker, another person, decides once; what is asked never changes."""

    __tablename__ = "approval_request"

    approval_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20))
    member_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("member.member_id"), index=True)
    content: Mapped[dict[str, Any]] = mapped_column(
        Document
    )  # all that is asked; what is personal may be forgotten
    digest: Mapped[str] = mapped_column(String(64))  # of the kind and the content
    maker: Mapped[str] = mapped_column(String(80))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    void_at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[str] = mapped_column(String(10))
    because: Mapped[str | None] = mapped_column(String(20))  # why it is void
    checker: Mapped[str | None] = mapped_column(String(80))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)  # or withdrawn, or found to be void
    op_id: Mapped[int | None] = mapped_column(BigInteger)  # the correction or merge it led to
    edition: Mapped[int | None]  # the edition it led to

    __table_args__ = (
        Index("ix_approval_request_state_approval_id", "state", "approval_id"),
        CheckConstraint(one_of("kind", KINDS), name="kind_known"),
        CheckConstraint(one_of("state", STATES), name="state_known"),
        CheckConstraint(f"because IS NULL OR {one_of('because', VOID)}", name="because_known"),
        CheckConstraint("length(digest) = 64", name="digest_whole"),
        CheckConstraint("checker IS NULL OR checker <> maker", name="two_persons"),
        CheckConstraint("(state IN ('approved', 'refused')) = (checker IS NOT NULL)", name="checked_by_one"),
        CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name="waits_until_decided"),
        CheckConstraint("(state = 'void') = (because IS NOT NULL)", name="void_for_a_reason"),
        CheckConstraint("state <> 'approved' OR decided_at < void_at", name="approved_in_time"),
        CheckConstraint(
            f"({one_of('kind', OF_MEMBERS)}) = (member_id IS NOT NULL)", name="corrects_a_member"
        ),
        CheckConstraint(
            f"({one_of('kind', BOOKED)} AND state = 'approved') = (op_id IS NOT NULL)",
            name="approved_is_booked",
        ),
        CheckConstraint(
            "(kind = 'publication' AND state = 'approved') = (edition IS NOT NULL)",
            name="approved_is_published",
        ),
    )
