"""Rows of a file as what a core system holds now: a row a policy, or a row for each of its coverages."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from loyalty.decide.club import Club
from loyalty.jobs.importing.cells import Cells
from loyalty.jobs.importing.policies import HOLDERS, LAST_VERSION, money
from loyalty.jobs.importing.table import Fault, Row
from loyalty.money import MINOR_DIGITS
from loyalty.policies import STATUSES
from loyalty.reads.policy_differences import Current

FIELDS = (*HOLDERS, "policy_no", "version", "status", "premium")
NEEDED = (("policy_no",), ("version",), ("status",), HOLDERS)


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    current: Current


def read_current(rows: Iterable[Row], club: Club, faults: list[Fault]) -> dict[str, Current]:
    """What these rows say, by policy; what is wrong is noted. Premiums of one policy add up."""
    found: dict[str, _Row] = {}
    for row in rows:
        cells = Cells(row, faults)
        current = _current(cells, MINOR_DIGITS[club.currency])
        if current is None:
            continue
        first = found.setdefault(current.policy_no, _Row(row.line, current))
        if first.line == row.line:
            continue
        if replace(first.current, premium_minor=current.premium_minor) != current:
            cells.note("policy_no", f"line {first.line} tells something else of {current.policy_no!r}")
        elif current.premium_minor is not None:
            minor = (first.current.premium_minor or 0) + current.premium_minor
            found[current.policy_no] = replace(first, current=replace(current, premium_minor=minor))
    return {policy_no: one.current for policy_no, one in found.items()}


def _current(cells: Cells, digits: int) -> Current | None:
    cells.ask("policy_no", "version", "status")
    named = [(name, cells.text(name, 100)) for name in HOLDERS if cells.has(name)]
    if len(named) != 1:
        cells.note("reference", "is missing; who holds it is told by reference or by member_id")
    said: dict[str, Any] = {
        "policy_no": cells.text("policy_no", 60),
        "version": cells.whole("version", 1, LAST_VERSION),
        "status": cells.choice("status", STATUSES),
        "premium_minor": money(cells, "premium", digits),
    }
    return None if cells.faulty else Current(**said, named=named[0])
