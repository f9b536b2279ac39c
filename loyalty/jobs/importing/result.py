"""The result of an import as a table: every line of the file as it stands there, and what came of it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import IO

from loyalty.jobs.importing.run import Carried, Import
from loyalty.jobs.importing.table import Fault, Table
from loyalty.sheets import Form, write_sheet

LEFT_OUT = "left out"  #: a line that names nobody in the club
_LINE, _MORE = "file_line", ("outcome", "faults")  #: none of them is a field, should it be imported again


def checked(wanted: Import, faults: Sequence[Fault]) -> dict[int, str]:
    """Line → what a dry run says of it: good, or faulty."""
    good = {line: "good" for step in wanted.steps for line in step.lines}
    return good | {fault.line: "faulty" for fault in faults}


def carried_in(wanted: Import, carried: Carried) -> dict[int, str]:
    """Line → what came of it: booked, known, held, refused, or not tried after the refusal that ended it."""
    return {line: "not tried" for step in wanted.steps for line in step.lines} | carried.came


def write_result(
    file: IO[bytes], form: Form, table: Table, came: Mapping[int, str], faults: Sequence[Fault]
) -> None:
    """Write what came of each line of a file into another, with all faults; no cell of it is worked out."""
    write_sheet(file, form, (_LINE, *table.header, *_MORE), _rows(table, came, faults))


def _rows(table: Table, came: Mapping[int, str], faults: Sequence[Fault]) -> Iterator[tuple[object, ...]]:
    told = defaultdict[int, list[str]](list)
    for fault in faults:
        told[fault.line].append(str(fault))
    blank = [""] * len(table.header)
    for record in table.records([]):
        says = "; ".join(told.pop(record.line, ()))
        yield record.line, *record.cells, came.get(record.line, LEFT_OUT), says
    for line, torn in sorted(told.items()):  # lines that could not be read as records
        yield line, *blank, "faulty", "; ".join(torn)
