"""From facts to points, as the club's rules say. Pure."""

from loyalty.rules.conditions import Condition, ConditionFaulty
from loyalty.rules.evaluation import Award, Awarded, Item, Left, Occasion, Reason, evaluate, kept
from loyalty.rules.terms import AtMost, Budget, Fixed, Limit, Promise, Rate, Rule, Times

__all__ = [
    "AtMost",
    "Award",
    "Awarded",
    "Budget",
    "Condition",
    "ConditionFaulty",
    "Fixed",
    "Item",
    "Left",
    "Limit",
    "Occasion",
    "Promise",
    "Rate",
    "Reason",
    "Rule",
    "Times",
    "evaluate",
    "kept",
]
