"""A measure drawn as a bar, and said in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from flask_babel import gettext, ngettext

from loyalty.pages.words import named
from loyalty.reads.own_tier import Measure, Step
from loyalty.tiers import Tier, Window

Anchor = Literal["start", "middle", "end"]
_ROOM = Fraction(13, 12)  #: the bar is so much longer than what it shows
_APART = 35  #: per cent of the bar: two marks that are nearer have one label


@dataclass(frozen=True, slots=True)
class Mark:
    """A place on the bar, in per cent of the whole, and what is written below it."""

    at: float
    card: str
    points: int
    keeps: bool  #: it keeps the card; else it makes the next one
    label_at: float
    anchor: Anchor
    is_labelled: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """How long a measure is drawn, in per cent of the whole, and what is missing to keep the card."""

    length: float
    gap: float
    marks: tuple[Mark, ...]


def bar_of(measure: Measure, tier: Tier | None, next_tier: Tier | None) -> Bar:
    """The measure against what keeps the card and what makes the next one, as far as they are shown."""
    wanted = [(measure.keep, tier, True), (measure.rise, next_tier, False)]
    told = [(points, card, keeps) for points, card, keeps in wanted if points and card]
    points = max(measure.points, 0)
    whole = max(points, *(mark for mark, *_ in told), 1) * _ROOM if told else Fraction(max(points, 1))
    places = [float(mark / whole * 100) for mark, *_ in told]
    marks = tuple(
        Mark(at, named(card.name), mark, keeps, *_label(at), at == places[-1] or places[-1] - at >= _APART)
        for at, (mark, card, keeps) in zip(places, told, strict=True)
    )
    gap = max((measure.keep or 0) - points, 0)
    return Bar(float(points / whole * 100), float(gap / whole * 100), marks)


def share_of(points: int, measure: Measure) -> float:
    """How long a part is drawn, in per cent of all parts."""
    whole = max(sum(max(one.points, 0) for one in measure.parts), measure.points, 1)
    return float(Fraction(max(points, 0) * 100, whole))


def rest_of(measure: Measure) -> int:
    """What no part tells of."""
    return measure.points - sum(one.points for one in measure.parts) if measure.parts else 0


def when_earned(window: Window | None) -> str:
    """In which time a measure counts what was earned; "" for what is held."""
    if window is None:
        return ""
    if window.kind in ("months", "whole_months"):
        return str(ngettext("In the last month", "In the last %(num)s months", window.length))
    if window.kind == "days":
        return str(ngettext("In the last day", "In the last %(num)s days", window.length))
    if window.kind == "calendar_year":
        return str(gettext("This year"))
    return str(gettext("In this year of your membership"))


def step_text(step: Step) -> str:
    """What happened to the card then."""
    if step.tier is None:
        return str(gettext("The card ended"))
    card = named(step.tier.name)
    return next((words for holds, words in _steps(step, step.tier, card) if holds), card)


def _steps(step: Step, tier: Tier, card: str) -> Iterator[tuple[bool, str]]:
    rank = step.was.rank if step.was else 0
    yield step.reason == "by_hand", gettext("%(card)s given by the club", card=card)
    yield step.reason == "imported", gettext("%(card)s brought from the earlier club", card=card)
    yield step.reason == "resumed", gettext("%(card)s once more", card=card)
    yield rank == 0, gettext("First card: %(card)s", card=card)
    yield tier.rank > rank, gettext("Up to %(card)s", card=card)
    yield tier.rank == rank, gettext("%(card)s again", card=card)
    yield True, gettext("Changed to %(card)s", card=card)


def _label(at: float) -> tuple[float, Anchor]:
    """Where the words of a mark stand, so that they stay within the bar."""
    if at < 20:
        return 0, "start"
    return (100, "end") if at > 75 else (at, "middle")
