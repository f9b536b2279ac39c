"""What a decision must know of some members and of a card, asked for together with all else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from loyalty.errors import CardBlocked, CardUnknown
from loyalty.members.guarding import SpendGuard
from loyalty.members.models import Card, Member, Person
from loyalty.questions import Question, Rows, among
from loyalty.tables import table_of

_MEMBER, _PERSON, _CARD = table_of(Member).c, table_of(Person).c, table_of(Card).c
#: Of `members`: see `known`.
KNOWN = Question(
    select(
        *(
            _MEMBER.member_id,
            _MEMBER.enrolled_at,
            _PERSON.birth_date,
            _MEMBER.attributes,
            _MEMBER.merged_into,
        ),
        *(_MEMBER.state, _MEMBER.spend_locked_at, _MEMBER.frozen_at, _MEMBER.spend_paused_until),
    )
    .select_from(
        table_of(Member).outerjoin(table_of(Person), _PERSON.member_id == _MEMBER.member_id),
    )
    .where(among(_MEMBER.member_id, "members"))
)
Cards = Mapping[str, tuple[datetime | None, ...]]  #: the card's number → when it ended, when it was blocked
#: Of `cards`: see `known_cards`.
CARDS = Question(select(_CARD.number, _CARD.ended_at, _CARD.blocked_at).where(among(_CARD.number, "cards")))


@dataclass(frozen=True, slots=True)
class Known:
    """A member as rules ask for them, and what keeps them from acting."""

    enrolled_at: datetime
    birth_date: date | None
    attributes: Mapping[str, Any]
    merged_into: int | None
    state: str
    guard: SpendGuard


def known(rows: Rows) -> dict[int, Known]:
    """Each member, from what KNOWN was answered."""
    found = {}
    for member_id, enrolled_at, birth_date, attributes, merged_into, state, *guard in rows:
        found[member_id] = Known(enrolled_at, birth_date, attributes, merged_into, state, SpendGuard(*guard))
    return found


def known_cards(rows: Rows) -> Cards:
    """Each card, from what CARDS was answered."""
    return {number: tuple(ends) for number, *ends in rows}


def check_card(cards: Cards, card: str, at: datetime) -> None:
    """Raises CardUnknown, CardBlocked for a card that is silent at `at`."""
    if card not in cards:
        raise CardUnknown
    if any(instant is not None and instant <= at for instant in cards[card]):
        raise CardBlocked
