"""Goods come back without a receipt: what they would give now is taken (P7)."""

from typing import Any

from sqlalchemy.orm import Session

from loyalty import ids, sales
from loyalty.actions.book import fresh_ids, write
from loyalty.actions.once import Asking, Told, Wish, once
from loyalty.actions.sold import refund_view, taken_view
from loyalty.actions.who import Bearer, take_bearer
from loyalty.decide.ceilings import refuse_ahead, terminal_of, watch
from loyalty.decide.programme import Editions
from loyalty.decide.without_receipt import day_limit, give_back_unreceipted


def take_unreceipted(
    session: Session, editions: Editions, bearer: Bearer, fact: sales.Return, *, asking: Asking
) -> tuple[dict[str, Any], bool]:
    """Take back what these goods would give now, once; the return's reference is its business key.

    Raises ReceiptNeeded where the club takes none, SoldInFuture, CardUnknown, NotFound, CardBlocked,
    ReturnLimit, CeilingExceeded, KeyReused.
    """
    now = asking.now

    def do() -> Told:
        refuse_ahead(now, returned_at=fact.returned_at)
        terminal = terminal_of(fact.reference.store, fact.reference.terminal)
        ceilings = watch(editions, "return", terminal, fact.returned_at, now)
        taken = take_bearer(
            session,
            editions,
            bearer,
            now,
            limits=lambda member_id: {day_limit(editions, member_id, now), *ceilings.keys(member_id)},
        )
        member_id = taken.snapshot.member_id
        outcome = give_back_unreceipted(editions, fact, taken.snapshot, now, fresh_ids(now))
        booked = outcome.booked("return")
        told = taken_view(editions, outcome, booked)
        if asking.imported_at is None:  # history passes the ceilings: it is no till that tells it
            outcome = ceilings.passed(outcome, told["taken_back"])
        write(session, editions, taken, outcome, now, asking.imported_at)
        sales.keep_return(session, member_id, booked.op_id, None, fact)
        answer = {
            "return_id": ids.pair_to_text(member_id, booked.op_id),
            "purchase_id": None,
            "refund": refund_view(sales.Refund(), ""),
            **told,
        }
        return Told(answer, member_id, booked.op_id)

    content = {"bearer": bearer.content, "fact": sales.content(fact)}
    wish = Wish("return", asking, fact.reference.key, content, club_wide=True)
    return once(session, wish, do, editions)
