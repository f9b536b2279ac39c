"""From facts to points, as the club's rules say. Pure."""

from loyalty.conditions import Condition, ConditionFaulty
from loyalty.rules.about import RulesAbout
from loyalty.rules.bounds import Room, within
from loyalty.rules.evaluation import Award, Awarded, Left, Reason, evaluate, kept
from loyalty.rules.occasions import Item, Occasion
from loyalty.rules.terms import (
    All,
    AtMost,
    Budget,
    Counted,
    Fixed,
    Limit,
    Milestone,
    Promise,
    Rate,
    Rule,
    Times,
)

__all__ = [
    "All",
    "AtMost",
    "Award",
    "Awarded",
    "Budget",
    "Condition",
    "ConditionFaulty",
    "Counted",
    "Fixed",
    "Item",
    "Left",
    "Limit",
    "Milestone",
    "Occasion",
    "Promise",
    "Rate",
    "Reason",
    "Room",
    "Rule",
    "RulesAbout",
    "Times",
    "evaluate",
    "kept",
    "within",
]
