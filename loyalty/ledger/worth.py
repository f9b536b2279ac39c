"""What points of a unit are worth in money when goods are paid with them (P17). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from loyalty.document import Section

MOST_CATEGORIES = 200
_LONGEST_CATEGORY = 60


@dataclass(frozen=True, slots=True)
class Worth:
    """`points` are worth `money_minor`; they are taken in whole steps, each worth whole minor units."""

    points: int
    money_minor: int
    step: int
    max_share: Fraction  #: of what may be paid with points, above 0 and at most 1
    excluded_categories: frozenset[str]

    def pays(self, category: str) -> bool:
        """Whether goods of a category may be paid with points."""
        return category not in self.excluded_categories

    def money(self, points: int) -> int | None:
        """The minor units that these points pay; None when they are no whole steps."""
        return None if points % self.step else points * self.money_minor // self.points

    def most_points(self, money_minor: int) -> int:
        """The most points, in whole steps, that pay no more than an amount."""
        step_minor = self.step * self.money_minor // self.points
        return max(money_minor, 0) // step_minor * self.step

    def most_money(self, lines: Iterable[tuple[str, int]]) -> int:
        """The most of these lines, each a category and minor units, that may be paid with points."""
        amounts = [(amount_minor, self.pays(category)) for category, amount_minor in lines]
        eligible = sum(amount_minor for amount_minor, pays in amounts if pays)
        whole = sum(amount_minor for amount_minor, _ in amounts)
        return max(min(int(eligible * self.max_share), whole), 0)


def parse(unit: Section, decimals: int, currency: str) -> Worth | None:
    """The key `worth` of a unit; None where its points pay no goods."""
    table = unit.table("worth") if unit.has("worth") else None
    if table is None:
        return None
    points = table.steps("points", decimals, least=1)
    worth = Worth(
        points=points,
        money_minor=table.minor("money", currency),
        step=table.steps("step", decimals, least=1) if table.has("step") else points,
        max_share=table.decimal("max_share", Fraction(1)),
        excluded_categories=table.read("excluded_categories", _categories, frozenset(), frozenset()),
    )
    if table.sound("points", "money", "step"):
        if worth.money_minor < 1:
            table.note("money", "must be above 0")
        elif worth.step * worth.money_minor % worth.points:
            table.note("step", "must be worth a whole number of the currency's smallest coins")
    if not 0 < worth.max_share <= 1:
        table.note("max_share", "must be above 0 and at most 1")
    if not unit.peek("spendable"):
        unit.note("worth", "only spendable points are worth money")
    return worth


def _categories(value: object) -> frozenset[str]:
    if not isinstance(value, list) or len(value) > MOST_CATEGORIES:
        raise ValueError(f"must be a list of at most {MOST_CATEGORIES} categories")
    if not all(isinstance(item, str) and len(item) <= _LONGEST_CATEGORY for item in value):
        raise ValueError(f"a category is a text of at most {_LONGEST_CATEGORY} characters")
    return frozenset(value)
