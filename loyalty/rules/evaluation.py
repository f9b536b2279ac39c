"""From a fact to points: phases base → bonus → multiplier → cap, exact until rounded (N1, N3, N4). Pure.

- A base or bonus rule counts the lines its condition holds for (all, if the condition speaks of no line). A
  rate is exact over their sum and rounded once, or line by line (`at = "line"`); a fixed number is given
  once, or for each line. What is handed back in an exchange (a line below zero) counts against the rest,
  rounded as its mirror image; no rule ever gives less than 0.
- A multiplier adds (factor - 1) times the *points* of the rules it names, so two multipliers of the base
  never multiply each other: x2 and x3 make x4 in all. If its condition speaks of lines, it counts only what
  each named rule would have given for the matching lines alone, rounded as that rule rounds, and never more
  than it gave in all. The product is rounded as the multiplier says, once, or line by line.
- A cap trims what the unit gets from this fact, the last phase first, and shows as a negative reason.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor

from loyalty.errors import MOST_POINTS, TooManyPoints
from loyalty.rules.terms import AtMost, Fixed, Rate, Rounding, Rule, Times


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a fact."""

    no: int
    amount_minor: int
    attributes: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Occasion:
    """A fact as the rules see it."""

    on: str
    attributes: Mapping[str, object]
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Awarded:
    """What one rule gave, net of caps: what a return mirrors (N4)."""

    rule: str
    unit: str
    points: int
    lines: tuple[int, ...]  #: the lines it counted; () is the whole fact
    round: Rounding
    opens_after_days: int


@dataclass(frozen=True, slots=True)
class Reason:
    """A line of `because`; the points of all reasons add up to the award, a cap's are negative."""

    rule: str
    unit: str
    points: int


@dataclass(frozen=True, slots=True)
class Award:
    """The outcome of the rules for one fact."""

    parts: tuple[Awarded, ...]
    because: tuple[Reason, ...]

    @property
    def units(self) -> dict[str, int]:
        """Points by unit; a unit that got none is left out."""
        totals: dict[str, int] = {}
        for part in self.parts:
            totals[part.unit] = totals.get(part.unit, 0) + part.points
        return totals


@dataclass(frozen=True, slots=True)
class _Given:
    """What a base or bonus rule gave, before multipliers and caps."""

    rule: Rule
    earn: Rate | Fixed
    points: int
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class _Share:
    """The part of what a rule gave that a multiplier counts: that of these lines alone."""

    of: _Given
    items: tuple[Item, ...]

    @property
    def points(self) -> int:
        """What the rule would have given for these lines alone, never more than it gave in all."""
        return max(0, min(_points(self.of.rule, self.of.earn, self.items), self.of.points))

    def on_line(self, item: Item) -> int:
        """What the rule gave for one line, below zero for one that is handed back."""
        return _points(self.of.rule, self.of.earn, (item,)) if item in self.items else 0


def evaluate(rules: Iterable[Rule], occasion: Occasion) -> Award:
    """What the rules give for a fact. Raises TooManyPoints beyond 10¹² of a unit."""
    due = [rule for rule in rules if rule.on == occasion.on]
    given = [
        one
        for phase in ("base", "bonus")
        for rule in due
        if rule.phase == phase and isinstance(rule.earn, Rate | Fixed)
        for one in _given(rule, rule.earn, occasion)
    ]
    parts = [_awarded(one.rule, one.points, _numbers(one)) for one in given]
    for rule in due:
        if isinstance(rule.earn, Times):
            parts += _multiplied(rule, rule.earn, given, occasion)
    because = [Reason(part.rule, part.unit, part.points) for part in parts]
    for rule in due:
        if isinstance(rule.earn, AtMost) and _matching(rule, occasion) is not None:
            trimmed = _trim(parts, rule.unit, rule.earn.points)
            because += [Reason(rule.code, rule.unit, -trimmed)] if trimmed else []
    award = Award(tuple(part for part in parts if part.points), tuple(because))
    for unit, points in award.units.items():
        if points > MOST_POINTS:
            raise TooManyPoints(unit=unit, points=points, most=MOST_POINTS)
    return award


def kept(part: Awarded, remaining: Fraction) -> int:
    """What a member keeps of an award when only that share of what was bought remains (N4).

    Rounded as the rule rounds, with no new evaluation: a return takes back the difference of what is kept
    before and after it, so any split of a return takes the same. 0 <= remaining <= 1, else ValueError.
    """
    if not 0 <= remaining <= 1:
        raise ValueError(f"a share is from 0 to 1, not {remaining}")
    return _rounded(part.points * remaining, part.round)


def _given(rule: Rule, earn: Rate | Fixed, occasion: Occasion) -> list[_Given]:
    items = _matching(rule, occasion)
    points = 0 if items is None else _points(rule, earn, items)
    return [_Given(rule, earn, points, items)] if items is not None and points > 0 else []


def _matching(rule: Rule, occasion: Occasion) -> tuple[Item, ...] | None:
    """The lines a rule counts; None when it does not apply to the fact at all."""
    if rule.when is None:
        return occasion.items
    if not rule.when.per_line:
        return occasion.items if rule.when.holds(occasion.attributes) else None
    whole = dict(occasion.attributes)
    return tuple(item for item in occasion.items if rule.when.holds({**whole, **item.attributes})) or None


def _per_line(rule: Rule) -> bool:
    return rule.when is not None and rule.when.per_line


def _points(rule: Rule, earn: Rate | Fixed, items: tuple[Item, ...]) -> int:
    """What a base or bonus rule gives for these lines; below zero where more is handed back than bought."""
    if rule.at == "line":
        amounts_minor = [item.amount_minor for item in items]
    else:
        amounts_minor = [sum(item.amount_minor for item in items)]
    return sum(_mirrored(earn.exact(abs(minor)), minor, rule.round) for minor in amounts_minor)


def _multiplied(rule: Rule, earn: Times, given: list[_Given], occasion: Occasion) -> list[Awarded]:
    """The further points a multiplier gives, over all the rules it names; none if it adds nothing."""
    items = _matching(rule, occasion)
    if items is None:
        return []
    shares = [_Share(one, _common(one.items, items)) for one in given if _names(rule, earn, one)]
    shares = [share for share in shares if share.items or not share.of.items]
    counted = {item.no: item for share in shares for item in share.items}
    if rule.at == "line":
        bases = [sum(share.on_line(item) for share in shares) for item in counted.values()]
    else:
        bases = [sum(share.points for share in shares)]
    points = sum(_mirrored(abs(base) * (earn.factor - 1), base, rule.round) for base in bases)
    whole = not (_per_line(rule) or all(_per_line(share.of.rule) for share in shares))
    return [_awarded(rule, points, () if whole else tuple(counted))] if points > 0 else []


def _names(rule: Rule, earn: Times, one: _Given) -> bool:
    """Whether a multiplier names what another rule gave."""
    named = one.rule.phase == "base" if earn.of == "base" else one.rule.code == earn.of
    return named and one.rule.unit == rule.unit


def _common(some: tuple[Item, ...], others: tuple[Item, ...]) -> tuple[Item, ...]:
    numbers = {item.no for item in others}
    return tuple(item for item in some if item.no in numbers)


def _numbers(one: _Given) -> tuple[int, ...]:
    return tuple(item.no for item in one.items) if _per_line(one.rule) else ()


def _awarded(rule: Rule, points: int, lines: tuple[int, ...]) -> Awarded:
    return Awarded(rule.code, rule.unit, points, lines, rule.round, rule.opens_after_days)


def _trim(parts: list[Awarded], unit: str, most: int) -> int:
    """Take from the last parts of a unit what is above `most`; say how much that was."""
    over = max(sum(part.points for part in parts if part.unit == unit) - most, 0)
    left = over
    for place in reversed(range(len(parts))):
        if parts[place].unit == unit:
            taken = min(left, parts[place].points)
            parts[place] = replace(parts[place], points=parts[place].points - taken)
            left -= taken
    return over


def _mirrored(points: Fraction, sign_of: int, rounding: Rounding) -> int:
    """Rounded; negative if `sign_of` is."""
    rounded = _rounded(points, rounding)
    return -rounded if sign_of < 0 else rounded


def _rounded(points: Fraction, rounding: Rounding) -> int:
    if rounding == "down":
        return floor(points)
    return ceil(points) if rounding == "up" else floor(points + Fraction(1, 2))
