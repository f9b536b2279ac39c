"""A till reports a finished sale: points, and perhaps a tier, in one transaction."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from loyalty import ledger, reviews, sales
from loyalty.actions.book import Taken, fresh_ids, take, write
from loyalty.actions.hold_back import hold_back
from loyalty.actions.judging import (
    OWN_CARD,
    Judging,
    check_sale,
    flags_of,
    judging,
    paid_by,
    sale_answer,
    spent_by,
    wish_of,
)
from loyalty.actions.once import Asking, Told, once
from loyalty.actions.who import Bearer, take_bearer
from loyalty.decide import giving
from loyalty.decide import purchase as decide
from loyalty.decide.ceilings import SaleWatch
from loyalty.decide.outcome import Outcome
from loyalty.decide.programme import Editions
from loyalty.errors import HoldClosed, NotFound, OwnCard
from loyalty.reads.merged import hold_now


def earn(
    session: Session,
    editions: Editions,
    bearer: Bearer,
    fact: sales.Purchase,
    *,
    asking: Asking,
    quote_secrets: Iterable[bytes] = (),
    offline: bool = False,
) -> tuple[dict[str, Any], bool]:
    """Turn a sale into points, once, however often it is told; the receipt is its business key.

    Points it is paid with are spent first, in the same transaction (P17). `offline`: a till tells it after it
    was cut off, so that a code is judged by when it was shown (M4). A sale above a ceiling, or told too
    oddly, is not booked but held for review; the answer then has a `review_id`. History passes all that.

    Raises SoldInFuture, CurrencyForeign, ExchangeNegative, TendersUneven, QuoteUnknown, CardUnknown,
    NotFound, CardBlocked, OwnCard, TooManyPoints, KeyReused; where points are spent, CeilingExceeded and
    SpendLocked; and what `paying.pay` raises.
    """
    now = asking.now

    def do() -> Told:
        check_sale(editions, fact, now, offline=offline)
        by = judging(editions, fact, asking, quote_secrets, offline=offline)
        taken = take_bearer(
            session,
            editions,
            bearer,
            now,
            at=min(fact.sold_at, now),
            limits=lambda member_id: by.keys(editions, member_id),
            purpose="spend" if by.spending else "earn",
            offline=offline,
        )
        return _book(session, editions, taken, fact, by, asking)

    return once(session, wish_of(bearer, fact, asking), do, editions)


def _book(
    session: Session, editions: Editions, taken: Taken, fact: sales.Purchase, by: Judging, asking: Asking
) -> Told:
    """Book a sale, or hold it for review."""
    now, member_id = asking.now, taken.snapshot.member_id
    by = replace(by, flags=by.flags + _own_card(session, fact, member_id))
    denied = editions.at(now).programme.club.own_card == "deny" and not asking.imported_at
    if denied and OWN_CARD in by.flags:
        raise OwnCard
    if by.guard.odd is not None:
        return hold_back(session, editions, taken, fact, by.guard.odd, by.quoted, asking=asking)
    fact = _with_hold(session, member_id, fact)
    outcome = decide.purchase(editions, fact, taken.snapshot, now, fresh_ids(now), by.quoted)
    if (breach := by.guard.breach(outcome)) is not None:
        return hold_back(session, editions, taken, fact, breach, by.quoted, asking=asking)
    paid = paid_by(outcome)
    if by.spending and paid is not None:
        outcome = by.spending.passed(outcome, {part.unit: part.points for part in paid.parts})
    return _write(session, editions, taken, fact, by.guard.counted(outcome), by, now, asking.imported_at)


def book_released(
    session: Session,
    editions: Editions,
    member_id: int,
    fact: sales.Purchase,
    quoted: int | None,
    *,
    told_at: datetime,
    now: datetime,
) -> Told:
    """Book a sale that was held for review, whatever it is above, judged as of when it was told (P14)."""
    happened_at = min(fact.sold_at, told_at)
    at = giving.judged_at(editions, happened_at, told_at)
    in_time = giving.in_time(editions, happened_at, told_at)
    flags = flags_of(fact, told_at, in_time=in_time) + _own_card(session, fact, member_id)
    by = Judging(at, quoted, None, None, SaleWatch(), flags, fact.attributes)
    taken = take(session, editions, member_id, now, since=happened_at, limits=by.keys(editions, member_id))
    outcome = decide.purchase(editions, fact, taken.snapshot, now, fresh_ids(now), quoted, told_at)
    return _write(session, editions, taken, fact, outcome, by, now)


def _write(
    session: Session,
    editions: Editions,
    taken: Taken,
    fact: sales.Purchase,
    outcome: Outcome,
    by: Judging,
    now: datetime,
    imported_at: datetime | None = None,
) -> Told:
    write(session, editions, taken, outcome, now, imported_at)
    _keep(session, fact, outcome, by.flags, now)
    answer = sale_answer(editions, fact, outcome, by)
    return Told(answer, taken.snapshot.member_id, outcome.booked("earn").op_id)


def _own_card(session: Session, fact: sales.Purchase, member_id: int) -> tuple[str, ...]:
    """The flag of a sale that a cashier rings up on a card linked with them."""
    own = fact.cashier is not None and reviews.is_own_card(
        session, fact.receipt.store, fact.cashier, member_id
    )
    return (OWN_CARD,) if own else ()


def _with_hold(session: Session, member_id: int, fact: sales.Purchase) -> sales.Purchase:
    """The sale with the hold that pays as it is called now: the member's own, and open in the books (M6)."""
    tender = fact.by_points
    if tender is None or tender.hold is None:
        return fact
    owner_id, op_id = hold_now(session, *tender.hold)
    hold = ledger.history.hold(session, member_id, op_id) if owner_id == member_id else None
    if hold is None:
        raise NotFound.at("hold_id")
    if hold.state != "open":
        raise HoldClosed(state=hold.state)
    named = (replace(one, hold=(owner_id, op_id)) if one is tender else one for one in fact.tenders)
    return replace(fact, tenders=tuple(named))


def _keep(
    session: Session, fact: sales.Purchase, outcome: Outcome, flags: tuple[str, ...], now: datetime
) -> None:
    """Write the sale down; the points it was paid with are claimed under its receipt."""
    member_id, paid = outcome.after.member_id, paid_by(outcome)
    if paid is not None:
        scope = ledger.claims.scope_of("redemption" if paid.kind == "redeem" else "capture", None)
        key = ledger.claims.key_of(fact.receipt.key)
        ledger.claims.take(session, scope, key, "", now)
        ledger.claims.bind(session, scope, key, {"answer": {}}, member_id, paid.op_id)
    keep_booked(session, fact, outcome, flags)


def keep_booked(session: Session, fact: sales.Purchase, outcome: Outcome, flags: tuple[str, ...]) -> None:
    """Write a sale down under the operation that booked it."""
    op_id = outcome.booked("earn").op_id
    award = outcome.award.parts if outcome.award else ()
    sales.keep_sale(session, outcome.after.member_id, op_id, fact, award, spent_by(outcome), flags)
