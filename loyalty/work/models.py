"""The table of long work."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.tables import Base, Document, Moment


class Task(Base):
    """One run of something long: told before it begins, so that a run that died is seen as still running.

    A worker that takes it has it in hand until an instant that it moves on; later another may go on with it.
    """

    __tablename__ = "work"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(40))  #: what is done: `nightly`
    as_of: Mapped[datetime] = mapped_column(Moment)  #: the instant it is done for, which may be long past
    state: Mapped[str] = mapped_column(String(10))
    done: Mapped[int] = mapped_column(BigInteger, default=0)
    total: Mapped[int | None] = mapped_column(BigInteger)  #: None until it is known
    about: Mapped[str | None] = mapped_column(String(64))  #: by which its runs are found: a digest
    asked_by: Mapped[str | None] = mapped_column(String(120))  #: who asked for it, as acts name them
    in_hand_until: Mapped[datetime | None] = mapped_column(Moment)  #: whoever does it moves this on
    asked: Mapped[dict[str, Any] | None] = mapped_column(Document)  #: what is needed to carry it on
    result: Mapped[dict[str, Any] | None] = mapped_column(Document)
    fault: Mapped[str | None] = mapped_column(String(500))
    started_at: Mapped[datetime] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        CheckConstraint("state IN ('running', 'stopped', 'done', 'failed')", name="state_known"),
        CheckConstraint("(state = 'running') = (finished_at IS NULL)", name="finished_when_ended"),
        CheckConstraint("done >= 0", name="done_not_negative"),
        Index("ix_work_kind_started_at", "kind", "started_at"),
        Index("ix_work_kind_about", "kind", "about"),
    )


class TaskPart(Base):
    """What one part of a task came to, written once: a run that died is carried on behind its last part."""

    __tablename__ = "work_part"

    work_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("work.id"), primary_key=True)
    part_no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # 1, 2, 3 …
    until: Mapped[str] = mapped_column(String(60))  #: the last one that it holds: the next part begins behind
    content: Mapped[dict[str, Any]] = mapped_column(Document)

    __table_args__ = (CheckConstraint("part_no >= 1", name="part_no_from_one"),)
