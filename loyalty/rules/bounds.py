"""What rules take, and what units say of their balance: a floor, a cap. Pure.

What a fact takes is taken first, from what was there before it: so much, but never below the unit's floor
once that was reached, or all of it. What it gives is then trimmed to the unit's cap, the last phase first.
Reasons show both: what the floor left to the member as `rule:floor`, what the cap trimmed as `unit:cap`.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from loyalty.errors import MOST_POINTS, TooManyPoints
from loyalty.rules.about import RulesAbout
from loyalty.rules.evaluation import Award, Awarded, Reason, trim
from loyalty.rules.occasions import Occasion, matching, plain_earn
from loyalty.rules.rounding import rounded
from loyalty.rules.terms import All, Fixed, Rule


class Room(NamedTuple):
    """What one unit holds before a fact, in its smallest steps."""

    available: int
    floor: int = 0  #: what of it may not be taken, except with all; nil until the unit's floor was reached
    left: int | None = None  #: how much more the cap lets in; None: there is no cap


def within(award: Award, rules: RulesAbout, occasion: Occasion, rooms: Mapping[str, Room]) -> Award:
    """The award with what is taken, trimmed to what the units may hold.

    Raises TooManyPoints for a taking beyond 10¹² of a unit.
    """
    because, parts = list(award.because), list(award.parts)
    taken = _taken(rules, occasion, rooms, because)
    for unit, room in sorted(rooms.items()):
        if room.left is not None:
            most = room.left - sum(part.points for part in taken if part.unit == unit)
            trimmed = trim(parts, unit, most)
            because += [Reason("unit:cap", unit, -trimmed)] if trimmed else []
    if len(because) == len(award.because):  # whatever changes has its reason
        return award
    kept = tuple(part for part in parts if part.points)
    return award._replace(parts=(*taken, *kept), because=tuple(because))


def _taken(
    rules: RulesAbout, occasion: Occasion, rooms: Mapping[str, Room], because: list[Reason]
) -> list[Awarded]:
    """What rules of the phase `take` take, as parts below zero."""
    there = {unit: room.available for unit, room in rooms.items()}
    parts = []
    for rule in rules.takings:
        if matching(rule, occasion) is None:
            continue
        asked = _asked(rule, occasion, there[rule.unit])
        if asked > MOST_POINTS:
            raise TooManyPoints(unit=rule.unit, points=asked, most=MOST_POINTS)
        floor = 0 if isinstance(rule.earn, All) else rooms[rule.unit].floor
        points = max(min(asked, there[rule.unit] - floor), 0)
        because += [Reason(rule.code, rule.unit, -asked)] if asked else []
        because += [Reason(f"{rule.code}:floor", rule.unit, asked - points)] if asked > points else []
        there[rule.unit] -= points
        parts += [Awarded(rule.code, rule.unit, -points, (), rule.round)] if points else []
    return parts


def _asked(rule: Rule, occasion: Occasion, available: int) -> int:
    earn = plain_earn(rule, occasion)
    return rounded(Fraction(earn.points), rule.round) if isinstance(earn, Fixed) else available
