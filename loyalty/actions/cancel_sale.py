"""A sale is cancelled by its receipt, in whatever state it is, or before it was told (P18)."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from loyalty import ids, ledger, reviews, sales
from loyalty.actions.book import fresh_ids, take, write
from loyalty.actions.once import Asking, Told, Wish, once
from loyalty.actions.sold import gone_with, load_sold, refund_view, taken_view
from loyalty.calendar import BEGINNING
from loyalty.decide import giving, milestones
from loyalty.decide.cancel import cancel, is_void
from loyalty.decide.ceilings import terminal_of, watch
from loyalty.decide.programme import Editions
from loyalty.errors import NotFound, ReceiptCancelled, ReviewClosed


def cancel_sale(
    session: Session, editions: Editions, receipt: sales.Receipt, cancel_ref: str, *, asking: Asking
) -> tuple[dict[str, Any], bool]:
    """Make the sale of a receipt void; cancelling it again changes nothing.

    What is booked is undone, what is under review is closed, and what was not told yet is refused when it
    comes. A blocked card does not stop it. Raises CeilingExceeded for a sale of an earlier day; KeyReused.
    """
    now, claims = asking.now, ledger.claims
    scope, key = claims.scope_of("purchase", None), claims.key_of(receipt.key)

    def do() -> Told:
        earlier = claims.take(session, scope, key, claims.ANY, now)
        booked = (earlier.member_id, earlier.op_id) if earlier else (None, None)
        was = "unseen"
        if earlier is not None and booked[1] is None:
            was, booked = _close_review(session, receipt, asking)
        if booked[0] is not None and booked[1] is not None:
            return _undo(session, editions, booked[0], booked[1], asking)
        claims.bury(session, scope, key, {"code": ReceiptCancelled.code, "facts": {}})
        return Told(_answer(editions, now, was))

    name = (*receipt.key[:3], cancel_ref)
    return once(
        session, Wish("cancellation", asking, name, {"receipt": receipt.key}, club_wide=True), do, editions
    )


def _close_review(
    session: Session, receipt: sales.Receipt, asking: Asking
) -> tuple[str, tuple[int | None, int | None]]:
    """What became of a receipt that booked nothing; the sale, if its review has just been released."""
    place = (receipt.store, receipt.terminal, receipt.business_date, receipt.receipt)
    review = reviews.by_receipt(session, *place)
    if review is None:
        return "cancelled", (None, None)
    try:
        reviews.close(session, review.review_id, "cancelled", asking.client, asking.now)
    except ReviewClosed:
        closed = reviews.by_id(session, review.review_id)
        return closed.state, (closed.member_id, closed.op_id)
    return "under_review", (None, None)


def _undo(session: Session, editions: Editions, member_id: int, op_id: int, asking: Asking) -> Told:
    now = asking.now
    kept = sales.sale(session, member_id, op_id)
    if kept is None:
        raise NotFound
    fact = kept.purchase
    void = is_void(editions, fact.sold_at, now)
    terminal = terminal_of(fact.receipt.store, fact.receipt.terminal)
    ceilings = watch(editions, "return", terminal, now, now)
    earned = ledger.history.operation(session, member_id, op_id)
    if earned is None:
        raise NotFound
    limits = (
        giving.limit_keys(editions, "purchase", now, member_id, earned.edition)
        | milestones.keys_of(earned.sums, member_id)
        if void
        else ceilings.keys(member_id)
    )
    taken = take(session, editions, member_id, now, since=BEGINNING, limits=limits)
    kept = sales.sale(session, member_id, op_id)  # as it is under the lock
    if kept is None or kept.cancelled_at is not None:
        return Told(_answer(editions, now, "cancelled") | {"purchase_id": ids.pair_to_text(member_id, op_id)})
    sold = load_sold(session, member_id, kept)
    gone = gone_with(session, editions, member_id, op_id, void=void, now=now)
    outcome = cancel(editions, sold, taken.snapshot, now, fresh_ids(now), void=void, gone=gone)
    booked = outcome.booked("cancel")
    told = taken_view(editions, outcome, booked)
    write(session, editions, taken, outcome if void else ceilings.passed(outcome, told["taken_back"]), now)
    sales.cancel(session, member_id, op_id, now)
    answer = _answer(editions, now, "booked") | {
        "purchase_id": ids.pair_to_text(member_id, op_id),
        "void": void,
        "refund": refund_view(sold.refund(None), fact.currency),
        **told,
    }
    return Told(answer, member_id, booked.op_id)


def _answer(editions: Editions, now: datetime, was: str) -> dict[str, Any]:
    """What a till hears where nothing had to be undone."""
    return {
        "was": was,
        "purchase_id": None,
        "void": False,
        "taken_back": {},
        "shortfall": {},
        "debt": {},
        "refund": refund_view(sales.Refund(), ""),
        "balance": {},
        "tier": None,
        "tier_change": None,
        "edition": editions.at(now).number,
    }
