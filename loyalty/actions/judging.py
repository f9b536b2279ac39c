"""By what a sale is judged, what was odd about the telling of it, and what a till hears of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from loyalty import ids, sales
from loyalty.actions.answers import awarded, balances, standing_after
from loyalty.actions.once import Asking, Wish
from loyalty.actions.who import Bearer
from loyalty.decide import giving, paying
from loyalty.decide.ceilings import SaleWatch, Watch, refuse_ahead, terminal_of, watch, watch_sale
from loyalty.decide.outcome import Outcome
from loyalty.decide.programme import Editions
from loyalty.errors import CurrencyForeign, Invalid
from loyalty.ledger import Operation
from loyalty.reads.sale import paid_with_points
from loyalty.usage import UsageKey

OWN_CARD = "own_card"  #: the flag of a sale on the cashier's own card


@dataclass(frozen=True, slots=True)
class Judging:
    """By what a sale is judged, and what was odd about the telling of it."""

    at: datetime
    quoted: int | None  #: the edition that a quote fixed (P13)
    quote: str | None  #: whether a quote was used or had expired
    spending: Watch | None  #: the ceilings on points that are spent at once
    guard: SaleWatch  #: what keeps it from being booked at once
    flags: tuple[str, ...]
    told: Mapping[str, object]  #: its attributes

    def keys(self, editions: Editions, member_id: int) -> set[UsageKey]:
        """The counters that must be locked first."""
        keys = giving.limit_keys(editions, "purchase", self.at, member_id, self.quoted, self.told)
        keys |= self.guard.keys(member_id)
        return keys | self.spending.keys(member_id) if self.spending else keys


def wish_of(bearer: Bearer, fact: sales.Purchase, asking: Asking) -> Wish:
    """The wish that a sale be booked: its receipt names it, for the whole club."""
    content = {"bearer": bearer.content, "fact": sales.content(fact)}
    return Wish("purchase", asking, fact.receipt.key, content, club_wide=True)


def check_sale(editions: Editions, fact: sales.Purchase, now: datetime, *, offline: bool = False) -> None:
    """Raises ExchangeNegative, TendersUneven, SoldInFuture, CurrencyForeign; Invalid for points offline."""
    sales.check_paid(fact)
    if offline and fact.by_points is not None:
        raise Invalid(fields={"tenders": "points are not spent offline"})
    if not offline:
        refuse_ahead(now, sold_at=fact.sold_at)
    currency = editions.at(now).programme.club.currency
    if fact.currency != currency:
        raise CurrencyForeign(currency=fact.currency, club=currency)


def judging(
    editions: Editions, fact: sales.Purchase, asking: Asking, secrets: Iterable[bytes], *, offline: bool
) -> Judging:
    """By what a sale is judged that is told now. Raises QuoteUnknown."""
    now, tender = asking.now, fact.by_points
    happened_at = min(fact.sold_at, now)
    in_time = giving.in_time(editions, happened_at, now)
    terminal = terminal_of(fact.receipt.store, fact.receipt.terminal)
    pays_at_once = tender is not None and tender.hold is None
    quote = sales.opened(fact.quote_id, asking.client, secrets) if fact.quote_id is not None else None
    fixed = quote is not None and happened_at < quote.valid_until and in_time
    return Judging(
        at=happened_at if in_time else now,
        quoted=quote.edition if quote and fixed else None,
        quote=None if quote is None else "used" if fixed else "expired",
        spending=watch(editions, "spend", terminal, now, now) if pays_at_once else None,
        guard=SaleWatch() if asking.imported_at else watch_sale(editions, fact, now, offline=offline),
        flags=flags_of(fact, now, in_time=in_time),
        told=fact.attributes,
    )


def flags_of(fact: sales.Purchase, told_at: datetime, *, in_time: bool) -> tuple[str, ...]:
    """What was odd about the telling of a sale; `in_time`: it is judged as of when it happened."""
    late = () if in_time else ("late",)
    return (*late, "clock_ahead") if fact.sold_at > told_at else late


def paid_by(outcome: Outcome) -> Operation | None:
    """The operation that paid a sale with points."""
    return next((operation for operation in outcome.operations if operation.kind in paying.SPENDING), None)


def spent_by(outcome: Outcome) -> tuple[int, str] | None:
    """The operation that paid the sale with points, and their unit."""
    paid = paid_by(outcome)
    return (paid.op_id, paid.parts[0].unit) if paid else None


def sale_answer(editions: Editions, fact: sales.Purchase, outcome: Outcome, by: Judging) -> dict[str, Any]:
    """What a till hears of a sale that was booked."""
    operation, member_id = outcome.booked("earn"), outcome.after.member_id
    return {
        "purchase_id": ids.pair_to_text(member_id, operation.op_id),
        "award": awarded(outcome),
        "paid_with_points": paid_with_points(fact, member_id, spent_by(outcome)),
        "balance": balances(outcome),
        **standing_after(editions, outcome),
        "edition": operation.edition,
        "quote": by.quote,
        "flags": list(by.flags),
        "late": "late" in by.flags,
        "clock_ahead": "clock_ahead" in by.flags,
    }
