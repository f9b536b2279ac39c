"""Goods come back against a receipt, and so do the points they gave (P7)."""

from dataclasses import asdict
from typing import Any

from sqlalchemy.orm import Session

from loyalty import ids, ledger, sales
from loyalty.actions.answers import balances, standing_after
from loyalty.actions.book import fresh_ids, take, write
from loyalty.actions.earn import AHEAD
from loyalty.actions.once import Asking, Told, Wish, once
from loyalty.decide.programme import Editions
from loyalty.decide.take_back import Issue, Sold, give_back_goods
from loyalty.errors import NotFound, SoldInFuture
from loyalty.reads.sale import SaleName, find_sale
from loyalty.rules import Awarded


def take_back(
    session: Session,
    editions: Editions,
    name: SaleName,
    fact: sales.Return,
    *,
    asking: Asking,
) -> tuple[dict[str, Any], bool]:
    """Take back what a sale gave, in part or whole, once; the return's reference is its business key.

    A blocked card does not stop a return. Raises NotFound, SoldInFuture, LineUnknown,
    TooMuchReturned, KeyReused.
    """
    now = asking.now

    found = find_sale(session, name)

    def do() -> Told:
        if found is None:
            raise NotFound
        member_id, op_id = found
        if fact.returned_at > now + AHEAD:
            raise SoldInFuture(returned_at=fact.returned_at.isoformat())
        taken = take(session, editions, member_id, now)
        sold = _sold(session, member_id, op_id)
        outcome = give_back_goods(editions, sold, fact, taken.snapshot, now, fresh_ids(now))
        write(session, editions, taken, outcome, now)
        booked = outcome.booked("return")
        sales.keep_return(session, member_id, booked.op_id, op_id, fact)
        answer = {
            "return_id": ids.pair_to_text(member_id, booked.op_id),
            "purchase_id": ids.pair_to_text(member_id, op_id),
            "taken_back": {part.unit: part.points - part.shortfall for part in booked.parts},
            "shortfall": {part.unit: part.shortfall for part in booked.parts if part.shortfall},
            "debt": {unit: a.debt for unit, a in sorted(outcome.after.accounts.items()) if a.debt},
            "balance": balances(outcome),
            **standing_after(editions, outcome),
            "edition": booked.edition,
        }
        return Told(answer, member_id, booked.op_id)

    content = {"sale": found, "fact": asdict(fact)}
    wish = Wish("return", asking, fact.reference.key, content, club_wide=True)
    return once(session, wish, do)


def _sold(session: Session, member_id: int, op_id: int) -> Sold:
    kept, earned = sales.sale(session, member_id, op_id), ledger.history.operation(session, member_id, op_id)
    if kept is None or earned is None:
        raise NotFound
    openers = ledger.history.opened_by(session, member_id, op_id)
    issues = {}
    for part in earned.parts:
        lines = ledger.history.entries_of(session, member_id, part.unit, part)
        for opened in ledger.history.operations(session, member_id, openers.get(part.unit, [])):
            lines += ledger.history.entries_of(session, member_id, part.unit, opened.part(part.unit))
        issues[part.unit] = tuple(
            Issue(line.lot, line.points, line.counts_on)
            for line in lines
            if line.contra == "issued" and line.counts_on is not None
        )
    withdrawn = ledger.history.withdrawn(session, member_id, op_id)
    taken = {part.unit: part.undone - withdrawn.get(part.unit, 0) for part in earned.parts}
    award = tuple(
        Awarded(rule, unit, points, tuple(lines), rounding, delay)
        for rule, unit, points, lines, rounding, delay in kept.award
    )
    return Sold(op_id, earned.edition, kept.purchase.lines, award, kept.returns, issues, taken)
