"""What tills tell: a finished sale, and goods coming back. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from loyalty.errors import ExchangeNegative, LineUnknown, TendersUneven, TooMuchReturned
from loyalty.money import money_text

BY_POINTS = "points"  #: the kind of a tender that members pay with points (P17)
_SINCE_TENDERS = ("tenders", "rounding_minor", "quote_id", "goods", "attributes")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a receipt: quantity in thousandths, amount in minor units, net of discounts.

    Goods handed back in an exchange are a line below zero.
    """

    line: int
    sku: str
    category: str
    quantity_thousandths: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """The business key of a sale: together these four name it for ever (P2)."""

    store: str
    terminal: str
    business_date: date
    receipt: str

    @property
    def key(self) -> tuple[str, ...]:
        """The key as text, in the order tills print it."""
        return self.store, self.terminal, self.business_date.isoformat(), self.receipt


@dataclass(frozen=True, slots=True)
class Tender:
    """How a part of a sale was paid; points are spent at once, or were set aside by `hold` (P17)."""

    kind: str
    amount_minor: int
    unit: str | None = None
    points: int = 0
    hold: tuple[int, int] | None = None  #: (member id, operation id)


@dataclass(frozen=True, slots=True)
class Purchase:
    """A finished sale; where tenders are told, they pay the lines and the rounding."""

    receipt: Receipt
    sold_at: datetime
    currency: str
    lines: tuple[Line, ...]
    cashier: str | None = None
    tenders: tuple[Tender, ...] = ()
    rounding_minor: int = 0
    quote_id: str | None = None
    attributes: Mapping[str, str | int | bool] = field(default_factory=dict)  #: what rules may ask of it

    @property
    def amount_minor(self) -> int:
        """The sum of the lines."""
        return sum([line.amount_minor for line in self.lines])

    @property
    def by_points(self) -> Tender | None:
        """The tender that is paid with points."""
        for tender in self.tenders:
            if tender.kind == BY_POINTS:
                return tender
        return None


@dataclass(frozen=True, slots=True)
class Basket:
    """What is about to be bought: a sale without a receipt, and perhaps without an instant."""

    store: str
    terminal: str
    currency: str
    lines: tuple[Line, ...]
    sold_at: datetime | None = None
    cashier: str | None = None
    attributes: Mapping[str, str | int | bool] = field(default_factory=dict)

    def sold(self, now: datetime, day: date) -> Purchase:
        """The sale as if it were finished now; its receipt has no number."""
        receipt = Receipt(self.store, self.terminal, day, "")
        sold_at, told = self.sold_at or now, self.attributes
        return Purchase(receipt, sold_at, self.currency, self.lines, self.cashier, attributes=told)


@dataclass(frozen=True, slots=True)
class ReturnedLine:
    """Goods of one line that came back."""

    line: int
    quantity_thousandths: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Return:
    """Goods coming back against a receipt, by line or by an amount that no line carries; or without one."""

    reference: Receipt
    returned_at: datetime
    lines: tuple[ReturnedLine, ...] = ()
    amount_minor: int = 0
    goods: tuple[Line, ...] = ()  #: what came back without a receipt


_PARTS = (Line, Receipt, Tender, ReturnedLine)  #: of a fact; they have no parts themselves


@dataclass(frozen=True, slots=True)
class Refund:
    """What goes back to the customer for goods: money by kind of tender, and points by unit."""

    money: Mapping[str, int] = field(default_factory=dict)
    points: Mapping[str, int] = field(default_factory=dict)


def content(fact: Purchase | Return) -> dict[str, Any]:
    """All that would make it another fact; what younger releases can tell counts only where it was told."""
    told = {name: getattr(fact, name) for name in fact.__slots__}
    return {name: _plain(value) for name, value in told.items() if value or name not in _SINCE_TENDERS}


def _plain(value: Any) -> Any:
    kind = type(value)
    if kind is tuple:
        return [_plain(one) for one in value]
    return {name: getattr(value, name) for name in kind.__slots__} if kind in _PARTS else value


@dataclass(frozen=True, slots=True)
class Returned:
    """All that came back of one sale so far."""

    quantity: Mapping[int, int]  #: line → thousandths
    amount: Mapping[int, int]  #: line → minor units
    unlined_minor: int = 0

    @property
    def in_all_minor(self) -> int:
        """What came back by lines and by amounts."""
        return sum(self.amount.values()) + self.unlined_minor

    @classmethod
    def of(cls, returns: Iterable[Return]) -> "Returned":
        """The sum of several returns; their order does not matter."""
        quantity: dict[int, int] = {}
        amount: dict[int, int] = {}
        unlined = 0
        for back in returns:
            unlined += back.amount_minor
            for part in back.lines:
                quantity[part.line] = quantity.get(part.line, 0) + part.quantity_thousandths
                amount[part.line] = amount.get(part.line, 0) + part.amount_minor
        return cls(quantity, amount, unlined)


def check_paid(sale: Purchase) -> None:
    """Lines and rounding come to what the tenders pay, where these are told; a sale is not below zero.

    Raises ExchangeNegative, TendersUneven.
    """
    if sale.amount_minor < 0:
        raise ExchangeNegative
    due, paid = sale.amount_minor + sale.rounding_minor, sum(tender.amount_minor for tender in sale.tenders)
    if due != paid and (sale.tenders or sale.rounding_minor):
        raise TendersUneven(due=money_text(due, sale.currency), paid=money_text(paid, sale.currency))


def check_returned(lines: Iterable[Line], returned: Returned) -> None:
    """Returned ≤ bought per line and in all (P10).

    Raises LineUnknown, TooMuchReturned.
    """
    bought = {line.line: line for line in lines}
    for no in returned.amount:
        if no not in bought:
            raise LineUnknown(line=no)
        over_quantity = returned.quantity[no] > bought[no].quantity_thousandths
        if over_quantity or returned.amount[no] > bought[no].amount_minor:
            raise TooMuchReturned(line=no)
    if returned.in_all_minor > sum(line.amount_minor for line in bought.values()):
        raise TooMuchReturned()


def remaining_share(lines: Iterable[Line], counted: tuple[int, ...], returned: Returned) -> Fraction:
    """Which share of the counted lines the member still keeps, from 0 to 1; () counts every line (N4).

    By amounts; where these lines cost nothing, by quantities. An amount that names no line is spread over
    what is left of all lines: the share depends on what came back in all, never on the order of returns.
    """
    all_lines = tuple(lines)
    mine = [line for line in all_lines if not counted or line.line in counted]
    paid = sum(line.amount_minor for line in all_lines)
    left = paid - sum(returned.amount.values())
    spread = Fraction(left - returned.unlined_minor, left) if left > 0 else Fraction(0 if paid else 1)
    if bought := sum(line.amount_minor for line in mine):
        back = sum(returned.amount.get(line.line, 0) for line in mine)
    else:
        bought = sum(line.quantity_thousandths for line in mine)
        back = sum(returned.quantity.get(line.line, 0) for line in mine)
    kept = Fraction(bought - back, bought) * spread if bought else Fraction(1)
    return min(max(kept, Fraction(0)), Fraction(1))  # an exchange may overshoot
