"""A sale in the books, for a till's reprint."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from loyalty import calendar, ids, ledger, sales
from loyalty.decide.programme import Editions
from loyalty.errors import NotFound
from loyalty.money import money_text
from loyalty.sales import Returned


def promise_view(
    unit: str, points: int, opens_at: datetime | None, event: str | None, lapses_at: datetime | None
) -> dict[str, Any]:
    """Points that become usable later, as a till hears of them (P11)."""
    return {
        "unit": unit,
        "points": points,
        "opens_at": calendar.instant_text(opens_at) if opens_at else None,
        "event": event,
        "lapses_at": calendar.instant_text(lapses_at) if lapses_at else None,
    }


@dataclass(frozen=True, slots=True)
class SaleName:
    """How a till names a sale: by our id for it, or by its receipt."""

    member_id: int | None = None
    op_id: int | None = None
    receipt: sales.Receipt | None = None


def find_sale(session: Session, name: SaleName) -> tuple[int, int] | None:
    """The member and the operation of a sale; by our id, without asking whether there is such a sale."""
    member_id, op_id = name.member_id, name.op_id
    if name.receipt is not None:
        claims = ledger.claims
        claimed = claims.find(session, claims.scope_of("purchase", None), claims.key_of(name.receipt.key))
        member_id, op_id = (claimed.member_id, claimed.op_id) if claimed else (None, None)
    return None if member_id is None or op_id is None else (member_id, op_id)


def sale_view(session: Session, editions: Editions, name: SaleName) -> dict[str, Any]:
    """A sale, its award, and what came back of it. Raises NotFound."""
    found = find_sale(session, name)
    if found is None:
        raise NotFound
    member_id, op_id = found
    kept = sales.sale(session, member_id, op_id)
    done = ledger.history.operation(session, member_id, op_id)
    if kept is None or done is None:
        raise NotFound
    fact, back = kept.purchase, Returned.of(kept.returns)
    return {
        "purchase_id": ids.pair_to_text(member_id, op_id),
        "store": fact.receipt.store,
        "terminal": fact.receipt.terminal,
        "business_date": fact.receipt.business_date,
        "receipt": fact.receipt.receipt,
        "sold_at": fact.sold_at,
        "cashier": fact.cashier,
        "currency": fact.currency,
        "amount": money_text(fact.amount_minor, fact.currency),
        "returned": money_text(back.in_all_minor, fact.currency),
        "lines": _lines_view(fact, back),
        **_payment_view(kept, member_id),
        "award": award_view(session, editions, member_id, op_id),
        "edition": done.edition,
    }


def award_view(session: Session, editions: Editions, member_id: int, op_id: int) -> dict[str, Any]:
    """What the rules gave for a sale, why, and what of it was promised for later. Raises NotFound."""
    done = ledger.history.operation(session, member_id, op_id)
    if done is None:
        raise NotFound
    given = {part.unit: part.points for part in done.parts}
    return {
        "units": {unit: given.get(unit, 0) for unit in sorted(editions.number(done.edition).programme.units)},
        "because": [
            {"rule": rule, "unit": unit, "points": points}
            for rule, unit, points in done.reasons.get("because", [])
        ],
        "pending": [promise_view(*promise) for promise in ledger.history.promises(session, member_id, op_id)],
    }


def _lines_view(fact: sales.Purchase, back: Returned) -> list[dict[str, Any]]:
    return [
        {
            "line": line.line,
            "sku": line.sku,
            "category": line.category,
            "quantity": line.quantity_thousandths,
            "amount": money_text(line.amount_minor, fact.currency),
            "returned_quantity": back.quantity.get(line.line, 0),
            "returned_amount": money_text(back.amount.get(line.line, 0), fact.currency),
        }
        for line in fact.lines
    ]


def _payment_view(kept: sales.SaleKept, member_id: int) -> dict[str, Any]:
    """How a sale was paid, and what was odd about it."""
    fact = kept.purchase
    return {
        "tenders": [
            {"kind": one.kind, "amount": money_text(one.amount_minor, fact.currency)} for one in fact.tenders
        ],
        "rounding": money_text(fact.rounding_minor, fact.currency),
        "paid_with_points": paid_with_points(fact, member_id, kept.spent),
        "flags": list(kept.flags),
        "cancelled_at": kept.cancelled_at,
    }


def paid_with_points(
    fact: sales.Purchase, member_id: int, spent: tuple[int, str] | None
) -> dict[str, Any] | None:
    """What of a sale was paid with points; `spent` is the operation that did it, and the unit."""
    tender = fact.by_points
    if tender is None or spent is None:
        return None
    op_id, unit = spent
    return {
        "unit": unit,
        "points": tender.points,
        "money": money_text(tender.amount_minor, fact.currency),
        "redemption_id": ids.pair_to_text(member_id, op_id),
    }
