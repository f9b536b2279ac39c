"""Rows of a file as corrections of points by hand, a row each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from loyalty.actions.adjust import Correction
from loyalty.errors import MOST_POINTS
from loyalty.jobs.importing.cells import Cells
from loyalty.jobs.importing.purchases import BEARERS, Named
from loyalty.jobs.importing.table import Fault, Row
from loyalty.ledger import Unit

FIELDS = (*BEARERS, "unit", "points", "reason_code", "note", "correction")
NEEDED = (BEARERS, ("unit",), ("points",), ("reason_code",), ("note",), ("correction",))
_CODE = "[a-z][a-z0-9_.-]*"


@dataclass(frozen=True, slots=True)
class ToldCorrection:
    """One correction of the file; minus takes away."""

    line: int
    named: Named
    unit: str
    points: int
    reason_code: str
    note: str
    reference: str  #: its own name, by which it is booked once

    def of(self, member_id: int) -> Correction:
        """The correction of the member that the line means."""
        return Correction(member_id, self.unit, self.points, self.reason_code, self.note, self.reference)


def read_corrections(
    rows: Iterable[Row], units: Mapping[str, Unit], faults: list[Fault]
) -> list[ToldCorrection]:
    """The corrections of these rows, in their order; what is wrong is noted.

    Points are in the unit's own decimals, as people see them.
    """
    told, lines = list[ToldCorrection](), dict[str, int]()
    for row in rows:
        cells = Cells(row, faults)
        one = _correction(cells, units)
        if one is None:
            continue
        first = lines.setdefault(one.reference, one.line)
        if first != one.line:
            cells.note("correction", f"is on line {first} too")
        told.append(one)
    return told


def _correction(cells: Cells, units: Mapping[str, Unit]) -> ToldCorrection | None:
    cells.ask("unit", "points", "reason_code", "note", "correction")
    bearers = [name for name in BEARERS if cells.has(name)]
    if len(bearers) != 1:
        cells.note("card", "one of card, member_id and reference says whose points they are")
    name = cells.text(bearers[0], 100) if len(bearers) == 1 else None
    unit = cells.choice("unit", units)
    points = cells.steps("points", units[unit].decimals) if unit is not None else None
    if points is not None and not 0 < abs(points) <= MOST_POINTS:
        cells.note("points", f"must be from 1 to {MOST_POINTS}, or below nil" if points else "must not be 0")
    reason, note = cells.text("reason_code", 40, _CODE), cells.text("note", 200)
    reference = cells.text("correction", 100)
    if cells.faulty or name is None or unit is None or points is None:
        return None
    if reason is None or note is None or reference is None:
        return None
    return ToldCorrection(cells.line, (bearers[0], name), unit, points, reason, note, reference)
