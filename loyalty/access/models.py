"""The table of keys."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.tables import Base, Document, Moment


class ApiKey(Base):
    """One key of one terminal or system. The key itself is shown once and never kept; its digest is."""

    __tablename__ = "api_key"

    key_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    prefix: Mapped[str] = mapped_column(String(16), unique=True)
    digest: Mapped[str] = mapped_column(String(64))
    client: Mapped[str] = mapped_column(String(40))  # outlives the key: a write's key is taken under it (P2)
    terminal: Mapped[str] = mapped_column(String(40))
    scopes: Mapped[list[str]] = mapped_column(Document)
    mode: Mapped[str] = mapped_column(String(10))
    language: Mapped[str] = mapped_column(String(2))  # of the words a cashier reads out
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime | None] = mapped_column(Moment)  # not accepted at this instant and after
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    last_used_on: Mapped[date | None]  # a UTC day, so that a busy till writes it once a day

    __table_args__ = (
        CheckConstraint("mode IN ('live')", name="mode_known"),
        CheckConstraint("language IN ('zh', 'en')", name="language_known"),
    )
