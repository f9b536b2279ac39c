"""What every report is: a table of plain values, the same for a page, a file and a terminal."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from loyalty.decide.programme import Programme
from loyalty.money import money_text

Cell = str | int | Decimal | None

EARLIER, OVERDUE, LATER, NEVER = "earlier", "overdue", "later", "never"  #: what stands where a month would


@dataclass(frozen=True, slots=True)
class Report:
    """Months are texts such as 2026-03; points and money are exact; None is what is not known."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def only(self, unit: str) -> "Report":
        """The rows of one unit; a report that tells no unit as it is."""
        if self.columns[0] != "unit":
            return self
        return Report(self.columns, tuple(row for row in self.rows if row[0] == unit))

    def of(self, unit: str) -> "Report":
        """The same without the column that says which."""
        if self.columns[0] != "unit":
            return self
        return Report(self.columns[1:], tuple(row[1:] for row in self.only(unit).rows))

    def column(self, name: str) -> tuple[Cell, ...]:
        """The cells of one column."""
        place = self.columns.index(name)
        return tuple(row[place] for row in self.rows)


@dataclass(frozen=True, slots=True)
class Points:
    """Writes points of every unit as they are told outside: with the unit's decimals."""

    decimals: Mapping[str, int]

    def tell(self, unit: str, steps: int) -> int | Decimal:
        """A number of points, told in the unit's smallest steps."""
        places = self.decimals.get(unit, 0)
        return Decimal(steps).scaleb(-places) if places else steps


def points_of(programmes: Iterable[Programme]) -> Points:
    """The units of every edition: those that are gone still have books."""
    return Points({code: unit.decimals for one in programmes for code, unit in one.units.items()})


def money(minor: int, currency: str) -> Decimal:
    """An amount, told in minor units."""
    return Decimal(money_text(minor, currency))


def percent(part: int, whole: int) -> Decimal | None:
    """A share in percent, to a tenth; None of nothing.

    >>> percent(1, 3), percent(0, 0)
    (Decimal('33.3'), None)
    """
    return (Decimal(100 * part) / whole).quantize(Decimal("0.1")) if whole else None
