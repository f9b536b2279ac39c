"""A sale that may not be booked without a person's look is kept for one."""

from sqlalchemy.orm import Session

from loyalty import ids, reviews, sales
from loyalty.actions.answers import balances, standing_after
from loyalty.actions.book import Taken, fresh_ids
from loyalty.actions.once import Asking, Told
from loyalty.decide import standing
from loyalty.decide.ceilings import Breach
from loyalty.decide.programme import Editions
from loyalty.reads.review import kept


def hold_back(
    session: Session,
    editions: Editions,
    taken: Taken,
    fact: sales.Purchase,
    breach: Breach,
    quoted: int | None,
    *,
    asking: Asking,
) -> Told:
    """Keep a sale for review; nothing is booked, and its receipt is taken. `quoted` is a quote's edition.

    Raises CeilingExceeded where points are spent with it: that cannot wait.
    """
    if fact.by_points is not None:
        raise breach.refusal
    now, receipt = asking.now, fact.receipt
    held = reviews.Held(
        taken.snapshot.member_id,
        breach.reason,
        receipt.store,
        receipt.terminal,
        receipt.business_date,
        receipt.receipt,
        fact.amount_minor,
        kept(fact) | {"quoted": quoted},
        asking.client,
    )
    review_id = reviews.hold(session, held, now)
    seen = standing.true_at(editions, taken.snapshot, now, fresh_ids(now)).outcome()
    answer = {
        "review_id": ids.to_text(review_id),
        "status": "held_for_review",
        "reason": breach.reason,
        "balance": balances(seen),
        **standing_after(editions, seen),
        "edition": editions.at(now).number,
    }
    return Told(answer, taken.snapshot.member_id)
