"""Rules as the programme declares them: which fact, under what condition, gives how many points. Pure."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from loyalty.rules.conditions import Condition

On = Literal["purchase", "enrolment", "birthday", "anniversary"]
Phase = Literal["base", "bonus", "multiplier", "cap"]
Rounding = Literal["down", "half_up", "up"]
At = Literal["fact", "line"]


@dataclass(frozen=True, slots=True)
class Rate:
    """Points for money, exact: smallest steps of the unit per minor units of the currency (N3)."""

    points: Fraction
    per_minor: Fraction
    step: bool  #: only whole `per_minor` count: 25 per 10.00 gives 25 for 15.00

    def exact(self, amount_minor: int) -> Fraction:
        """What an amount is worth before rounding; the amount is not negative."""
        parts = amount_minor / self.per_minor
        return self.points * (int(parts) if self.step else parts)


@dataclass(frozen=True, slots=True)
class Fixed:
    """A plain number of points, in the unit's smallest steps."""

    points: int

    def exact(self, amount_minor: int) -> Fraction:
        """The same for any amount."""
        return Fraction(self.points)


@dataclass(frozen=True, slots=True)
class Times:
    """Multiplies the points of what it names: all base rules, or one rule."""

    factor: Fraction  #: at least 1
    of: str  #: "base", or the code of a base or bonus rule of the same unit


@dataclass(frozen=True, slots=True)
class AtMost:
    """The most that one fact gives of the unit, in its smallest steps."""

    points: int


Earn = Rate | Fixed | Times | AtMost


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the club's promise: this fact gives these points."""

    code: str
    on: On
    unit: str
    phase: Phase
    when: Condition | None  #: None: always
    earn: Earn
    round: Rounding
    at: At  #: where rounding happens: once for the fact, or once for each line (N4)
    opens_after_days: int  #: pending until the start of that local day; 0: usable at once
