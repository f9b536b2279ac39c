"""Sales that wait for a person, as colleagues look at them: whose by the last four of a card alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from loyalty import members, reviews
from loyalty.reads.asked import names_of
from loyalty.reads.review import shown


@dataclass(frozen=True, slots=True)
class HeldSales:
    """Sales of a list, the newest first."""

    items: Sequence[Mapping[str, Any]]
    cards: Mapping[int, str]  #: member → the last four of their card
    names: Mapping[str, str]  #: actor → name
    older: int | None = None  #: the last id shown, where there are more below it


def held_sales(session: Session, state: str | None, before: int | None, limit: int) -> HeldSales:
    """Up to `limit` sales in a state, or all that were ever held."""
    found = reviews.newest(session, None, state, before, limit + 1)
    items = found[:limit]
    older = items[-1].review_id if len(found) > limit else None
    return _shown(session, items, older)


def held_sale(session: Session, review_id: int) -> HeldSales:
    """One of them, alone in its list. Raises NotFound."""
    return _shown(session, [reviews.by_id(session, review_id)], None)


def _shown(session: Session, found: Sequence[reviews.Review], older: int | None) -> HeldSales:
    cards = members.active_cards(session, {one.member_id for one in found})
    masked = {member: members.masked(card) for member, card in cards.items()}
    return HeldSales([shown(one) for one in found], masked, names_of(session), older)
