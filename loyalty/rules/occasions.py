"""A fact as the rules see it, which lines of it a rule counts, and what it tells. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple, cast

from loyalty.conditions import Condition
from loyalty.rules.terms import Counted, Fixed, Rate, Rule

_PLAIN = (Rate, Fixed)


class Item(NamedTuple):
    """One line of a fact."""

    no: int
    amount_minor: int
    attributes: Mapping[str, object]
    money_minor: Fraction | None = None  #: what of it was not paid with points (P17); None: all
    amounts: Mapping[str, Fraction] | None = None  #: by what a rate is `of`; None: there is one amount alone


@dataclass(frozen=True, slots=True)
class Occasion:
    """A fact as the rules see it."""

    on: str
    attributes: Mapping[str, object]
    items: tuple[Item, ...]
    counted: dict[str, tuple[Item, ...] | None] = field(default_factory=dict, repr=False, compare=False)
    #: by condition: the lines it holds for, asked once for all rules that share it

    @property
    def pays_no_money(self) -> bool:
        """Whether all of it was paid with points."""
        return bool(self.items) and all(item.money_minor == 0 for item in self.items)

    @property
    def tells(self) -> Mapping[str, object]:
        """The attributes that the fact was told with, by their names."""
        return cast("Mapping[str, object]", self.attributes.get(f"{self.on}.attributes", {}))

    def number(self, attribute: str) -> int:
        """The whole number told as `attributes.steps`; 0 where none is."""
        told = self.tells.get(attribute.removeprefix("attributes."))
        return told if isinstance(told, int) and not isinstance(told, bool) else 0


def matching(rule: Rule, occasion: Occasion) -> tuple[Item, ...] | None:
    """The lines a rule counts; None when it does not apply to the fact at all."""
    if rule.when is None:
        return occasion.items
    text = rule.when.text
    if text not in occasion.counted:
        occasion.counted[text] = _holding(rule.when, occasion)
    return occasion.counted[text]


def _holding(when: Condition, occasion: Occasion) -> tuple[Item, ...] | None:
    whole = occasion.attributes
    if not when.per_line:
        return occasion.items if when.holds(whole) else None
    return tuple([item for item in occasion.items if when.holds(whole, item.attributes)]) or None


def plain_earn(rule: Rule, occasion: Occasion) -> Rate | Fixed | None:
    """How a rule gives points of its own; None for a multiplier and a cap."""
    if isinstance(rule.earn, _PLAIN):
        return rule.earn
    return rule.earn.of_number(occasion.number(rule.earn.of)) if isinstance(rule.earn, Counted) else None


def added(rule: Rule, of: str, occasion: Occasion) -> int:
    """What a fact adds to the sum of a rule's milestone; 0 where the rule does not apply to it."""
    items = matching(rule, occasion)
    if items is None:
        return 0
    if of == "times":
        return 1
    return sum(item.amount_minor for item in items) if of == "amount" else occasion.number(of)
