"""What moves the points of an example's member beside sales: spending, correcting, buying a reward. Pure."""

from dataclasses import dataclass
from datetime import datetime

from loyalty.decide.example_vocabulary import Vocabulary
from loyalty.document import Section
from loyalty.errors import MOST_POINTS


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
class OrderFact:
    """The member buys a reward; the order has a name of its own in the example."""

    at: datetime
    order: str
    reward: str


@dataclass(frozen=True, slots=True)
class CancelOrderFact:
    """An order is cancelled before it was used or sent."""

    at: datetime
    order: str


def redeem(section: Section, words: Vocabulary) -> RedeemFact:
    """Points spent: `redeem = { at = …, unit = "reward", points = 100 }`."""
    unit = words.unit(section)
    return RedeemFact(section.instant("at"), unit, words.steps(section, unit, least=1))


def adjust(section: Section, words: Vocabulary) -> AdjustFact:
    """Points corrected: `adjust = { at = …, unit = "status", points = -7 }`."""
    unit = words.unit(section)
    return AdjustFact(section.instant("at"), unit, words.steps(section, unit, least=-MOST_POINTS))


def order(section: Section, words: Vocabulary) -> OrderFact:
    """A reward bought: `order = { at = …, order = "1", reward = "tea-set" }`."""
    return OrderFact(section.instant("at"), section.text("order"), words.reward(section))


def cancel_order(section: Section, words: Vocabulary) -> CancelOrderFact:
    """Its points come back: `cancel_order = { at = …, order = "1" }`."""
    return CancelOrderFact(section.instant("at"), section.text("order"))
