"""From facts to points, as the club's rules say. Pure."""

from loyalty.rules.conditions import Condition, ConditionFaulty
from loyalty.rules.evaluation import Award, Awarded, Item, Occasion, Reason, evaluate, kept
from loyalty.rules.terms import AtMost, Fixed, Rate, Rule, Times

__all__ = [
    "AtMost",
    "Award",
    "Awarded",
    "Condition",
    "ConditionFaulty",
    "Fixed",
    "Item",
    "Occasion",
    "Rate",
    "Reason",
    "Rule",
    "Times",
    "evaluate",
    "kept",
]
