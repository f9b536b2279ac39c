"""A CSV file as a table: its encoding and its separator found, each strictly."""

import csv
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from loyalty.jobs.importing.table import MOST_COLUMNS, MOST_LETTERS, Fault, FileUnreadable, Record, Table
from loyalty.sheets import FORMULAS

_CALLED = {"utf-8-sig": "UTF-8", "gb18030": "GB18030"}  #: what people say
_SEPARATORS = (",", ";", "\t")
_LONGEST = 1_000_000  #: of a cell: a quote that is never closed holds all that follows
_BOM = "\ufeff"
_MARKS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}
_FIRST_OF_THREE = "\u0800"  #: from which letter on UTF-8 takes three bytes


def open_csv(file: Path, encoding: str | None, sha256: str) -> Table:
    """A CSV file in the encoding that was told, or else found. Raises FileUnreadable; LookupError."""
    found = encoding or _encoding_of(file)
    with file.open(encoding=found, newline="") as text:
        try:
            first = text.readline(MOST_COLUMNS * MOST_LETTERS)
        except UnicodeDecodeError:
            raise FileUnreadable(f"is not written in {found}") from None
    separator = max(_SEPARATORS, key=first.count)
    if first.count(separator) >= MOST_COLUMNS:
        raise FileUnreadable(f"has more than {MOST_COLUMNS} columns")
    csv.field_size_limit(_LONGEST)
    header = _header(file, found, separator)
    records = partial(_records, file, found, separator, len(header))
    return Table(header, _CALLED.get(found, found), sha256, records)


def _encoding_of(file: Path) -> str:
    """The encoding in which the whole file can be read. Raises FileUnreadable when it is neither."""
    with file.open("rb") as read:
        mark = read.read(2)
    if mark in _MARKS:
        raise FileUnreadable(f"is written in {_MARKS[mark]}: save it as CSV UTF-8, or as XLSX")
    if _is_written_in(file, "utf-8-sig"):
        return "utf-8-sig"
    _refuse_mixture(file)
    if _is_written_in(file, "gb18030"):
        return "gb18030"
    raise FileUnreadable("is neither UTF-8 nor GB18030; --encoding names another")


def _is_written_in(file: Path, encoding: str) -> bool:
    try:
        with file.open(encoding=encoding, newline="") as text:
            for _ in text:
                pass
    except UnicodeDecodeError:
        return False
    return True


def _refuse_mixture(file: Path) -> None:
    """Lines of two encodings would be read as one of them, as nonsense. Raises FileUnreadable."""
    with file.open("rb") as read:
        for number, line in enumerate(read, start=1):
            try:
                text = line.decode("utf-8-sig")
            except UnicodeDecodeError:
                continue
            if any(letter >= _FIRST_OF_THREE for letter in text):
                says = f"line {number} is written in UTF-8, others are not; --encoding names one"
                raise FileUnreadable(f"mixes encodings: {says}")


def _header(file: Path, encoding: str, separator: str) -> list[str]:
    try:
        with file.open(encoding=encoding, newline="") as text:
            return [
                name.strip(_BOM + " ")
                for name in next(csv.reader(text, strict=True, delimiter=separator), [])
            ]
    except UnicodeDecodeError:
        raise FileUnreadable(f"is not written in {encoding}") from None
    except csv.Error as torn:
        raise FileUnreadable(str(torn)) from None


def _records(file: Path, encoding: str, separator: str, width: int, faults: list[Fault]) -> Iterator[Record]:
    with file.open(encoding=encoding, newline="") as text:
        reader = csv.reader(text, strict=True, delimiter=separator)
        try:
            next(reader, [])
            line = reader.line_num + 1
            for cells in reader:
                if len(cells) == width:
                    yield Record(line, [_unquoted(cell) for cell in cells])
                elif cells:
                    faults.append(Fault(line, "", f"has {len(cells)} cells, the header {width}"))
                line = reader.line_num + 1
        except UnicodeDecodeError:
            raise FileUnreadable(f"is not written in {encoding}") from None
        except csv.Error as torn:
            faults.append(Fault(reader.line_num, "", f"{torn}; nothing after it was read"))


def _unquoted(cell: str) -> str:
    """A cell without the quote that keeps a spreadsheet from working it out: as our own tables have it."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(FORMULAS) else cell
