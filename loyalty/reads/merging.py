"""Two members who are about to be one, side by side; and who was merged into one, and what keeps them so."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import ids, ledger, members, reviews
from loyalty.decide.programme import Editions
from loyalty.errors import NotAsBefore, Refusal, SpendLocked
from loyalty.reads.card import CardView, card_view
from loyalty.reads.masked import MaskedMember, masked_member
from loyalty.reads.points import UnitPoints, all_points


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two, masked as for anybody who was not opened."""

    masked: MaskedMember
    stands: str
    card: CardView  #: the tier it wears, until when
    points: tuple[UnitPoints, ...]
    has_review: bool  #: a sale of theirs waits for a person


@dataclass(frozen=True, slots=True)
class Joined:
    """Somebody who was merged, and what forbids to part them now."""

    masked: MaskedMember
    merged_at: datetime
    against: Refusal | None

    @property
    def number(self) -> str:
        """Their id as outsiders see it."""
        return ids.to_text(self.masked.member_id)


def both_of(session: Session, editions: Editions, gone: int, stays: int, now: datetime) -> tuple[Side, Side]:
    """The two as they are now. Raises NotFound."""
    left, right = (_side(session, editions, one, now) for one in (gone, stays))
    return left, right


def joined_of(session: Session, member_id: int, now: datetime) -> tuple[Joined, ...]:
    """Whoever was merged into a member."""
    found = members.merged_into(session, member_id)
    return tuple(_joined(session, one, member_id, now) for one in found)


def _side(session: Session, editions: Editions, member_id: int, now: datetime) -> Side:
    return Side(
        masked_member(session, member_id),
        members.stands(members.by_id(session, member_id)),
        card_view(session, editions, member_id, now),
        all_points(session, editions, member_id, now),
        bool(reviews.open_of(session, member_id)),
    )


def _joined(session: Session, gone: int, stays: int, now: datetime) -> Joined:
    row = members.by_id(session, gone)
    first = ledger.merged.last_merge(session, gone)
    against: Refusal | None = None
    if first is None or ledger.merged.has_spent(session, stays, first):
        against = NotAsBefore()
    for one in (row, members.by_id(session, stays)):
        try:
            members.spend_guard(one).check(now)
        except SpendLocked as refusal:
            against = refusal
    return Joined(masked_member(session, gone), row.merged_at or now, against)
