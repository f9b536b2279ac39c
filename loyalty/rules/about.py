"""The rules about one kind of fact, sorted once by what they do. Pure."""

from collections.abc import Iterable

from loyalty.rules.terms import AtMost, Rule, Times


class RulesAbout:
    """The rules of an edition about one kind of fact, as every such fact asks for them.

    Within a phase they stand in the order of the programme, by which groups, trims and reasons go.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.all = tuple(rules)
        self.plain = tuple(rule for phase in ("base", "bonus") for rule in self.all if rule.phase == phase)
        self.multipliers = [(rule, rule.earn) for rule in self.all if isinstance(rule.earn, Times)]
        self.caps = [(rule, rule.earn) for rule in self.all if isinstance(rule.earn, AtMost)]
        self.takings = tuple(rule for rule in self.all if rule.phase == "take")
        self.counted = tuple(rule for rule in self.all if rule.limit or rule.budget)  #: by their own counters
        self.marked = tuple(rule for rule in self.all if rule.milestone)
        self.asked = frozenset(name for rule in self.all if rule.when for name in rule.when.asks)
