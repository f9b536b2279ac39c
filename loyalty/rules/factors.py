"""Tables of factors: what counts more, or less, by how long, through whom, for what (I9). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from loyalty.document import Section

MOST_TABLES = 50
MOST_ROWS = 200
LARGEST = 1_000
OTHER = "other"  #: the row of a table by words for all that no other row names
_NUMBERS = ("pay_years", "cover_years", "years_paid", "year")


@dataclass(frozen=True, slots=True)
class Factors:
    """One table: a factor by the value of an attribute of the fact.

    By a number, a row is for values up to its own, and the last one for all above. By a word, a row is for
    that word, and `other` (1 if it is not there) for the rest.
    """

    attribute: str
    by_number: tuple[tuple[int, Fraction], ...]
    by_word: Mapping[str, Fraction]

    def of(self, attributes: Mapping[str, object]) -> Fraction:
        """The factor for a fact; by an unknown number the first row's."""
        value = attributes.get(self.attribute)
        if isinstance(value, int) and self.by_number:
            fitting = (factor for most, factor in self.by_number if value <= most)
            return next(fitting, self.by_number[-1][1])
        return self.by_word.get(str(value), self.by_word.get(OTHER, Fraction(1)))


def parse(document: Section) -> dict[str, Factors]:
    """The section `factors`, by name; `[factors.pay_years]` goes by `coverage.pay_years` without a `by`."""
    if not document.has("factors"):
        return {}
    return {name: _table(name, table) for name, table in document.named("factors", most=MOST_TABLES).items()}


def _table(name: str, section: Section) -> Factors:
    attribute = section.text("by", f"coverage.{name}")
    by_word: dict[str, Fraction] = {}
    rows = [key for key in section.keys() if key != "by"]  # noqa: SIM118 -- a section is no mapping
    if not 1 <= len(rows) <= MOST_ROWS:
        section.note("by", f"the table must have 1 to {MOST_ROWS} rows")
    for key in rows:
        factor = section.decimal(key)
        if not 0 <= factor <= LARGEST:
            section.note(key, f"must be from 0 to {LARGEST}")
        by_word[key] = factor
    if attribute.rsplit(".", 1)[-1] not in _NUMBERS:
        return Factors(attribute, (), by_word)
    if not all(key.isascii() and key.isdecimal() for key in by_word):
        section.note("by", f"rows by {attribute} are whole numbers of years")
        return Factors(attribute, (), {})
    return Factors(attribute, tuple(sorted((int(key), factor) for key, factor in by_word.items())), {})
