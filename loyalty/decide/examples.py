"""The examples a programme carries: dated facts of one member's life, and what they must lead to. Pure."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Literal

from loyalty.decide import attributes, example_policies
from loyalty.decide.attributes import Attributes
from loyalty.decide.example_policies import PolicyFact
from loyalty.document import Section
from loyalty.errors import MOST_POINTS

MOST_EXAMPLES = 500
MOST_FACTS = 200
MOST_LINES = 200

Yearly = Literal["birthday", "anniversary"]


@dataclass(frozen=True, slots=True)
class EnrolFact:
    """The member joins."""

    at: datetime
    birth_date: date | None
    attributes: Attributes = field(default_factory=dict)  #: the member's


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


@dataclass(frozen=True, slots=True)
class RedeemFact:
    """The member spends points."""

    at: datetime
    unit: str
    points: int


@dataclass(frozen=True, slots=True)
class AdjustFact:
    """Staff correct the points, up or down."""

    at: datetime
    unit: str
    points: int


@dataclass(frozen=True, slots=True)
class ActivityFact:
    """Something the member does; of one sale if `about` names its receipt."""

    at: datetime
    kind: str
    attributes: Attributes
    about: str | None


@dataclass(frozen=True, slots=True)
class YearlyFact:
    """The member's birthday or anniversary, as the night gives it; the example says the instant."""

    at: datetime
    on: Yearly


TillFact = PurchaseFact | ReturnFact | RedeemFact
ExampleFact = EnrolFact | TillFact | AdjustFact | ActivityFact | YearlyFact | PolicyFact


@dataclass(frozen=True, slots=True)
class Expectation:
    """What must be true at the example's instant; None where nothing is said. Points are smallest steps."""

    points: Mapping[str, int] | None = None  #: available, by unit
    pending: Mapping[str, int] | None = None
    debt: Mapping[str, int] | None = None
    tier: str | None = None  #: "" is the state below the first tier
    last_day: date | None = None  #: of the running term
    refusal: str | None = None  #: the code with which the last fact is refused


@dataclass(frozen=True, slots=True)
class Example:
    """One life, told in facts in the order of time, and its outcome at an instant."""

    say: str
    facts: tuple[ExampleFact, ...]
    at: datetime
    expect: Expectation


@dataclass(frozen=True, slots=True)
class _Terms:
    """What the rest of the programme has to offer to an example."""

    decimals: Mapping[str, int]
    currency: str
    tiers: Collection[str]


def parse(
    document: Section, decimals: Mapping[str, int], currency: str, tiers: Collection[str]
) -> tuple[Example, ...]:
    """The sections `example`; units with their decimals, currency and tiers are the programme's."""
    terms = _Terms(decimals, currency, tiers)
    return tuple(_example(section, terms) for section in document.tables("example", most=MOST_EXAMPLES))


def _example(section: Section, terms: _Terms) -> Example:
    say, at = section.text("say", most=200), section.instant("at")
    tables = section.tables("facts", least=1, most=MOST_FACTS)
    facts = tuple(fact for table in tables for fact in _fact(table, terms))
    if section.sound("facts", "at"):
        _check_order(section, facts, at)
    expect = section.table("expect")
    return Example(say, facts, at, _expectation(expect, terms) if expect else Expectation())


def _check_order(section: Section, facts: tuple[ExampleFact, ...], at: datetime) -> None:
    """A life begins with joining, joins once, and goes forward."""
    if [isinstance(fact, EnrolFact) for fact in facts] != [True] + [False] * (len(facts) - 1):
        section.note("facts", "must begin with the one enrol")
    instants = [fact.at for fact in facts] + [at]
    if instants != sorted(instants):
        section.note("facts", "must be told in the order of time, and before the example's own at")


def _fact(table: Section, terms: _Terms) -> list[ExampleFact]:
    """The one fact of a table; none where the table is faulty."""
    kinds = [kind for kind in _KINDS if table.has(kind)]
    if len(kinds) != 1 or len(table.keys()) != 1:
        table.skip()
        table.note("fact", "must be one of " + ", ".join(_KINDS))
        return []
    section = table.table(kinds[0])
    return [_KINDS[kinds[0]](section, terms)] if section else []


def _enrol(section: Section, terms: _Terms) -> EnrolFact:
    birth_date = section.date("birth_date") if section.has("birth_date") else None
    return EnrolFact(section.instant("at"), birth_date, attributes.parse(section))


def _purchase(section: Section, terms: _Terms) -> PurchaseFact:
    lines = tuple(
        LineFact(
            no=no,
            sku=line.text("sku", ""),
            category=line.text("category", ""),
            quantity=line.decimal("quantity", Fraction(1)),
            amount_minor=line.minor("amount", terms.currency, signed=True),
        )
        for no, line in enumerate(section.tables("lines", least=1, most=MOST_LINES), start=1)
    )
    return PurchaseFact(
        receipt=section.text("receipt"),
        at=section.instant("at"),
        store=section.text("store", ""),
        terminal=section.text("terminal", ""),
        lines=lines,
        paid_with_points=_paid_with_points(section, terms),
        attributes=attributes.parse(section),
    )


def _paid_with_points(section: Section, terms: _Terms) -> tuple[str, int] | None:
    table = section.table("paid_with_points") if section.has("paid_with_points") else None
    if table is None:
        return None
    unit = _unit(table, terms)
    return unit, table.steps("points", terms.decimals.get(unit, 0), least=1)


def _return(section: Section, terms: _Terms) -> ReturnFact:
    receipt, at = section.text("receipt"), section.instant("at")
    if section.has("lines") == section.has("amount"):
        section.skip()
        section.note("lines", "a return is by lines or by amount")
        return ReturnFact(receipt, at, (), None)
    if section.has("amount"):
        return ReturnFact(receipt, at, (), section.minor("amount", terms.currency))
    lines = tuple(
        ReturnLineFact(line.whole("line", least=1, most=MOST_LINES), line.minor("amount", terms.currency))
        for line in section.tables("lines", least=1, most=MOST_LINES)
    )
    return ReturnFact(receipt, at, lines, None)


def _redeem(section: Section, terms: _Terms) -> RedeemFact:
    unit = _unit(section, terms)
    return RedeemFact(
        section.instant("at"), unit, section.steps("points", terms.decimals.get(unit, 0), least=1)
    )


def _adjust(section: Section, terms: _Terms) -> AdjustFact:
    unit = _unit(section, terms)
    points = section.steps("points", terms.decimals.get(unit, 0), least=-MOST_POINTS)
    return AdjustFact(section.instant("at"), unit, points)


def _activity(section: Section, terms: _Terms) -> ActivityFact:
    return ActivityFact(
        at=section.instant("at"),
        kind=section.code("kind"),
        attributes=attributes.parse(section),
        about=section.text("about") if section.has("about") else None,
    )


def _yearly(on: Yearly) -> Callable[[Section, _Terms], ExampleFact]:
    return lambda section, terms: YearlyFact(section.instant("at"), on)


def _policy(section: Section, terms: _Terms) -> PolicyFact:
    return example_policies.policy(section, terms.currency)


_KINDS: dict[str, Callable[[Section, _Terms], ExampleFact]] = {
    "enrol": _enrol,
    "purchase": _purchase,
    "return": _return,
    "redeem": _redeem,
    "adjust": _adjust,
    "activity": _activity,
    "policy": _policy,
    "birthday": _yearly("birthday"),
    "anniversary": _yearly("anniversary"),
}


def _unit(section: Section, terms: _Terms) -> str:
    unit = section.code("unit")
    if section.sound("unit") and unit not in terms.decimals:
        section.note("unit", f'there is no unit "{unit}"')
    return unit


def _expectation(section: Section, terms: _Terms) -> Expectation:
    if not section.keys():
        section.note("tier", "an example that expects nothing proves nothing: say tier, last_day, points, …")
    tier = section.choice("tier", ("", *terms.tiers)) if section.has("tier") else None
    return Expectation(
        points=_by_unit(section, "points", terms),
        pending=_by_unit(section, "pending", terms),
        debt=_by_unit(section, "debt", terms),
        tier=tier,
        last_day=section.date("last_day") if section.has("last_day") else None,
        refusal=section.code("refusal") if section.has("refusal") else None,
    )


def _by_unit(section: Section, key: str, terms: _Terms) -> dict[str, int] | None:
    table = section.table(key) if section.has(key) else None
    if table is None:
        return None
    return {unit: table.steps(unit, terms.decimals[unit]) for unit in terms.decimals if table.has(unit)}
