"""From a fact to points: phases base → bonus → multiplier → cap, exact until rounded (N1, N3, N4). Pure.

- A base or bonus rule counts the lines its condition holds for (all, if the condition speaks of no line). A
  rate is exact over their sum and rounded once, or line by line (`at = "line"`); a fixed number is given
  once, or for each line. What is handed back in an exchange (a line below zero) counts against the rest,
  rounded as its mirror image; no rule ever gives less than 0.
- A multiplier adds (factor - 1) times the *points* of the rules it names, so two multipliers of the base
  never multiply each other: x2 and x3 make x4 in all. If its condition speaks of lines, it counts only what
  each named rule would have given for the matching lines alone, rounded as that rule rounds, and never more
  than it gave in all. The product is rounded as the multiplier says, once, or line by line.
- Of the rules of a group only the one that gives most counts, the first of equals. What is left of a rule's
  limit, then of its budget, trims what it gives. Multipliers count what is left after that.
- A cap trims what the unit gets from this fact, the last phase first. What a unit says of its balance, and
  what rules of the phase `take` take, is worked out after all this: see `bounds`.
- Whatever trims shows as a negative reason: a cap under its own code, the others as `welcome:group`,
  `welcome:limit`, `welcome:budget`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple, TypeVar

from loyalty.errors import MOST_POINTS, TooManyPoints
from loyalty.rules.about import RulesAbout
from loyalty.rules.occasions import Item, Occasion, matching, plain_earn
from loyalty.rules.rounding import mirrored, rounded
from loyalty.rules.terms import Fixed, Rate, Rounding, Rule, Times


class Left(NamedTuple):
    """The most that a rule may still give, by its limit and by its budget; None: as much as it says."""

    limit: int | None = None
    budget: int | None = None


_UNBOUND = Left()
_NOTHING_BOUND: Mapping[str, Left] = {}


class Awarded(NamedTuple):
    """What one rule gave, net of all that trims: what a return mirrors (N4)."""

    rule: str
    unit: str
    points: int
    lines: tuple[int, ...]  #: the lines it counted; () is the whole fact
    round: Rounding


class Reason(NamedTuple):
    """A line of `because`; the points of all reasons add up to the award, what trims is negative."""

    rule: str
    unit: str
    points: int


class Award(NamedTuple):
    """The outcome of the rules for one fact; parts below zero are taken."""

    parts: tuple[Awarded, ...]
    because: tuple[Reason, ...]
    counted: tuple[tuple[str, int, int], ...] = ()  #: milestones' counters: name, times reached, amount

    @property
    def units(self) -> dict[str, int]:
        """Points by unit, what is taken against them; a unit that got none is left out."""
        return _totals(self.parts)

    @property
    def given(self) -> dict[str, int]:
        """Points given, by unit."""
        return _totals([part for part in self.parts if part.points > 0])

    @property
    def taken(self) -> dict[str, int]:
        """Points taken, by unit, as magnitudes."""
        taken = _totals([part for part in self.parts if part.points < 0])
        return {unit: -points for unit, points in taken.items()}


class _Plain(NamedTuple):
    """What a base or bonus rule gave before caps, and for which lines: what multipliers count."""

    rule: Rule
    points: int
    lines: tuple[int, ...]
    earn: Rate | Fixed
    items: tuple[Item, ...]


class _More(NamedTuple):
    """What a multiplier gave, before caps."""

    rule: Rule
    points: int
    lines: tuple[int, ...]


G = TypeVar("G", _Plain, _More)


@dataclass(frozen=True, slots=True)
class _Share:
    """The part of what a rule gave that a multiplier counts: that of these lines alone."""

    of: _Plain
    items: tuple[Item, ...]

    @property
    def points(self) -> int:
        """What the rule would have given for these lines alone, never more than it gave in all."""
        return max(0, min(_points(self.of.rule, self.of.earn, self.items), self.of.points))

    def on_line(self, item: Item) -> int:
        """What the rule gave for one line, below zero for one that is handed back."""
        return _points(self.of.rule, self.of.earn, (item,)) if item in self.items else 0


def evaluate(rules: RulesAbout, occasion: Occasion, left: Mapping[str, Left] = _NOTHING_BOUND) -> Award:
    """What the rules give for a fact; `left` is what limits and budgets leave of them, by their code.

    Raises TooManyPoints beyond 10¹² of a unit.
    """
    because: list[Reason] = []
    given = [one for rule in rules.plain if (one := _plain(rule, occasion)) is not None]
    plain = _bounded(given, left, because)
    more = [one for rule, earn in rules.multipliers for one in _multiplied(rule, earn, plain, occasion)]
    parts = [_awarded(one) for one in plain] + [_awarded(one) for one in _bounded(more, left, because)]
    for rule, most in rules.caps:
        if matching(rule, occasion) is not None:
            trimmed = trim(parts, rule.unit, most.points)
            because += [Reason(rule.code, rule.unit, -trimmed)] if trimmed else []
    award = Award(tuple([part for part in parts if part.points]), tuple(because))
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
    return rounded(part.points * remaining, part.round)


def _plain(rule: Rule, occasion: Occasion) -> _Plain | None:
    items, earn = matching(rule, occasion), plain_earn(rule, occasion)
    if earn is None or items is None or (occasion.pays_no_money and rule.paid_with_points == "earns_nothing"):
        return None
    lines = tuple([item.no for item in items]) if _per_line(rule) else ()
    points = _points(rule, earn, items)
    return _Plain(rule, points, lines, earn, items) if points > 0 else None


def _bounded(given: list[G], left: Mapping[str, Left], because: list[Reason]) -> list[G]:
    """What group, limit and budget leave of what rules gave, in this order; `because` hears of all of it."""
    rest: list[G] = []
    for one in given:
        rule, points, bound = one.rule, one.points, left.get(one.rule.code, _UNBOUND)
        because.append(Reason(rule.code, rule.unit, points))
        if bound is _UNBOUND and rule.group is None:
            rest.append(one)
            continue
        beaten = 0 if rule.group is not None and _beaten(one, given, left) else None
        for trim, most in (("group", beaten), ("limit", bound.limit), ("budget", bound.budget)):
            if most is not None and points > most:
                because.append(Reason(f"{rule.code}:{trim}", rule.unit, most - points))
                points = most
        if points:
            rest.append(one if points == one.points else one._replace(points=points))
    return rest


def _beaten(one: G, given: list[G], left: Mapping[str, Left]) -> bool:
    """Whether another rule of its group gives more, or as much and stands before it."""

    def worth(other: G) -> int:
        bound = left.get(other.rule.code, _UNBOUND)
        return min(most for most in (other.points, bound.limit, bound.budget) if most is not None)

    return max((it for it in given if it.rule.group == one.rule.group), key=worth) is not one


def _per_line(rule: Rule) -> bool:
    return rule.when is not None and rule.when.per_line


def _points(rule: Rule, earn: Rate | Fixed, items: tuple[Item, ...]) -> int:
    """What a base or bonus rule gives for these lines; below zero where more is handed back than bought."""
    amounts_minor = [_counted(rule, item) for item in items]
    if rule.at == "fact":
        return _worth(rule, earn, sum(amounts_minor))
    return sum([_worth(rule, earn, minor) for minor in amounts_minor])


def _worth(rule: Rule, earn: Rate | Fixed, minor: int | Fraction) -> int:
    """What an amount gives; below zero where it is."""
    return mirrored(earn.exact(minor if minor > 0 else -minor), minor, rule.round)


def _counted(rule: Rule, item: Item) -> int | Fraction:
    """What of a line a rule counts, by its factors (I9).

    Not the part paid with points, unless it says otherwise (P17).
    """
    if item.money_minor is None and item.amounts is None:
        return item.amount_minor
    whole = item.money_minor is None or rule.paid_with_points == "earns"
    minor = item.amount_minor if whole else item.money_minor or 0
    if isinstance(rule.earn, Rate) and item.amounts is not None:
        minor = item.amounts[rule.earn.of]
        for table in rule.earn.factors:
            minor *= table.of(item.attributes)
    return minor


def _multiplied(rule: Rule, earn: Times, given: list[_Plain], occasion: Occasion) -> list[_More]:
    """The further points a multiplier gives, over all the rules it names; none if it adds nothing."""
    items = matching(rule, occasion)
    if items is None:
        return []
    shares = [_Share(one, _common(one.items, items)) for one in given if _names(rule, earn, one)]
    shares = [share for share in shares if share.items or not share.of.items]
    counted = {item.no: item for share in shares for item in share.items}
    if rule.at == "line":
        bases = [sum(share.on_line(item) for share in shares) for item in counted.values()]
    else:
        bases = [sum(share.points for share in shares)]
    points = sum(mirrored(earn.more(abs(base)), base, rule.round) for base in bases)
    whole = not (_per_line(rule) or all(_per_line(share.of.rule) for share in shares))
    return [_More(rule, points, () if whole else tuple(counted))] if points > 0 else []


def _names(rule: Rule, earn: Times, one: _Plain) -> bool:
    """Whether a multiplier names what another rule gave."""
    named = one.rule.phase == "base" if earn.of == "base" else one.rule.code == earn.of
    return named and one.rule.unit == rule.unit


def _common(some: tuple[Item, ...], others: tuple[Item, ...]) -> tuple[Item, ...]:
    numbers = {item.no for item in others}
    return tuple(item for item in some if item.no in numbers)


def _totals(parts: Iterable[Awarded]) -> dict[str, int]:
    totals: dict[str, int] = {}
    for part in parts:
        totals[part.unit] = totals.get(part.unit, 0) + part.points
    return totals


def _awarded(one: _Plain | _More) -> Awarded:
    return Awarded(one.rule.code, one.rule.unit, one.points, one.lines, one.rule.round)


def trim(parts: list[Awarded], unit: str, most: int) -> int:
    """Take from the last parts of a unit what is above `most`; say how much that was."""
    over = left = max(sum([part.points for part in parts if part.unit == unit]) - most, 0)
    for place in reversed(range(len(parts) if over else 0)):
        if left and parts[place].unit == unit:
            taken = min(left, parts[place].points)
            parts[place] = parts[place]._replace(points=parts[place].points - taken)
            left -= taken
    return over
