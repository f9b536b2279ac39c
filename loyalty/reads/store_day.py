"""What one store sold and took back on one of its business days, receipt by receipt."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from loyalty import reviews
from loyalty.sales import BY_POINTS, Sale, SaleReturn

Kind = Literal["sale", "return"]
State = Literal["booked", "cancelled", "under_review"]


@dataclass(frozen=True, slots=True)
class Slip:
    """One receipt of the day as our books have it."""

    terminal: str
    receipt: str
    kind: Kind
    amount_minor: int
    state: State = "booked"
    redeemed_minor: int = 0  #: what of it was paid with points

    @property
    def key(self) -> tuple[str, Kind, str]:
        """What names it within its store's day."""
        return self.terminal, self.kind, self.receipt


@dataclass(frozen=True, slots=True)
class Total:
    """So many receipts, and what they come to."""

    count: int = 0
    amount_minor: int = 0


def slips(session: Session, store: str, day: date) -> list[Slip]:
    """Every receipt that was told for that day."""
    return [*_sales(session, store, day), *_returns(session, store, day), *_held(session, store, day)]


def totals(found: Iterable[Slip]) -> dict[str, Total]:
    """What the booked ones among them come to."""
    sums = {"sales": Total(), "returns": Total(), "redeemed": Total()}

    def add(name: str, minor: int) -> None:
        sums[name] = Total(sums[name].count + 1, sums[name].amount_minor + minor)

    for slip in found:
        if slip.state == "booked":
            add("sales" if slip.kind == "sale" else "returns", slip.amount_minor)
            if slip.redeemed_minor:
                add("redeemed", slip.redeemed_minor)
    return sums


def _sales(session: Session, store: str, day: date) -> Iterator[Slip]:
    columns = (Sale.terminal, Sale.receipt, Sale.amount_minor, Sale.cancelled_at, Sale.tenders)
    mine = (Sale.store == store, Sale.business_date == day)
    for terminal, receipt, amount_minor, cancelled_at, tenders in session.execute(
        select(*columns).where(*mine)
    ):
        redeemed_minor = sum(minor for kind, minor, *_ in tenders if kind == BY_POINTS)
        state: State = "booked" if cancelled_at is None else "cancelled"
        yield Slip(terminal, receipt, "sale", amount_minor, state, redeemed_minor)


def _returns(session: Session, store: str, day: date) -> Iterator[Slip]:
    columns = (SaleReturn.terminal, SaleReturn.return_ref, SaleReturn.amount_minor, SaleReturn.lines)
    mine = (SaleReturn.store == store, SaleReturn.business_date == day)
    for terminal, return_ref, unlined_minor, lines in session.execute(select(*columns).where(*mine)):
        # The amount is the last cell of a returned line, and of one that came back without a receipt.
        yield Slip(terminal, return_ref, "return", unlined_minor + sum(line[-1] for line in lines))


def _held(session: Session, store: str, day: date) -> Iterator[Slip]:
    for held in reviews.of_day(session, store, day):
        yield Slip(held.terminal, held.receipt, "sale", held.amount_minor, "under_review")
