"""The tables of editions, and of the draft that becomes the next."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.tables import Base, Document, Moment


class StoredEdition(Base):
    """One published version of the programme, as it was written. Rows are added, never changed or removed."""

    __tablename__ = "edition"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    document: Mapped[dict[str, Any]] = mapped_column(Document)  #: the JSON form
    sha256: Mapped[str] = mapped_column(String(64))  #: of the canonical JSON
    in_force_from: Mapped[datetime] = mapped_column(Moment, unique=True)
    published_at: Mapped[datetime] = mapped_column(Moment)
    published_by: Mapped[str] = mapped_column(String(120))
    approved_by: Mapped[str | None] = mapped_column(String(120))

    __table_args__ = (
        CheckConstraint("number >= 1", name="number_from_one"),
        CheckConstraint("length(sha256) = 64", name="sha256_whole"),
    )


class Draft(Base):
    """A programme that is being edited: one at a time is open."""

    __tablename__ = "draft"

    draft_no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    base: Mapped[int | None] = mapped_column(ForeignKey("edition.number"))  #: what it began from
    revision: Mapped[int]  #: the last that was saved
    began_at: Mapped[datetime] = mapped_column(Moment)
    began_by: Mapped[str] = mapped_column(String(120))
    is_open: Mapped[bool | None] = mapped_column(unique=True)  #: true, or none: one draft at most is open
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    became: Mapped[int | None] = mapped_column(ForeignKey("edition.number"))  #: none: it was dropped

    __table_args__ = (
        CheckConstraint("draft_no >= 1", name="draft_no_from_one"),
        CheckConstraint("is_open IS NULL OR is_open", name="is_open_or_none"),
        CheckConstraint("(is_open IS NULL) = (ended_at IS NOT NULL)", name="open_until_ended"),
        CheckConstraint("became IS NULL OR ended_at IS NOT NULL", name="became_when_ended"),
    )


class DraftRevision(Base):
    """A draft as somebody saved it. Rows are added, never changed or removed."""

    __tablename__ = "draft_revision"

    draft_no: Mapped[int] = mapped_column(ForeignKey("draft.draft_no"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    document: Mapped[dict[str, Any]] = mapped_column(Document)  #: the JSON form, with faults or without
    saved_at: Mapped[datetime] = mapped_column(Moment)
    saved_by: Mapped[str] = mapped_column(String(120))

    __table_args__ = (CheckConstraint("revision >= 1", name="revision_from_one"),)
