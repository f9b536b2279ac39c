"""The tables of benefits: where they are given, what members are entitled to, what they had of it."""

from datetime import date, datetime
from typing import Any, get_args

from sqlalchemy import BigInteger, Boolean, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.benefits.facts import State
from loyalty.tables import Base, Document, Moment, one_of


class Place(Base):
    """Where a benefit is given. One that was closed gives nothing, and stays for what it gave."""

    __tablename__ = "place"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    provider: Mapped[str] = mapped_column(String(40), index=True)
    name: Mapped[dict[str, str]] = mapped_column(Document)
    opened_at: Mapped[datetime] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)


class ClubEvent(Base):
    """An event that members come to; `taken` are the places that bookings hold, in a row that they lock."""

    __tablename__ = "club_event"

    event_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    benefit: Mapped[str] = mapped_column(String(40))
    name: Mapped[dict[str, str]] = mapped_column(Document)
    starts_at: Mapped[datetime] = mapped_column(Moment, index=True)
    place: Mapped[str | None] = mapped_column(String(40), ForeignKey("place.code"))
    capacity: Mapped[int]
    taken: Mapped[int]
    announced_at: Mapped[datetime] = mapped_column(Moment)
    cancelled_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        CheckConstraint("capacity > 0", name="somebody_may_come"),
        CheckConstraint("taken >= 0 AND taken <= capacity", name="no_more_than_may_come"),
    )


class Recognition(Base):
    """A place was shown a member's card or code: for some minutes it may record what it gives them (B6)."""

    __tablename__ = "recognition"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)  # of a handle that the browser holds
    place: Mapped[str] = mapped_column(String(40), ForeignKey("place.code"))
    member_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("member.member_id"), index=True)
    card: Mapped[str | None] = mapped_column(String(16))  # that speaks for them; none: they have none
    shown_at: Mapped[datetime] = mapped_column(Moment, index=True)


class Entitlement(Base):
    """One subject's right to one benefit in one period, once somebody or the night touched it (B1).

    What is granted is arithmetic; `granted` is the most that it came to so far, and bounds what is taken. It
    is no less than what was had while there was no bound, or in another period that began at that instant.
    """

    __tablename__ = "entitlement"

    member_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("member.member_id"), primary_key=True)
    benefit: Mapped[str] = mapped_column(String(40), primary_key=True)
    subject: Mapped[str] = mapped_column(String(70), primary_key=True)  # "" is the member, a person
    from_at: Mapped[datetime] = mapped_column(Moment, primary_key=True)
    until_at: Mapped[datetime | None] = mapped_column(Moment)
    granted: Mapped[int | None]  # none: without a bound, or bounded by spans that roll
    reserved: Mapped[int]
    used: Mapped[int]
    edition: Mapped[int]  # whose terms it was touched under last
    first_booked_at: Mapped[datetime] = mapped_column(Moment)
    booked_at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (
        CheckConstraint("reserved >= 0 AND used >= 0", name="nothing_below_nil"),
        CheckConstraint("granted IS NULL OR reserved + used <= granted", name="no_more_than_granted"),
    )


class Use(Base):
    """One consumption of a benefit: booked, then used, cancelled or missed; or used at once (B5)."""

    __tablename__ = "benefit_use"

    member_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("member.member_id"), primary_key=True)
    use_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    benefit: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(70))
    period_from: Mapped[datetime] = mapped_column(Moment)  # of the entitlement that it was taken from
    at: Mapped[datetime] = mapped_column(Moment)  # when the visit is, or was
    place: Mapped[str | None] = mapped_column(String(40), ForeignKey("place.code"))
    event_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("club_event.event_id"), index=True)
    relation: Mapped[str | None] = mapped_column(String(40))  # of whoever came in the member's place
    guests: Mapped[int]
    amount_minor: Mapped[int | None] = mapped_column(BigInteger)  # of the bill
    discount_minor: Mapped[int | None] = mapped_column(BigInteger)  # what went off it
    cost_minor: Mapped[int | None] = mapped_column(BigInteger)  # what it costs the club (B10)
    attributes: Mapped[dict[str, Any]] = mapped_column(Document)
    state: Mapped[str] = mapped_column(String(10))
    counts: Mapped[bool] = mapped_column(Boolean)  # whether it takes from the entitlement
    edition: Mapped[int]  # whose terms it was had under (B2)
    reference: Mapped[str] = mapped_column(String(100))
    client: Mapped[str] = mapped_column(String(40))  # who told it
    booked_at: Mapped[datetime] = mapped_column(Moment)
    reserved_at: Mapped[datetime | None] = mapped_column(Moment)  # since when it took; none: it only waited
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_by: Mapped[str | None] = mapped_column(String(40))
    reason: Mapped[str | None] = mapped_column(String(40))  # why it was cancelled

    __table_args__ = (
        ForeignKeyConstraint(
            ["member_id", "benefit", "subject", "period_from"],
            ["entitlement.member_id", "entitlement.benefit", "entitlement.subject", "entitlement.from_at"],
            name="fk_benefit_use_entitlement",
        ),
        Index("ix_benefit_use_member_id_benefit_at", "member_id", "benefit", "at"),
        Index("ix_benefit_use_place_at", "place", "at"),
        Index("ix_benefit_use_at", "at"),
        CheckConstraint(one_of("state", get_args(State)), name="state_known"),
        CheckConstraint("(state IN ('waiting', 'reserved')) = (closed_at IS NULL)", name="open_until_closed"),
        CheckConstraint("(closed_at IS NULL) = (closed_by IS NULL)", name="closed_by_somebody"),
        CheckConstraint("counts OR state IN ('waiting', 'cancelled', 'no_show')", name="what_is_had_counts"),
        CheckConstraint(
            "NOT (counts AND state IN ('waiting', 'cancelled'))", name="what_is_let_go_counts_not"
        ),
        CheckConstraint(
            "reserved_at IS NOT NULL OR state IN ('waiting', 'cancelled')", name="reserved_before_it_is_had"
        ),
        CheckConstraint("reserved_at IS NULL OR state != 'waiting'", name="nothing_reserved_while_it_waits"),
        CheckConstraint("guests >= 0", name="guests_not_negative"),
    )


class Mailing(Base):
    """One piece of post that a card brings, once a year; whom it goes to is in `person`, and nowhere else."""

    __tablename__ = "mailing"

    member_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("member.member_id"), primary_key=True)
    benefit: Mapped[str] = mapped_column(String(40), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    use_id: Mapped[int] = mapped_column(BigInteger)
    for_day: Mapped[date] = mapped_column(index=True)  # that it is to arrive on
    state: Mapped[str] = mapped_column(String(10))
    made_at: Mapped[datetime] = mapped_column(Moment)
    written_at: Mapped[datetime | None] = mapped_column(Moment)  # into a file for the printer
    returned_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        ForeignKeyConstraint(
            ["member_id", "use_id"], ["benefit_use.member_id", "benefit_use.use_id"], name="fk_mailing_use"
        ),
        CheckConstraint(one_of("state", ("made", "written", "returned")), name="state_known"),
        CheckConstraint("(state = 'returned') = (returned_at IS NOT NULL)", name="returned_at_an_instant"),
        CheckConstraint("state = 'made' OR written_at IS NOT NULL", name="written_before_it_returns"),
    )


class Manager(Base):
    """Somebody of the house who looks after members; an agent of policies, or one of the pool."""

    __tablename__ = "manager"

    code: Mapped[str] = mapped_column(String(100), primary_key=True)  # as the core system names an agent
    name: Mapped[str] = mapped_column(String(120))
    in_pool: Mapped[bool] = mapped_column(Boolean)
    came_at: Mapped[datetime] = mapped_column(Moment)
    left_at: Mapped[datetime | None] = mapped_column(Moment)


class Assignment(Base):
    """Who looks after a member, from when to when; nobody, while the member waits for one."""

    __tablename__ = "assignment"

    member_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("member.member_id"), primary_key=True)
    benefit: Mapped[str] = mapped_column(String(40), primary_key=True)
    turn: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # 1, 2, 3 …
    manager: Mapped[str | None] = mapped_column(String(100), ForeignKey("manager.code"), index=True)
    since: Mapped[datetime] = mapped_column(Moment)
    until: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (CheckConstraint("until IS NULL OR until >= since", name="ends_after_it_begins"),)


class FeedItem(Base):
    """A piece of news for the cards that a benefit belongs to."""

    __tablename__ = "feed_item"

    item_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    benefit: Mapped[str] = mapped_column(String(40))
    title: Mapped[dict[str, str]] = mapped_column(Document)
    body: Mapped[dict[str, str]] = mapped_column(Document)
    published_at: Mapped[datetime] = mapped_column(Moment, index=True)
    until_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        CheckConstraint("until_at IS NULL OR until_at > published_at", name="news_for_a_while"),
    )
