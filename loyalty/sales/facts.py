"""What tills tell: a finished sale, and goods coming back. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from loyalty.errors import LineUnknown, TooMuchReturned


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a receipt: quantity in thousandths, amount in minor units, net of discounts."""

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
class Purchase:
    """A finished sale."""

    receipt: Receipt
    sold_at: datetime
    currency: str
    lines: tuple[Line, ...]
    cashier: str | None = None

    @property
    def amount_minor(self) -> int:
        """The sum of the lines."""
        return sum(line.amount_minor for line in self.lines)


@dataclass(frozen=True, slots=True)
class ReturnedLine:
    """Goods of one line that came back."""

    line: int
    quantity_thousandths: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Return:
    """Goods coming back against a receipt: by line, or by an amount that no line carries."""

    reference: Receipt
    returned_at: datetime
    lines: tuple[ReturnedLine, ...] = ()
    amount_minor: int = 0


@dataclass(frozen=True, slots=True)
class Returned:
    """All that came back of one sale so far."""

    quantity: Mapping[int, int]  #: line → thousandths
    amount: Mapping[int, int]  #: line → minor units
    unlined_minor: int = 0

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
    in_all = sum(returned.amount.values()) + returned.unlined_minor
    if in_all > sum(line.amount_minor for line in bought.values()):
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
