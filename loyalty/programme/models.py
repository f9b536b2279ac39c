"""The table of editions."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, String
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
