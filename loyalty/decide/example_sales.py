"""What the member of an example buys and brings back. Pure."""

from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from loyalty.decide import attributes
from loyalty.decide.attributes import Attributes
from loyalty.decide.example_vocabulary import Vocabulary
from loyalty.document import Section

MOST_LINES = 200


@dataclass(frozen=True, slots=True)
class LineFact:
    """One line of a purchase, numbered from 1; negative when goods are handed back in an exchange."""

    no: int
    sku: str
    category: str
    quantity: Fraction
    amount_minor: int


@dataclass(frozen=True, slots=True)
class PurchaseFact:
    """The member buys."""

    receipt: str
    at: datetime
    store: str
    terminal: str
    lines: tuple[LineFact, ...]
    paid_with_points: tuple[str, int] | None = None  #: the unit, and how many
    attributes: Attributes = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReturnLineFact:
    """What comes back of one line."""

    line: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class ReturnFact:
    """Goods of a receipt come back: by line, or by amount."""

    receipt: str
    at: datetime
    lines: tuple[ReturnLineFact, ...]  #: () when by amount
    amount_minor: int | None  #: None when by line


def purchase(section: Section, words: Vocabulary) -> PurchaseFact:
    """A sale: `purchase = { receipt = "1", at = …, lines = [{ category = "home", amount = "10.00" }] }`."""
    lines = tuple(
        LineFact(
            no=no,
            sku=line.text("sku", ""),
            category=line.text("category", ""),
            quantity=line.decimal("quantity", Fraction(1)),
            amount_minor=line.minor("amount", words.currency, signed=True),
        )
        for no, line in enumerate(section.tables("lines", least=1, most=MOST_LINES), start=1)
    )
    return PurchaseFact(
        receipt=section.text("receipt"),
        at=section.instant("at"),
        store=section.text("store", ""),
        terminal=section.text("terminal", ""),
        lines=lines,
        paid_with_points=_paid_with_points(section, words),
        attributes=attributes.parse(section),
    )


def _paid_with_points(section: Section, words: Vocabulary) -> tuple[str, int] | None:
    table = section.table("paid_with_points") if section.has("paid_with_points") else None
    if table is None:
        return None
    unit = words.unit(table)
    return unit, words.steps(table, unit, least=1)


def goods_back(section: Section, words: Vocabulary) -> ReturnFact:
    """A return: `return = { receipt = "1", at = …, amount = "10.00" }`, or by `lines`."""
    receipt, at = section.text("receipt"), section.instant("at")
    if section.has("lines") == section.has("amount"):
        section.skip()
        section.note("lines", "a return is by lines or by amount")
        return ReturnFact(receipt, at, (), None)
    if section.has("amount"):
        return ReturnFact(receipt, at, (), section.minor("amount", words.currency))
    lines = tuple(
        ReturnLineFact(line.whole("line", least=1, most=MOST_LINES), line.minor("amount", words.currency))
        for line in section.tables("lines", least=1, most=MOST_LINES)
    )
    return ReturnFact(receipt, at, lines, None)
