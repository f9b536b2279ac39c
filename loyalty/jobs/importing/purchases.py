"""Rows of a file as sales and returns: a row a line, rows of one receipt together (N2)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from loyalty import calendar
from loyalty.decide.club import Club
from loyalty.jobs.importing.cells import Cells
from loyalty.jobs.importing.table import Fault, Row
from loyalty.money import MINOR_DIGITS
from loyalty.sales import Line, Purchase, Receipt, Return

BEARERS = ("reference", "card", "member_id")
FIELDS = (*BEARERS, "store", "terminal", "business_date", "receipt", "sold_at", "cashier", "currency",
          "line", "sku", "category", "quantity", "amount", "unit_price")  # fmt: skip
NEEDED = (BEARERS, ("store",), ("terminal",), ("receipt",), ("sold_at",), ("amount", "unit_price"))
_MOST_MINOR = 10**15
_MOST_THOUSANDTHS = 10**12

Named = tuple[str, str]  #: by which field a member is named, and how


@dataclass(frozen=True, slots=True)
class ToldReceipt:
    """One receipt of the file: a sale, or goods that came back."""

    lines: Sequence[int]
    named: Named
    fact: Purchase | Return

    @property
    def line(self) -> int:
        """Where it begins."""
        return self.lines[0]

    @property
    def at(self) -> datetime:
        """When it happened."""
        return self.fact.sold_at if isinstance(self.fact, Purchase) else self.fact.returned_at

    @property
    def receipt(self) -> Receipt:
        """What names it."""
        return self.fact.receipt if isinstance(self.fact, Purchase) else self.fact.reference


@dataclass(slots=True)
class ReadReceipts:
    """What the file says, in the order of time."""

    receipts: list[ToldReceipt] = field(default_factory=list)
    lines: int = 0
    rounded: int = 0  #: lines whose amount was rounded to minor units, half up
    nobodys: int = 0  #: rows that name no member: no matter of the club's


@dataclass(frozen=True, slots=True)
class _Said:
    """What one row says."""

    receipt: Receipt
    sold_at: datetime
    cashier: str | None
    line: int | None
    sku: str
    category: str
    quantity_thousandths: int
    exact_minor: Decimal


@dataclass(slots=True)
class _Growing:
    """A receipt as far as its rows were read."""

    rows: list[int]
    named: Named
    sold_at: datetime
    cashier: str | None
    lines: dict[int, Line] = field(default_factory=dict)


class _Reader:
    """Rows put together to receipts."""

    def __init__(self, club: Club, faults: list[Fault]) -> None:
        self._club, self._faults = club, faults
        self._growing: dict[Receipt, _Growing] = {}
        self._nobodys: dict[Receipt, int] = {}
        self.read = ReadReceipts()

    def take(self, row: Row) -> None:
        """Add a row to its receipt."""
        bearer = next((name for name in BEARERS if name in row.cells), None)
        if bearer is None:
            self.read.nobodys += 1
            if (head := _head(Cells(row, []), self._club)) is not None:
                self._nobodys.setdefault(head[0], row.line)
            return
        cells = Cells(row, self._faults)
        name, said = cells.text(bearer, 100), _said(cells, self._club)
        if name is not None and said is not None:
            self._grow(cells, (bearer, name), said)

    def done(self) -> ReadReceipts:
        """All receipts, once every row was taken."""
        for key in self._growing.keys() & self._nobodys.keys():
            says = f"names no member, as the receipt does on line {self._growing[key].rows[0]}"
            self._faults.append(Fault(self._nobodys[key], "", says))
        told = (
            ToldReceipt(one.rows, one.named, _fact(key, one, self._club))
            for key, one in self._growing.items()
        )
        self.read.receipts = sorted(told, key=lambda one: (one.at, one.line))
        return self.read

    def _grow(self, cells: Cells, named: Named, said: _Said) -> None:
        one = self._growing.setdefault(said.receipt, _Growing([], named, said.sold_at, said.cashier))
        one.rows.append(cells.line)
        number = len(one.lines) + 1 if said.line is None else said.line
        if one.named != named:
            cells.note(named[0], f"on line {one.rows[0]} the receipt is another member's")
        elif number in one.lines:
            cells.note("line", f"the receipt of line {one.rows[0]} has a line {number} already")
        minor = int(said.exact_minor.quantize(Decimal(1), ROUND_HALF_UP))
        one.lines[number] = Line(number, said.sku, said.category, said.quantity_thousandths, minor)
        one.sold_at = max(one.sold_at, said.sold_at)
        self.read.lines += 1
        self.read.rounded += minor != said.exact_minor


def read_receipts(rows: Iterable[Row], club: Club, faults: list[Fault]) -> ReadReceipts:
    """The receipts of these rows; what is wrong is noted.

    A receipt is named by store, terminal, business date and number; without a business date by the local day.
    It happened when its latest row did. A total below nil is a return without a receipt.
    """
    reader = _Reader(club, faults)
    for row in rows:
        reader.take(row)
    return reader.done()


def _said(cells: Cells, club: Club) -> _Said | None:
    head = _head(cells, club)
    cells.choice("currency", (club.currency,))
    quantity = cells.steps("quantity", 3) if cells.has("quantity") else 1000
    said = (
        cells.text("cashier", 40),
        cells.steps("line", 0),
        cells.text("sku", 60),
        cells.text("category", 60),
    )
    exact = _exact_minor(cells, quantity, MINOR_DIGITS[club.currency])
    if cells.faulty or head is None or quantity is None or exact is None:
        return None
    if abs(exact) > _MOST_MINOR or abs(quantity) > _MOST_THOUSANDTHS:
        cells.note("amount", "is too large")
    cashier, line, sku, category = said
    return _Said(*head, cashier, line, sku or "", category or "", quantity, exact)


def _head(cells: Cells, club: Club) -> tuple[Receipt, datetime] | None:
    """Which receipt a row belongs to, and when it was."""
    cells.ask("store", "terminal", "receipt", "sold_at")
    store, terminal, number = cells.text("store", 40), cells.text("terminal", 40), cells.text("receipt", 60)
    day, sold_at = cells.day("business_date"), cells.instant("sold_at", club.time_zone)
    if cells.faulty or store is None or terminal is None or number is None or sold_at is None:
        return None
    return Receipt(store, terminal, day or calendar.local_day(sold_at, club.time_zone), number), sold_at


def _exact_minor(cells: Cells, quantity_thousandths: int | None, digits: int) -> Decimal | None:
    if cells.has("amount"):
        amount = cells.number("amount")
        return None if amount is None else amount.scaleb(digits)
    cells.ask("unit_price")
    price = cells.number("unit_price")
    if price is None or quantity_thousandths is None:
        return None
    return price * Decimal(quantity_thousandths).scaleb(digits - 3)


def _fact(key: Receipt, one: _Growing, club: Club) -> Purchase | Return:
    lines = tuple(one.lines.values())
    if sum(line.amount_minor for line in lines) >= 0:
        return Purchase(key, one.sold_at, club.currency, lines, one.cashier)
    goods = (
        Line(line.line, line.sku, line.category, -line.quantity_thousandths, -line.amount_minor)
        for line in lines
    )
    return Return(key, one.sold_at, goods=tuple(goods))
