"""The rows of cards: what speaks for a member, and what no longer does (M2)."""

import secrets
from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from loyalty.errors import CardBlocked, CardUnknown
from loyalty.members import cards
from loyalty.members.life import ACTIVE, ENROLLED, Act, check
from loyalty.members.merge_store import survivor_of
from loyalty.members.models import Card, Member
from loyalty.tables import any_of


def holder(session: Session, number: str) -> int:
    """The id of the member a card was issued to, whatever has become of it. Raises CardUnknown."""
    member_id = session.scalar(select(Card.member_id).where(Card.number == number))
    if member_id is None:
        raise CardUnknown
    return member_id


def bearer_of(session: Session, number: str) -> int:
    """The id of the member a card speaks for now: its own, or the survivor (M6). Raises CardUnknown."""
    whose = func.coalesce(Member.merged_into, Member.member_id)
    mine = select(whose).join(Card, Card.member_id == Member.member_id).where(Card.number == number)
    member_id = session.scalar(mine)
    if member_id is None:
        raise CardUnknown
    return int(member_id)


def by_card(session: Session, number: str, at: datetime, act: Act = "earn") -> Member:
    """The member a card speaks for at `at`, who asks for such an act: the survivor, where its own was merged.

    Pass the stamp of an offline sale: one from before the card ended or was blocked still counts.
    Raises CardUnknown; CardBlocked, without a reason, when the card or its holder may not act.
    """
    row = session.execute(
        select(Card, Member).join(Member, Member.member_id == Card.member_id).where(Card.number == number),
        execution_options={"populate_existing": True},
    ).one_or_none()
    if row is None:
        raise CardUnknown
    card: Card = row[0]
    member: Member = survivor_of(session, row[1])
    silenced = [
        instant for instant in (card.ended_at, card.blocked_at) if instant is not None and instant <= at
    ]
    if silenced:
        raise CardBlocked
    check(member.state, act)
    return member


def active_card(session: Session, member_id: int, at: datetime | None = None) -> Card | None:
    """The one card of a member that has not ended, or had not at an instant; it may be blocked."""
    mine = select(Card).where(Card.member_id == member_id)
    if at is None:
        return session.scalar(mine.where(Card.ended_at.is_(None)))
    had = mine.where(Card.issued_at <= at, or_(Card.ended_at.is_(None), Card.ended_at > at))
    return session.scalar(had.order_by(Card.issued_at.desc()).limit(1))


def active_cards(session: Session, member_ids: Collection[int]) -> dict[int, str]:
    """The numbers of some members' active cards, by member; whoever has none is left out."""
    rows = select(Card.member_id, Card.number).where(
        any_of(Card.member_id, member_ids), Card.ended_at.is_(None)
    )
    return dict(session.execute(rows).tuples().all())


def cards_of(session: Session, member_id: int) -> Sequence[Card]:
    """Every card a member ever had, the latest first."""
    mine = select(Card).where(Card.member_id == member_id)
    return session.scalars(mine.order_by(Card.issued_at.desc(), Card.number)).all()


def is_silenced(session: Session, member_id: int, at: datetime) -> bool:
    """Whether the active card of a member is blocked at `at`."""
    card = active_card(session, member_id)
    return card is not None and card.blocked_at is not None and card.blocked_at <= at


def issue_card(
    session: Session,
    member: Member,
    prefix: str,
    now: datetime,
    *,
    random_below: Callable[[int], int] = secrets.randbelow,
) -> Card:
    """A card with a fresh number. The member has none that is active, and becomes active with it."""
    number = cards.fresh_number(prefix, random_below)
    while session.get(Card, number) is not None:
        number = cards.fresh_number(prefix, random_below)
    card = Card(number=number, member_id=member.member_id, issued_at=now)
    session.add(card)
    for state in ("state", "left_as", "alive_as"):
        if getattr(member, state) == ENROLLED:
            setattr(member, state, ACTIVE)
    member.version += 1
    session.flush()
    return card


def adopt_card(session: Session, member: Member, number: str, now: datetime) -> None:
    """Let a number made elsewhere speak for a member, in place of the card they may have."""
    if (card := active_card(session, member.member_id)) is not None:
        end_card(session, member, card, "replaced", now)
    session.add(Card(number=number, member_id=member.member_id, issued_at=now))
    member.state = ACTIVE
    member.version += 1
    session.flush()


def end_card(session: Session, member: Member, card: Card, reason: str, now: datetime) -> None:
    """The card speaks for nobody from now on, for ever."""
    card.ended_at, card.ended_reason = now, reason
    member.version += 1
    session.flush()


def block(session: Session, member: Member, card: Card, now: datetime) -> None:
    """Silence a card until it is unblocked; blocking it again changes nothing."""
    if card.blocked_at is None:
        card.blocked_at = now
        member.version += 1
        session.flush()


def unblock(session: Session, member: Member, card: Card) -> None:
    """Let a blocked card speak again; one that has ended never does."""
    if card.blocked_at is not None and card.ended_at is None:
        card.blocked_at = None
        member.version += 1
        session.flush()
