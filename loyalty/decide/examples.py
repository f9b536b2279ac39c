"""The examples a programme carries: dated facts of one member's life, and what they must lead to. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from loyalty.benefits.terms import MOST_COUNT
from loyalty.decide import attributes, example_benefits, example_points, example_policies, example_sales
from loyalty.decide.attributes import Attributes
from loyalty.decide.example_benefits import ClosingFact, VisitFact
from loyalty.decide.example_points import AdjustFact, CancelOrderFact, OrderFact, RedeemFact
from loyalty.decide.example_policies import PolicyFact
from loyalty.decide.example_sales import PurchaseFact, ReturnFact
from loyalty.decide.example_vocabulary import Vocabulary
from loyalty.document import Section

MOST_EXAMPLES = 500
MOST_FACTS = 200
UNLIMITED = "unlimited"  #: what remains of a benefit that is had as often as the member likes

Yearly = Literal["birthday", "anniversary"]


@dataclass(frozen=True, slots=True)
class EnrolFact:
    """The member joins."""

    at: datetime
    birth_date: date | None
    attributes: Attributes = field(default_factory=dict)  #: the member's
    consents: tuple[str, ...] = ()  #: the purposes consented to (M10)


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


TillFact = PurchaseFact | ReturnFact | RedeemFact | OrderFact | CancelOrderFact
BenefitFact = VisitFact | ClosingFact
ExampleFact = EnrolFact | TillFact | BenefitFact | AdjustFact | ActivityFact | YearlyFact | PolicyFact


@dataclass(frozen=True, slots=True)
class Expectation:
    """What must be true at the example's instant; None where nothing is said. Points are smallest steps."""

    points: Mapping[str, int] | None = None  #: available, by unit
    pending: Mapping[str, int] | None = None
    debt: Mapping[str, int] | None = None
    remaining: Mapping[str, int | None] | None = (
        None  #: of each benefit, which the card gives; None: no bound
    )
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


def parse(document: Section, words: Vocabulary) -> tuple[Example, ...]:
    """The sections `example`; the words are the programme's."""
    return tuple(_example(section, words) for section in document.tables("example", most=MOST_EXAMPLES))


def _example(section: Section, words: Vocabulary) -> Example:
    say, at = section.text("say", most=200), section.instant("at")
    tables = section.tables("facts", least=1, most=MOST_FACTS)
    facts = tuple(fact for table in tables for fact in _fact(table, words))
    if section.sound("facts", "at"):
        _check_order(section, facts, at)
    expect = section.table("expect")
    return Example(say, facts, at, _expectation(expect, words) if expect else Expectation())


def _check_order(section: Section, facts: tuple[ExampleFact, ...], at: datetime) -> None:
    """A life begins with joining, joins once, and goes forward."""
    if [isinstance(fact, EnrolFact) for fact in facts] != [True] + [False] * (len(facts) - 1):
        section.note("facts", "must begin with the one enrol")
    instants = [fact.at for fact in facts] + [at]
    if instants != sorted(instants):
        section.note("facts", "must be told in the order of time, and before the example's own at")


def _fact(table: Section, words: Vocabulary) -> list[ExampleFact]:
    """The one fact of a table; none where the table is faulty."""
    kinds = [kind for kind in _KINDS if table.has(kind)]
    if len(kinds) != 1 or len(table.keys()) != 1:
        table.skip()
        table.note("fact", "must be one of " + ", ".join(_KINDS))
        return []
    section = table.table(kinds[0])
    return [_KINDS[kinds[0]](section, words)] if section else []


def _enrol(section: Section, words: Vocabulary) -> EnrolFact:
    birth_date = section.date("birth_date") if section.has("birth_date") else None
    consents = section.codes("consents", ())
    return EnrolFact(section.instant("at"), birth_date, attributes.parse(section), consents)


def _activity(section: Section, words: Vocabulary) -> ActivityFact:
    return ActivityFact(
        at=section.instant("at"),
        kind=section.code("kind"),
        attributes=attributes.parse(section),
        about=section.text("about") if section.has("about") else None,
    )


def _yearly(on: Yearly) -> Callable[[Section, Vocabulary], ExampleFact]:
    return lambda section, words: YearlyFact(section.instant("at"), on)


_KINDS: dict[str, Callable[[Section, Vocabulary], ExampleFact]] = {
    "enrol": _enrol,
    "purchase": example_sales.purchase,
    "return": example_sales.goods_back,
    "redeem": example_points.redeem,
    "adjust": example_points.adjust,
    "order": example_points.order,
    "cancel_order": example_points.cancel_order,
    "use": example_benefits.use,
    "book": example_benefits.book,
    "cancel": example_benefits.closing("cancelled"),
    "no_show": example_benefits.closing("no_show"),
    "activity": _activity,
    "policy": example_policies.policy,
    "birthday": _yearly("birthday"),
    "anniversary": _yearly("anniversary"),
}


def _expectation(section: Section, words: Vocabulary) -> Expectation:
    if not section.keys():
        section.note("tier", "an example that expects nothing proves nothing: say tier, last_day, points, …")
    tier = section.choice("tier", ("", *words.tiers)) if section.has("tier") else None
    return Expectation(
        points=_by_unit(section, "points", words),
        pending=_by_unit(section, "pending", words),
        debt=_by_unit(section, "debt", words),
        remaining=_remaining(section, words),
        tier=tier,
        last_day=section.date("last_day") if section.has("last_day") else None,
        refusal=section.code("refusal") if section.has("refusal") else None,
    )


def _by_unit(section: Section, key: str, words: Vocabulary) -> dict[str, int] | None:
    table = section.table(key) if section.has(key) else None
    if table is None:
        return None
    return {unit: table.steps(unit, words.decimals[unit]) for unit in words.decimals if table.has(unit)}


def _remaining(section: Section, words: Vocabulary) -> dict[str, int | None] | None:
    """What is left by benefit: `remaining = { health-check = 1, counter = "unlimited" }`."""
    table = section.table("remaining") if section.has("remaining") else None
    if table is None:
        return None
    return {code: _left(table, code) for code in words.benefits if table.has(code)}


def _left(table: Section, code: str) -> int | None:
    if isinstance(table.peek(code), str):
        table.choice(code, (UNLIMITED,))
        return None
    return table.whole(code, most=MOST_COUNT)
