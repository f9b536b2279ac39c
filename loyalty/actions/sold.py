"""A sale in the books, as its returns and its cancellation find it; what both tell and leave behind."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from loyalty import ledger, members, policies, sales
from loyalty.actions.answers import balances, standing_after
from loyalty.decide.cancel import is_void
from loyalty.decide.outcome import Outcome
from loyalty.decide.programme import Editions
from loyalty.decide.resuming import Added, Gone
from loyalty.decide.take_back import Issue, Sold
from loyalty.errors import NotFound
from loyalty.ledger import Operation
from loyalty.money import money_text
from loyalty.reads.spending import spent_by
from loyalty.rules import Awarded


def load_sold(session: Session, member_id: int, kept: sales.SaleKept) -> Sold:
    """What the sale gave, what of it was taken, and what it was paid with. Raises NotFound."""
    return replace(
        load_given(session, member_id, kept.op_id, kept.award),
        lines=kept.purchase.lines,
        returns=kept.returns,
        tenders=kept.purchase.tenders,
        spent=spent_by(session, member_id, kept.spent[0]) if kept.spent is not None else None,
    )


def load_given(session: Session, member_id: int, op_id: int, award: Iterable[Sequence[Any]]) -> Sold:
    """What an operation gave by its award, as it is kept, and what of it was taken. Raises NotFound."""
    earned = ledger.history.operation(session, member_id, op_id)
    if earned is None:
        raise NotFound
    promising = ((member_id, op_id), *ledger.merged.promised_by(session, member_id, op_id))
    issues = {}
    for part in earned.parts:
        lines = ledger.history.entries_of(session, member_id, part.unit, part)
        for whose, since in promising:
            lines += _opened(session, whose, since, part.unit)
        issues[part.unit] = tuple(
            Issue(line.lot, line.points, line.counts_on)
            for line in lines
            if line.contra == "issued" and line.counts_on is not None
        )
    withdrawn = ledger.history.withdrawn(session, member_id, op_id)
    return Sold(
        op_id,
        earned.edition,
        (),
        tuple(
            Awarded(rule, unit, points, tuple(lines), rounding)
            for rule, unit, points, lines, rounding, *_ in award
        ),
        (),
        issues,
        {part.unit: part.undone - withdrawn.get(part.unit, 0) for part in earned.parts},
        sums=earned.sums,
    )


def _opened(session: Session, member_id: int, op_id: int, unit: str) -> list[ledger.history.EntryLine]:
    """The entries by which promises of an operation became usable."""
    numbers = ledger.history.opened_by(session, member_id, op_id).get(unit, [])
    return [
        line
        for opened in ledger.history.operations(session, member_id, numbers)
        for line in ledger.history.entries_of(session, member_id, unit, opened.part(unit))
    ]


def gone_with(
    session: Session, editions: Editions, member_id: int, op_id: int, *, void: bool, now: datetime
) -> Gone | None:
    """What of a member's sales and policies counts as never made, once one is void or comes back (T10).

    That is all that is void, and where the terms say so whatever came back; None where this changes nothing,
    and of whoever was merged: the survivor's terms are not of that alone (M6).
    """
    if members.current(session, member_id) != member_id:
        return None
    returns_too = resumes_on_return(editions, now)
    if not (void or returns_too):
        return None
    found = [
        back.op_id
        for back in sales.undone(session, member_id)
        if returns_too or (back.cancelled_at and is_void(editions, back.sold_at, back.cancelled_at))
    ]
    mine = frozenset([*found, *policies.void_operations(session, member_id), op_id])
    return Gone(mine, tuple(Added(*row) for row in ledger.additions(session, member_id, sorted(mine))))


def resumes_on_return(editions: Editions, now: datetime) -> bool:
    """Whether the terms in force let a plain return end a term that it alone caused (T10)."""
    return editions.at(now).programme.ladder.terms.on_reversal == "resume"


def taken_view(editions: Editions, outcome: Outcome, booked: Operation) -> dict[str, Any]:
    """What a till hears of points that were taken back, and of the member after it."""
    return {
        "taken_back": {part.unit: part.points - part.shortfall for part in booked.parts},
        "shortfall": {part.unit: part.shortfall for part in booked.parts if part.shortfall},
        "debt": {unit: a.debt for unit, a in sorted(outcome.after.accounts.items()) if a.debt},
        "balance": balances(outcome),
        **standing_after(editions, outcome),
        "edition": booked.edition,
    }


def refund_view(refund: sales.Refund, currency: str) -> dict[str, Any]:
    """What goes back to the customer, as a till hears it."""
    return {
        "money_by_tender": {
            kind: money_text(minor, currency) for kind, minor in refund.money.items() if minor
        },
        "points": {unit: points for unit, points in refund.points.items() if points},
    }
