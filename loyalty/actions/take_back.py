"""Goods come back against a receipt, and so do the points they gave (P7)."""

from typing import Any

from sqlalchemy.orm import Session

from loyalty import ids, sales
from loyalty.actions.book import fresh_ids, take, write
from loyalty.actions.once import Asking, Told, Wish, once
from loyalty.actions.sold import (
    gone_with,
    load_sold,
    refund_view,
    resumes_on_return,
    taken_view,
)
from loyalty.calendar import BEGINNING
from loyalty.decide.ceilings import refuse_ahead, terminal_of, watch
from loyalty.decide.programme import Editions
from loyalty.decide.take_back import give_back_goods
from loyalty.errors import NotFound, ReceiptCancelled
from loyalty.reads.sale import SaleName, find_sale
from loyalty.sales import Returned


def take_back(
    session: Session,
    editions: Editions,
    name: SaleName,
    fact: sales.Return,
    *,
    asking: Asking,
) -> tuple[dict[str, Any], bool]:
    """Take back what a sale gave, in part or whole, once; the return's reference is its business key.

    Points it was paid with go back first (P9). A blocked card does not stop a return. Raises NotFound,
    SoldInFuture, ReceiptCancelled, LineUnknown, TooMuchReturned, CeilingExceeded, KeyReused.
    """
    now = asking.now
    found = find_sale(session, name)

    def do() -> Told:
        if found is None:
            raise NotFound.at("original")
        member_id, op_id = found
        refuse_ahead(now, returned_at=fact.returned_at)
        terminal = terminal_of(fact.reference.store, fact.reference.terminal)
        ceilings = watch(editions, "return", terminal, fact.returned_at, now)
        since = BEGINNING if resumes_on_return(editions, now) else None
        taken = take(session, editions, member_id, now, since=since, limits=ceilings.keys(member_id))
        kept = sales.sale(session, member_id, op_id)
        if kept is None:
            raise NotFound
        if kept.cancelled_at is not None:
            raise ReceiptCancelled
        sold = load_sold(session, member_id, kept)
        gone = gone_with(session, editions, member_id, op_id, void=False, now=now)
        outcome = give_back_goods(editions, sold, fact, taken.snapshot, now, fresh_ids(now), gone)
        booked = outcome.booked("return")
        told = taken_view(editions, outcome, booked)
        write(session, editions, taken, ceilings.passed(outcome, told["taken_back"]), now)
        refund = sold.refund(Returned.of([*sold.returns, fact]))
        sales.keep_return(session, member_id, booked.op_id, op_id, fact, refund)
        answer = {
            "return_id": ids.pair_to_text(member_id, booked.op_id),
            "purchase_id": ids.pair_to_text(member_id, op_id),
            "refund": refund_view(refund, kept.purchase.currency),
            **told,
        }
        return Told(answer, member_id, booked.op_id)

    content = {"sale": found, "fact": sales.content(fact)}
    wish = Wish("return", asking, fact.reference.key, content, club_wide=True)
    return once(session, wish, do, editions)
