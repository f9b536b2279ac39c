"""A CSV file as an import reads it: its encoding found, columns mapped to fields, rows with lines."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ENCODINGS = {"utf-8-sig": "UTF-8", "gb18030": "GB18030"}  #: tried strictly, in this order; what people say
_BOM = "\ufeff"


class FileUnreadable(Exception):
    """The file as a whole cannot be read as it was asked for; the message says why."""


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What is wrong on one line of the file."""

    line: int
    says: str


@dataclass(frozen=True, slots=True)
class Row:
    """One record of the file: the line it begins on, and its cells by field; empty ones are left out."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the fields are: in a column of the file, or the same for every row."""

    columns: Mapping[str, str]  #: field → column
    constants: Mapping[str, str]  #: field → value


def counted(count: int, what: str) -> str:
    """How many of them, in words: 1 row, 2 rows."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def encoding_of(file: Path) -> str:
    """The encoding in which the whole file can be read. Raises FileUnreadable when it is neither."""
    for encoding in ENCODINGS:
        try:
            with file.open(encoding=encoding, newline="") as text:
                for _ in text:
                    pass
        except UnicodeDecodeError:
            continue
        return encoding
    raise FileUnreadable("is neither UTF-8 nor GB18030; --encoding names another")


def header_of(file: Path, encoding: str) -> list[str]:
    """The columns' names. Raises FileUnreadable."""
    try:
        with file.open(encoding=encoding, newline="") as text:
            return _header(csv.reader(text, strict=True))
    except UnicodeDecodeError:
        raise FileUnreadable(f"is not written in {encoding}") from None
    except csv.Error as torn:
        raise FileUnreadable(str(torn)) from None


def rows(file: Path, encoding: str, layout: Layout, faults: list[Fault]) -> Iterator[Row]:
    """The file's records; one that is torn is noted among the faults. Raises FileUnreadable."""
    try:
        with file.open(encoding=encoding, newline="") as text:
            reader = csv.reader(text, strict=True)
            header = _header(reader)
            places = _places(header, layout)
            yield from _records(reader, len(header), places, layout.constants, faults)
    except UnicodeDecodeError:
        raise FileUnreadable(f"is not written in {encoding}") from None
    except csv.Error as torn:
        faults.append(Fault(reader.line_num, f"{torn}; nothing after it was read"))


def _header(reader: Iterator[list[str]]) -> list[str]:
    return [name.strip(_BOM + " ") for name in next(reader, [])]


def _records(
    reader: Iterator[list[str]],
    width: int,
    places: Mapping[str, int],
    constants: Mapping[str, str],
    faults: list[Fault],
) -> Iterator[Row]:
    line = 2
    for cells in reader:
        if len(cells) == width:
            found = {field: text for field, place in places.items() if (text := cells[place].strip())}
            yield Row(line, {**constants, **found})
        elif cells:
            faults.append(Fault(line, f"has {len(cells)} cells, the header {width}"))
        line = reader.line_num + 1  # type: ignore[attr-defined]


def _places(header: list[str], layout: Layout) -> dict[str, int]:
    """Field → place in a row. Raises FileUnreadable for columns that are not there, or there twice."""
    for column in layout.columns.values():
        if header.count(column) != 1:
            there = "is there twice" if column in header else f"is not among {', '.join(header) or 'none'}"
            raise FileUnreadable(f"column {column} {there}")
    return {field: header.index(column) for field, column in layout.columns.items()}
