"""Rules and purchases for tests; a test names only what it is about."""

from fractions import Fraction
from typing import Any

from loyalty.rules import Condition, Item, Occasion, Rate, Rule

PER_EURO = Rate(Fraction(1), Fraction(100), step=False)
FRESH = "line.category == 'fresh'"


def rule(code: str, earn: Any, phase: str = "base", when: str | None = None, **terms: Any) -> Rule:
    on = terms.pop("on", "purchase")
    given = {"unit": "reward", "round": "down", "at": "fact"} | terms
    condition = None if when is None else Condition.compile(when, on)
    return Rule(code=code, on=on, phase=phase, when=condition, earn=earn, **given)  # type: ignore[arg-type]


def purchase(*lines: tuple[str, int], **attributes: object) -> Occasion:
    items = tuple(
        Item(no, minor, {"line.category": category, "line.sku": "", "line.amount_minor": minor})
        for no, (category, minor) in enumerate(lines, start=1)
    )
    total = {"purchase.amount_minor": sum(item.amount_minor for item in items), "member.tier": "gold"}
    return Occasion("purchase", total | attributes, items)


BASE = rule("base", PER_EURO)
