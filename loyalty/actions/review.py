"""A sale held for review is released and booked, or rejected."""

from typing import Any

from sqlalchemy.orm import Session

from loyalty import acts, ids, ledger, reviews
from loyalty.actions.earn import book_released
from loyalty.actions.keep_apart import keep_apart
from loyalty.actions.once import Asking, Told, Wish, once
from loyalty.decide.programme import Editions
from loyalty.errors import ReviewClosed
from loyalty.reads.review import told


def release(
    session: Session, editions: Editions, review_id: int, *, asking: Asking
) -> tuple[dict[str, Any], bool]:
    """Book the sale under review as of when it was sold, whatever ceiling it is above, once.

    It is judged as it would have been when it was told (P14). Raises NotFound, ReviewClosed, SelfDealing,
    TooManyPoints, KeyMissing, KeyReused.
    """
    now = asking.now

    def do() -> Told:
        review = reviews.by_id(session, review_id)
        if review.state != "open":
            raise ReviewClosed(state=review.state)
        keep_apart(session, asking.client, review.member_id)
        fact, quoted = told(review), review.fact["quoted"]
        booked = book_released(
            session, editions, review.member_id, fact, quoted, told_at=review.held_at, now=now
        )
        reviews.close(session, review_id, "released", asking.client, now, booked.op_id)
        _let_returns_find(session, fact.receipt.key, booked)
        _record(session, "sale.released", review, asking)
        answer = {"review_id": ids.to_text(review_id), "state": "released", "purchase": booked.answer}
        return Told(answer, booked.member_id, booked.op_id)

    return once(session, Wish("release", asking, None, {"review": review_id}), do, editions)


def reject(session: Session, review_id: int, *, asking: Asking) -> bool:
    """Never book the sale under review, once; its receipt stays taken. Says whether it is a replay.

    Raises NotFound, ReviewClosed, KeyMissing, KeyReused.
    """

    def do() -> Told:
        review = reviews.by_id(session, review_id)
        turn_down(session, review, asking)
        return Told({"review_id": ids.to_text(review_id)}, review.member_id)

    _, replayed = once(session, Wish("reject", asking, None, {"review": review_id}), do)
    return replayed


def turn_down(session: Session, review: reviews.Review, asking: Asking) -> None:
    """Close a review that is open without booking its sale. Raises ReviewClosed."""
    reviews.close(session, review.review_id, "rejected", asking.client, asking.now)
    _record(session, "sale.rejected", review, asking)


def _let_returns_find(session: Session, key: tuple[str, ...], booked: Told) -> None:
    """The receipt's claim leads to the sale from now on; the first answer to the receipt stays."""
    claims = ledger.claims
    name = claims.scope_of("purchase", None), claims.key_of(key)
    claimed = claims.find(session, *name)
    first = (claimed.outcome if claimed else None) or {}
    claims.bind(session, *name, first, booked.member_id, booked.op_id)


def _record(session: Session, kind: str, review: reviews.Review, asking: Asking) -> None:
    subject = ids.to_text(review.member_id)
    content = {"review": ids.to_text(review.review_id), "reason": review.reason}
    acts.record(session, asking.now, actor=asking.client, kind=kind, subject=subject, content=content)
