"""A file as an import reads it: its records, the columns that are fields, and what is wrong on which line."""

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

MOST_BYTES = 200_000_000  #: of a file
MOST_ROWS = 2_000_000
MOST_COLUMNS = 200
MOST_LETTERS = 32_767  #: in a cell, as in a spreadsheet


class FileUnreadable(Exception):
    """The file as a whole cannot be read as it was asked for; the message says why."""


class LayoutFaulty(FileUnreadable):
    """The columns cannot be meant as they were told; the message says why, `missing` which field has none."""

    def __init__(self, says: str, missing: str | None = None) -> None:
        super().__init__(says)
        self.missing = missing


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What is wrong on one line of the file, and with which field of it, if with one."""

    line: int
    field: str
    says: str

    def __str__(self) -> str:
        """In words, the field first."""
        return f"{self.field}: {self.says}" if self.field else self.says


@dataclass(frozen=True, slots=True)
class Record:
    """A row of the file as it stands there: its line, and its cells by their places."""

    line: int
    cells: Sequence[str]
    unfit: Mapping[int, str] = field(default_factory=dict)  #: why a cell cannot be taken as it is
    times: Collection[int] = ()  #: the cells that a spreadsheet holds as a day or a time


@dataclass(frozen=True, slots=True)
class Row:
    """A record whose cells are fields; empty ones are left out."""

    line: int
    cells: Mapping[str, str]
    unfit: Mapping[str, str] = field(default_factory=dict)  #: as in the record
    times: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the fields are: in a column of the file, or the same for every row."""

    columns: Mapping[str, str]  #: field → column
    constants: Mapping[str, str]  #: field → value


@dataclass(frozen=True, slots=True)
class Table:
    """An opened file, whatever its form."""

    header: Sequence[str]
    read_as: str  #: how it was read, in words
    sha256: str  #: of the file
    records: Callable[[list[Fault]], Iterator[Record]]  #: all below the header; torn ones are noted


class Sealed:
    """Rows on their way to their reader, counted, and digested as they are meant, for whoever approves them.

    Equal rows of the same kind have the same digest, whatever the file's form, columns and name.
    """

    def __init__(self, rows: Iterable[Row], kind: str) -> None:
        self._rows = rows
        self._sum = hashlib.sha256(f"{kind}\n".encode())
        self.count = 0

    def __iter__(self) -> Iterator[Row]:
        """The rows, each once."""
        for row in self._rows:
            text = json.dumps(row.cells, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            self._sum.update(f"{text}\n".encode())
            self.count += 1
            yield row

    @property
    def digest(self) -> str:
        """SHA-256 of the rows that came by."""
        return self._sum.hexdigest()


def counted(count: int, what: str) -> str:
    """How many of them, in words: 1 row, 2 rows."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def in_columns(faults: Iterable[Fault], layout: Layout) -> list[Fault]:
    """Faults by their lines, each once; a field names its column too, where that is called otherwise."""
    named = {name: f"{name} ({column})" for name, column in layout.columns.items() if column != name}
    return sorted({replace(fault, field=named.get(fault.field, fault.field)) for fault in faults})


def rows(table: Table, layout: Layout, faults: list[Fault]) -> Iterator[Row]:
    """The rows of a file; a record that is torn is noted among the faults. Raises FileUnreadable."""
    places = _places(table.header, layout)
    for number, record in enumerate(table.records(faults)):
        if number == MOST_ROWS:
            raise FileUnreadable(f"has more than {MOST_ROWS:,} rows: split it")
        told = {name: text for name, place in places.items() if (text := record.cells[place].strip())}
        unfit = {name: record.unfit[place] for name, place in places.items() if place in record.unfit}
        unfit |= {name: says for name, text in told.items() if (says := _unfit(text)) is not None}
        times = {name for name, place in places.items() if place in record.times}
        yield Row(record.line, {**layout.constants, **told}, unfit, times)


def _unfit(text: str) -> str | None:
    """Why no field takes such a text."""
    if len(text) > MOST_LETTERS:
        return f"is longer than {MOST_LETTERS:,}"
    return "holds a control character" if "\0" in text else None


def _places(header: Sequence[str], layout: Layout) -> dict[str, int]:
    """Field → place in a record. Raises FileUnreadable for columns that are not there, or there twice."""
    for column in layout.columns.values():
        if (times := list(header).count(column)) != 1:
            there = "is there twice" if times else f"is not among {', '.join(header) or 'none'}"
            raise FileUnreadable(f"column {column} {there}")
    return {name: header.index(column) for name, column in layout.columns.items()}
