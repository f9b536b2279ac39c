"""Rules as the programme declares them: which fact, under what condition, gives how many points. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Literal

from loyalty.conditions import Condition
from loyalty.expiry import Expiry
from loyalty.rules.factors import Factors

On = Literal["purchase", "activity", "enrolment", "birthday", "anniversary", "policy", "premium"]
Phase = Literal["take", "base", "bonus", "multiplier", "cap"]
Rounding = Literal["down", "half_up", "up"]
At = Literal["fact", "line"]
Of = Literal["amount", "annual_premium", "premium"]
PaidWithPoints = Literal["earns_nothing", "earns"]
Per = Literal["day", "month", "year", "lifetime"]
Ratio = tuple[int, int]  #: an exact number: numerator and denominator, not always in lowest terms


@dataclass(frozen=True)
class Rate:
    """Points for money, exact: smallest steps of the unit per minor units of the currency (N3)."""

    points: Fraction
    per_minor: Fraction
    step: bool  #: only whole `per_minor` count: 25 per 10.00 gives 25 for 15.00
    of: Of = "amount"  #: which amount of a line; a coverage of a policy has two
    factors: tuple[Factors, ...] = ()  #: tables that weigh the amount, each by an attribute (I9)

    def exact(self, amount_minor: int | Fraction) -> Ratio:
        """What an amount is worth before rounding; the amount is not negative."""
        if self.step:
            return self.points.numerator * int(amount_minor // self.per_minor), self.points.denominator
        numerator, denominator = self._per_one
        return numerator * amount_minor.numerator, denominator * amount_minor.denominator

    @cached_property
    def _per_one(self) -> Ratio:
        return (self.points / self.per_minor).as_integer_ratio()


@dataclass(frozen=True, slots=True)
class Fixed:
    """A plain number of points, in the unit's smallest steps; exact, where it comes from a count."""

    points: int | Fraction

    def exact(self, amount_minor: int | Fraction) -> Ratio:
        """The same for any amount."""
        return self.points.as_integer_ratio()


@dataclass(frozen=True, slots=True)
class Counted:
    """Points for a whole number that the fact tells: smallest steps of the unit per so many of it (N3)."""

    points: Fraction
    each: Fraction
    step: bool  #: only whole `each` count
    of: str  #: the attribute of the fact that tells it, as `attributes.steps`

    def of_number(self, number: int) -> Fixed:
        """What a number is worth before rounding; below zero it is worth nothing."""
        parts = Fraction(max(number, 0)) / self.each
        return Fixed(self.points * (int(parts) if self.step else parts))


@dataclass(frozen=True, slots=True)
class All:
    """All that is there: what a rule of the phase `take` may take."""


@dataclass(frozen=True, slots=True)
class Times:
    """Multiplies the points of what it names: all base rules, or one rule."""

    factor: Fraction  #: at least 1
    of: str  #: "base", or the code of a base or bonus rule of the same unit

    def more(self, points: int) -> Ratio:
        """What comes on top of points before rounding; the points are not negative."""
        numerator, denominator = self.factor.as_integer_ratio()
        return points * (numerator - denominator), denominator


@dataclass(frozen=True, slots=True)
class AtMost:
    """The most that one fact gives of the unit, in its smallest steps."""

    points: int


Earn = Rate | Fixed | Counted | All | Times | AtMost


@dataclass(frozen=True, slots=True)
class Promise:
    """A share of what a rule gives, usable from a day or an event on, the first of them; or at once (P11)."""

    share: Fraction
    after_days: int | None = None  #: whole local days, until the start of that day
    event: str | None = None  #: the kind of activity it waits for
    within_days: int | None = None  #: it lapses after so many whole days, unless the event is told before
    then_days: int | None = None  #: whole days from the event's day; None: at once when it is told
    cooling_off: bool = False  #: a policy's: not before the end of cooling-off, from where days count (I4)


@dataclass(frozen=True, slots=True)
class Limit:
    """How often, and up to how many points in all, one member gets something from a rule in a period."""

    times: int | None
    points: int | None
    per: Per


@dataclass(frozen=True, slots=True)
class Budget:
    """The most that the whole club gets from a rule in a period (P15)."""

    points: int
    per: Per


@dataclass(frozen=True, slots=True)
class Milestone:
    """A mark: a rule that has one gives once, with the fact that brings the sum of all facts to it."""

    reaches: int  #: inclusive
    of: str  #: "times", "amount" (minor units of the lines it counts), or the attribute that is added up
    each: str | None = None  #: the attribute that says whose sum it is; None: the member has one


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
    opens: tuple[Promise, ...] = ()  #: when its points become usable; () is at once
    paid_with_points: PaidWithPoints = "earns_nothing"  #: what the part paid with points earns (P17)
    group: str | None = None  #: of the rules of a group only the one that gives most counts
    limit: Limit | None = None
    budget: Budget | None = None
    milestone: Milestone | None = None
    expiry: Expiry | None = None  #: how long its points live; None: as their unit says
    name: Mapping[str, str] = field(default_factory=dict, hash=False)  #: what members read; {}: nothing told
