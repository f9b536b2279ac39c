"""The tables of members. Personal data lives in `person`, and nowhere else."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.members.codes import PURPOSES
from loyalty.members.identity import KEY_MOST
from loyalty.members.life import ENROLLED, STATES
from loyalty.tables import Base, Document, Moment, one_of

NOTE_KINDS = ("general", "call", "visit", "complaint", "state")  #: `state`: why a member's state was turned
NOTE_MOST = 2_000
NAME_MOST, EMAIL_MOST, PHONE_MOST = 120, 254, 40


class Member(Base):
    """Someone's place in the club. `enrolled` has had no card yet; `active` has."""

    __tablename__ = "member"

    member_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(10), default=ENROLLED)
    enrolled_at: Mapped[datetime] = mapped_column(Moment)
    enrolled_on: Mapped[date]  # the local day: what membership years are counted from
    locale: Mapped[str | None] = mapped_column(String(20))
    attributes: Mapped[dict[str, Any]] = mapped_column(Document, default=dict)
    version: Mapped[int] = mapped_column(default=1)  # of member, person, cards and consents together
    left_as: Mapped[str | None] = mapped_column(String(10))  # the state that a member who left was in
    alive_as: Mapped[str | None] = mapped_column(String(10))  # the state that a deceased member was in
    forfeits_at: Mapped[datetime | None] = mapped_column(Moment, index=True)  # who left: the points kept go
    settled_at: Mapped[datetime | None] = mapped_column(Moment)  # a deceased member's estate
    spend_locked_at: Mapped[datetime | None] = mapped_column(Moment)  # by the member's own wish
    frozen_at: Mapped[datetime | None] = mapped_column(Moment)  # "it was not me"; lifted at the counter alone
    frozen_since: Mapped[datetime | None] = mapped_column(
        Moment
    )  # of the notice: younger contacts are doubted
    spend_paused_until: Mapped[datetime | None] = mapped_column(Moment)  # a contact was changed; excluded
    unwanted_letters: Mapped[list[str]] = mapped_column(Document, default=list, server_default="[]")
    merged_into: Mapped[int | None] = mapped_column(  # the survivor: one person had two memberships (M6)
        BigInteger, ForeignKey("member.member_id"), index=True
    )
    merged_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        CheckConstraint(one_of("state", STATES), name="state_known"),
        CheckConstraint("left_as IS NULL OR state IN ('left', 'deceased')", name="left_as_when_left"),
        CheckConstraint("forfeits_at IS NULL OR left_as IS NOT NULL", name="forfeits_when_left"),
        CheckConstraint("settled_at IS NULL OR state = 'deceased'", name="settled_when_deceased"),
        CheckConstraint("merged_into <> member_id", name="merged_into_another"),
        CheckConstraint("(merged_into IS NULL) = (merged_at IS NULL)", name="merged_at_an_instant"),
    )


#: Ordered letter by letter on both databases, so that an index finds what begins alike.
_BY_LETTERS = String(KEY_MOST).with_variant(String(KEY_MOST, collation="C"), "postgresql")


class Person(Base):
    """The human being behind a member: all there is to forget one day."""

    __tablename__ = "person"

    member_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("member.member_id"), primary_key=True, autoincrement=False
    )
    name: Mapped[str] = mapped_column(String(NAME_MOST))
    name_key: Mapped[str] = mapped_column(_BY_LETTERS, index=True)  # what a name is looked for by
    phone: Mapped[str | None] = mapped_column(String(PHONE_MOST))  # as told
    phone_e164: Mapped[str | None] = mapped_column(String(20), index=True)  # families share one (M5)
    email: Mapped[str | None] = mapped_column(String(EMAIL_MOST))
    email_key: Mapped[str | None] = mapped_column(String(KEY_MOST), index=True)
    phone_since: Mapped[datetime | None] = mapped_column(Moment)  # when it was changed; None: never was
    email_since: Mapped[datetime | None] = mapped_column(Moment)
    birth_date: Mapped[date | None]
    birth_mmdd: Mapped[int | None] = mapped_column(index=True)  # month and day in one number (N8)
    address: Mapped[dict[str, Any] | None] = mapped_column(Document)
    mail_returned_at: Mapped[datetime | None] = mapped_column(
        Moment
    )  # from that address: no post until it changes


class IdentityDocument(Base):
    """A document that proved who a member is: a keyed digest and the last four, never the number."""

    __tablename__ = "identity_document"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    last_four: Mapped[str] = mapped_column(String(4))
    member_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("member.member_id"), index=True)


class Reference(Base):
    """A name that a core system gave a member. One member may have several; each means one member."""

    __tablename__ = "member_reference"

    value: Mapped[str] = mapped_column(String(100), primary_key=True)
    member_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("member.member_id"), index=True)


class Customer(Base):
    """A person by one reference of a core system: the highest version told, and who serves them."""

    __tablename__ = "customer"

    reference: Mapped[str] = mapped_column(String(100), primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    member_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("member.member_id"), index=True)
    agent: Mapped[str | None] = mapped_column(String(100))  # the service agent, as the core system says
    told_at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (CheckConstraint("version >= 1", name="version_from_one"),)


class ErasedPerson(Base):
    """Somebody was forgotten who was called so, or had this document: a keyed digest, of no member (M7)."""

    __tablename__ = "erased_person"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    erased_on: Mapped[date]  # the UTC day: an instant would lead to the member


class Card(Base):
    """A number that speaks for a member until it ends; a blocked one is only silenced."""

    __tablename__ = "card"

    number: Mapped[str] = mapped_column(String(32), primary_key=True)
    member_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("member.member_id"), index=True)
    issued_at: Mapped[datetime] = mapped_column(Moment)
    blocked_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_reason: Mapped[str | None] = mapped_column(String(20))

    __table_args__ = (
        Index(
            "uq_card_one_active",
            "member_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        CheckConstraint("(ended_at IS NULL) = (ended_reason IS NULL)", name="end_has_reason"),
    )


class MemberCode(Base):
    """A code that a member's page showed for a minute, to earn or to spend with; used at most once (M4)."""

    __tablename__ = "member_code"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    member_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("member.member_id"), index=True)
    purpose: Mapped[str] = mapped_column(String(10))
    shown_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)
    used_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (CheckConstraint(one_of("purpose", PURPOSES), name="purpose_known"),)


class MemberNote(Base):
    """What staff wrote of a member, in their own words; added, never changed, gone with the person (M7)."""

    __tablename__ = "member_note"

    member_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("member.member_id"), primary_key=True, autoincrement=False
    )
    note_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20))
    words: Mapped[str] = mapped_column(String(NOTE_MOST))
    salt: Mapped[str | None] = mapped_column(String(32))  # of the words' digest in the chain of acts
    author: Mapped[str] = mapped_column(String(120))  # who wrote it, as acts name them
    written_at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (
        CheckConstraint(one_of("kind", NOTE_KINDS), name="kind_known"),
        CheckConstraint("length(words) > 0", name="words_said"),
    )


class Consent(Base):
    """One act of consent, given or withdrawn; rows are added, never changed (M10)."""

    __tablename__ = "consent"

    member_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("member.member_id"), primary_key=True, autoincrement=False
    )
    consent_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    act: Mapped[str] = mapped_column(String(10))
    purpose: Mapped[str] = mapped_column(String(40))
    recipient: Mapped[str] = mapped_column(String(80))
    data: Mapped[str] = mapped_column(String(200))  # what kinds of data it covers, in the words shown
    text_sha256: Mapped[str] = mapped_column(String(64))  # of the text the person saw
    language: Mapped[str] = mapped_column(String(20))
    channel: Mapped[str] = mapped_column(String(20))
    told_at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (CheckConstraint(one_of("act", ("given", "withdrawn")), name="act_known"),)
