"""The tables of keys, of requests signed with them, and of who is signed in to pages."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.access.contacts import CONTACTS, MOST_TRIES
from loyalty.access.secrets import MODES
from loyalty.tables import Base, Document, Moment, one_of


class ApiKey(Base):
    """One key of one till, store server or system. The key is shown once and never kept; its digest is."""

    __tablename__ = "api_key"

    key_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    prefix: Mapped[str] = mapped_column(String(16), unique=True)
    digest: Mapped[str] = mapped_column(String(64))
    client: Mapped[str] = mapped_column(String(40))  # outlives the key: a write's key is taken under it (P2)
    store: Mapped[str | None] = mapped_column(String(40))  # none: any
    terminals: Mapped[list[str]] = mapped_column(Document)  # the only ones it speaks for; empty: any
    scopes: Mapped[list[str]] = mapped_column(Document)
    place: Mapped[str | None] = mapped_column(String(40))  # the only one it speaks for; none: no place's key
    mode: Mapped[str] = mapped_column(String(10))
    language: Mapped[str] = mapped_column(String(2))  # of the words a cashier reads out
    signed: Mapped[bool]  # its requests carry a signature; one without is refused
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime | None] = mapped_column(Moment)  # not accepted at this instant and after
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    last_used_on: Mapped[date | None]  # a UTC day, so that a busy till writes it once a day
    guesses: Mapped[int]  # unknown cards, codes and contacts asked for, since …
    guessing_since: Mapped[datetime | None] = mapped_column(Moment)  # … the first of them in ten minutes

    __table_args__ = (
        CheckConstraint(one_of("mode", MODES), name="mode_known"),
        CheckConstraint("language IN ('zh', 'en')", name="language_known"),
        CheckConstraint("guesses >= 0", name="guesses_not_negative"),
    )


class Nonce(Base):
    """A signed request that was heard, so that it is not heard again while its stamp would pass."""

    __tablename__ = "nonce"

    key_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("api_key.key_id"), primary_key=True, autoincrement=False
    )
    value: Mapped[str] = mapped_column(String(64), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(Moment, index=True)


class PageSession(Base):
    """Somebody is signed in to a page by a key. The browser holds a secret; its digest alone is kept."""

    __tablename__ = "page_session"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    key_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("api_key.key_id"), index=True)
    began_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)  # to the minute
    ended_at: Mapped[datetime | None] = mapped_column(Moment)


class Login(Base):
    """A contact that was proven to be a member's: who tells its code is they. A keyed digest, no contact."""

    __tablename__ = "login"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    member_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("member.member_id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    verified_at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (CheckConstraint(one_of("kind", CONTACTS), name="kind_known"),)


class OneTimeCode(Base):
    """Six digits sent to a contact, to be told by the browser that asked; kept as keyed digests alone."""

    __tablename__ = "one_time_code"

    code_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    browser: Mapped[str] = mapped_column(String(64))
    contact: Mapped[str] = mapped_column(String(64), index=True)
    address: Mapped[str] = mapped_column(String(64), index=True)  # of the network it was asked from
    kind: Mapped[str] = mapped_column(String(10))
    code: Mapped[str] = mapped_column(String(64))
    sent_at: Mapped[datetime] = mapped_column(Moment, index=True)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    tries: Mapped[int]
    proven_at: Mapped[datetime | None] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)  # for what it was proven for

    __table_args__ = (
        CheckConstraint(one_of("kind", CONTACTS), name="kind_known"),
        CheckConstraint(f"tries >= 0 AND tries <= {MOST_TRIES}", name="tries_few"),
    )


class MemberSession(Base):
    """A member is signed in by a browser, which holds a secret; its digest alone is kept."""

    __tablename__ = "member_session"

    session_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    member_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("member.member_id"), index=True)
    device: Mapped[str] = mapped_column(String(80))  # as its browser calls itself, in few words
    began_at: Mapped[datetime] = mapped_column(Moment)
    proven_at: Mapped[datetime] = mapped_column(Moment)  # when a one-time code was told last
    seen_at: Mapped[datetime] = mapped_column(Moment)  # to the minute
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
