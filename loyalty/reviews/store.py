"""Rows of reviews and of staff's own cards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, cast

from sqlalchemy import CursorResult, delete, insert, select, update
from sqlalchemy.orm import Session

from loyalty import ids
from loyalty.errors import NotFound, ReviewClosed
from loyalty.questions import Question, Rows, among, of_family
from loyalty.reviews.models import Review, StaffCard
from loyalty.tables import MERGED, family, table_of

Closing = Literal["released", "rejected", "cancelled"]


_CARD = table_of(StaffCard).c
#: What links some `cashiers` with some `members`, or with who was merged into them: see `own_cards`.
LINKED = Question(
    select(_CARD.store, _CARD.cashier, MERGED.c.member_id, MERGED.c.merged_into)
    .join(MERGED, MERGED.c.member_id == _CARD.member_id)
    .where(
        among(_CARD.cashier, "cashiers"),
        of_family(_CARD.member_id, "members"),
    )
)


@dataclass(frozen=True, slots=True)
class Held:
    """A sale that was not booked, and why."""

    member_id: int
    reason: str
    store: str
    terminal: str
    business_date: date
    receipt: str
    amount_minor: int
    fact: Mapping[str, Any]
    client: str


def hold(session: Session, held: Held, now: datetime) -> int:
    """Keep a sale for review; the review's id."""
    row = {name: getattr(held, name) for name in Held.__slots__}
    review_id = ids.new_id(now)
    session.execute(insert(Review), [row | {"review_id": review_id, "state": "open", "held_at": now}])
    return review_id


def by_id(session: Session, review_id: int) -> Review:
    """A review as it stands now. Raises NotFound."""
    found = session.get(Review, review_id, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def by_receipt(
    session: Session, store: str, terminal: str, business_date: date, receipt: str
) -> Review | None:
    """The review of a sale by its business key, whatever became of it."""
    mine = (Review.store == store, Review.terminal == terminal, Review.business_date == business_date)
    return session.scalar(select(Review).where(*mine, Review.receipt == receipt))


def close(
    session: Session, review_id: int, closing: Closing, by: str, now: datetime, op_id: int | None = None
) -> None:
    """End an open review, once. Raises ReviewClosed."""
    ended = {"state": closing, "closed_at": now, "closed_by": by, "op_id": op_id}
    still_open = (Review.review_id == review_id, Review.state == "open")
    done = session.execute(update(Review).where(*still_open).values(**ended))
    if cast("CursorResult[Any]", done).rowcount != 1:
        raise ReviewClosed(state=by_id(session, review_id).state)


def newest(
    session: Session, store: str | None, state: str | None, before: int | None, limit: int
) -> Sequence[Review]:
    """Up to `limit` reviews of a store in a state (None: of any), the newest first, below the id `before`."""
    found = select(Review).order_by(Review.review_id.desc()).limit(limit)
    if store is not None:
        found = found.where(Review.store == store)
    if state is not None:
        found = found.where(Review.state == state)
    return session.scalars(found if before is None else found.where(Review.review_id < before)).all()


def of_day(session: Session, store: str, business_date: date) -> Sequence[Review]:
    """The open reviews of one store's day."""
    mine = (Review.store == store, Review.business_date == business_date, Review.state == "open")
    return session.scalars(select(Review).where(*mine)).all()


def open_of(session: Session, member_id: int) -> Sequence[Review]:
    """A member's sales that wait for a person."""
    waiting = select(Review).where(Review.state == "open", Review.member_id == member_id)
    return session.scalars(waiting.order_by(Review.review_id)).all()


def unlink_member(session: Session, member_id: int) -> None:
    """A member is nobody's own card any more, at any till."""
    session.execute(delete(StaffCard).where(StaffCard.member_id == member_id))


def link(session: Session, store: str, cashier: str, member_id: int, now: datetime) -> bool:
    """Link a cashier of a store with a member; whether they were not linked before."""
    if is_own_card(session, store, cashier, member_id):
        return False
    session.add(StaffCard(store=store, cashier=cashier, member_id=member_id, linked_at=now))
    return True


def unlink(session: Session, store: str, cashier: str, member_id: int) -> None:
    """Undo a link. Raises NotFound."""
    mine = (StaffCard.store == store, StaffCard.cashier == cashier, StaffCard.member_id == member_id)
    if cast("CursorResult[Any]", session.execute(delete(StaffCard).where(*mine))).rowcount != 1:
        raise NotFound


def links(session: Session) -> Sequence[StaffCard]:
    """Every link, by store and cashier."""
    order = (StaffCard.store, StaffCard.cashier, StaffCard.member_id)
    return session.scalars(select(StaffCard).order_by(*order)).all()


def own_cards(rows: Rows) -> dict[int, set[tuple[str, str]]]:
    """The stores and cashiers that each member is linked with, from what LINKED was answered."""
    found: dict[int, set[tuple[str, str]]] = {}
    for store, cashier, *theirs in rows:
        for member_id in theirs:
            found.setdefault(member_id, set()).add((store, cashier))
    return found


def is_own_card(session: Session, store: str, cashier: str, member_id: int) -> bool:
    """Whether this member, or who was merged into them, is linked with that cashier of that store."""
    theirs = StaffCard.member_id.in_(family(member_id))
    mine = (StaffCard.store == store, StaffCard.cashier == cashier, theirs)
    return session.scalar(select(StaffCard.member_id).where(*mine).limit(1)) is not None


def is_linked(session: Session, person: str, member_id: int) -> bool:
    """Whether this member, or who was merged into them, is linked with somebody so called, at any store."""
    theirs = StaffCard.member_id.in_(family(member_id))
    mine = select(StaffCard.store).where(StaffCard.cashier == person, theirs)
    return session.scalar(mine.limit(1)) is not None
