"""What the member of an example has of benefits: visits made and booked, bookings used and let go. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from loyalty.benefits.facts import Place, State, Wanted
from loyalty.benefits.terms import MOST_GUESTS
from loyalty.decide import attributes
from loyalty.decide.example_vocabulary import Vocabulary
from loyalty.document import Section


@dataclass(frozen=True, slots=True)
class VisitFact:
    """The member has a visit of a benefit at once, or (`wanted.reserve`) books one under a name."""

    at: datetime
    wanted: Wanted
    booking: str | None  #: None: it was had at once


@dataclass(frozen=True, slots=True)
class ClosingFact:
    """A booking is used, cancelled or missed."""

    at: datetime
    booking: str
    state: State


def use(section: Section, words: Vocabulary) -> VisitFact | ClosingFact:
    """A visit at once, `use = { at = …, benefit = "lounge", provider = "air" }`, or that of a `booking`."""
    if section.has("booking"):
        return ClosingFact(section.instant("at"), section.text("booking"), "used")
    at = section.instant("at")
    return VisitFact(at, _wanted(section, words, at), None)


def book(section: Section, words: Vocabulary) -> VisitFact:
    """A visit to come: `book = { at = …, booking = "1", benefit = "check", visit = …, provider = "spa" }`."""
    at, visit = section.instant("at"), section.instant("visit")
    if section.sound("at", "visit") and visit <= at:
        section.note("visit", "must be after the booking's own at")
    return VisitFact(at, _wanted(section, words, visit, reserve=True), section.text("booking"))


def closing(state: State) -> Callable[[Section, Vocabulary], ClosingFact]:
    """How a booking ends: `cancel = { at = …, booking = "1" }`."""
    return lambda section, words: ClosingFact(section.instant("at"), section.text("booking"), state)


def _wanted(section: Section, words: Vocabulary, at: datetime, *, reserve: bool = False) -> Wanted:
    return Wanted(
        benefit=words.benefit(section),
        at=at,
        place=_place(section),
        guests=section.whole("guests", 0, most=MOST_GUESTS),
        policy_no=section.text("policy") if section.has("policy") else None,
        relation=section.code("relation") if section.has("relation") else None,
        amount_minor=section.minor("amount", words.currency) if section.has("amount") else None,
        attributes=attributes.parse(section),
        reserve=reserve,
    )


def _place(section: Section) -> Place | None:
    """Where it is: the provider, and which of its places where a condition asks for that."""
    if not (section.has("provider") or section.has("place")):
        return None
    return Place(section.text("place", ""), section.code("provider"))
