"""A sale held for review: as its row keeps it, as it was told, as it is shown."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from loyalty import ids, reviews
from loyalty.errors import NotFound
from loyalty.money import money_text
from loyalty.sales import Line, Purchase, Receipt, Tender, line_cells


def kept(fact: Purchase) -> dict[str, Any]:
    """What of a sale its review's own columns do not say."""
    return {
        "sold_at": fact.sold_at.isoformat(),
        "currency": fact.currency,
        "cashier": fact.cashier,
        "lines": [line_cells(line) for line in fact.lines],
        "tenders": [[tender.kind, tender.amount_minor] for tender in fact.tenders],
        "rounding_minor": fact.rounding_minor,
        "attributes": dict(fact.attributes),
    }


def told(review: reviews.Review) -> Purchase:
    """The sale as its till told it; none that is held was paid with points."""
    fact: Mapping[str, Any] = review.fact
    return Purchase(
        Receipt(review.store, review.terminal, review.business_date, review.receipt),
        datetime.fromisoformat(fact["sold_at"]),
        fact["currency"],
        tuple(Line(*line) for line in fact["lines"]),
        fact["cashier"],
        tuple(Tender(*tender) for tender in fact["tenders"]),
        fact["rounding_minor"],
        attributes=fact.get("attributes", {}),
    )


def review_view(session: Session, review_id: int, store: str | None = None) -> dict[str, Any]:
    """A review and what became of it. Raises NotFound, also for one of another `store` (A3)."""
    found = reviews.by_id(session, review_id)
    if store not in (None, found.store):
        raise NotFound
    return shown(found)


def reviews_view(
    session: Session, store: str | None, state: str | None, before: int | None, limit: int
) -> list[dict[str, Any]]:
    """Up to `limit` reviews of a store, or of any, the newest first."""
    return [shown(review) for review in reviews.newest(session, store, state, before, limit)]


def shown(review: reviews.Review) -> dict[str, Any]:
    """A review as a person looks at it."""
    fact, booked = told(review), review.op_id
    return {
        "review_id": review.review_id,
        "state": review.state,
        "reason": review.reason,
        "member_id": review.member_id,
        "store": review.store,
        "terminal": review.terminal,
        "business_date": review.business_date,
        "receipt": review.receipt,
        "sold_at": fact.sold_at,
        "cashier": fact.cashier,
        "currency": fact.currency,
        "amount": money_text(review.amount_minor, fact.currency),
        "client": review.client,
        "held_at": review.held_at,
        "closed_at": review.closed_at,
        "closed_by": review.closed_by,
        "purchase_id": None if booked is None else ids.pair_to_text(review.member_id, booked),
    }
