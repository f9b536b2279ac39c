"""The archive that a workbook is, looked through before anything reads it: nothing in it may run, or swell.

A reader of workbooks takes memory for every cell of the rectangle that its cells span, and for every time a
text is used; and it tells what a formula came to last, not that there is one. So every part is read here
first, and only what was read here goes on, into a copy.
"""

import re
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from xml.parsers import expat

from loyalty.jobs.importing.table import MOST_COLUMNS, MOST_ROWS, FileUnreadable

MOST_PARTS = 1_000
MOST_UNPACKED_BYTES = 500_000_000
MOST_CELLS = 10_000_000  #: of the rectangle that the sheet's cells span
MOST_LETTERS_IN_ALL = 100_000_000
_CHUNK_BYTES = 64 * 1024
_CELL = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_TEXTS = "xl/sharedstrings.xml"
_TYPES = "[content_types].xml"
#: What a part's name tells of, and how that is said.
_REFUSED = {
    "vbaproject": "macros",
    "xl/macrosheets/": "macros",
    "xl/externallinks/": "links to other files",
    "xl/connections.xml": "links to other files",
}

#: What comes of an archive, a document or a number in it that is not what it says, or that has a password.
_DAMAGED = (zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, RuntimeError, ValueError, IndexError)

Place = tuple[int, int]  #: row and column of a cell, both from nought


@dataclass(slots=True)
class Seen:
    """What a reader would not tell of the sheet."""

    formulas: list[Place] = field(default_factory=list)
    errors: set[Place] = field(default_factory=set)  #: cells such as #N/A


def look_through(file: Path, copy: Path) -> Seen:
    """What stands in a workbook's sheet; its parts are copied as they were read. Raises FileUnreadable."""
    look = _Look()
    try:
        with zipfile.ZipFile(file) as archive, zipfile.ZipFile(copy, "w") as clean:
            for part in _parts(archive):
                with archive.open(part) as read, clean.open(part.filename, "w") as write:
                    look.over(part.filename.lower(), read, write)
    except _DAMAGED:
        raise FileUnreadable("is no XLSX file that can be read: it is damaged, or protected") from None
    if look.sheets != 1:
        raise FileUnreadable(f"has {look.sheets} sheets: the one to import goes into a file of its own")
    return look.seen


def _parts(archive: zipfile.ZipFile) -> Sequence[zipfile.ZipInfo]:
    """The parts to read, texts first, since cells tell them by number. Raises FileUnreadable."""
    parts = archive.infolist()
    names = [part.filename.lower() for part in parts]
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED_BYTES:
        raise FileUnreadable(
            f"holds more than {MOST_PARTS:,} parts or {MOST_UNPACKED_BYTES:,} bytes unpacked"
        )
    if "xl/workbook.xml" not in names or len({*names}) < len(names):
        raise FileUnreadable("is no XLSX file")
    for told, what in _REFUSED.items():
        if any(told in name for name in names):
            raise FileUnreadable(f"holds {what}: save it as XLSX, with values alone")
    kept = [part for part in parts if part.filename.lower().endswith((".xml", ".rels"))]
    return sorted(kept, key=lambda part: part.filename.lower() != _TEXTS)


class _Look:
    """Reads parts through, event by event, and counts what they would come to."""

    def __init__(self) -> None:
        self.seen = Seen()
        self.sheets = 0
        self._texts = list[int]()  #: how long each of the texts is that cells tell by number
        self._letters = 0
        self._row = self._column = -1
        self._kind = ""  #: of the cell at hand
        self._said: list[str] | None = None  #: what is being said: a text, or the number of one
        self._last_row = self._last_column = 0

    def over(self, name: str, part: IO[bytes], copy: IO[bytes]) -> None:
        """Read one part through, and copy it. Raises FileUnreadable, ExpatError."""
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = _refuse_type
        parser.StartElementHandler = self._begin_text if name == _TEXTS else self._begin
        parser.EndElementHandler = self._end_text if name == _TEXTS else self._end
        parser.CharacterDataHandler = self._hear
        self._row = self._column = -1
        while chunk := part.read(_CHUNK_BYTES):
            if name == _TYPES and b"macroenabled" in chunk.lower():
                raise FileUnreadable("holds macros: save it as XLSX, with values alone")
            parser.Parse(chunk, False)
            copy.write(chunk)
        parser.Parse(b"", True)

    def _hear(self, letters: str) -> None:
        if self._said is not None:
            self._said.append(letters)

    def _begin_text(self, name: str, _: dict[str, str]) -> None:
        if _local(name) == "si":
            self._said = []

    def _end_text(self, name: str) -> None:
        if _local(name) == "si" and self._said is not None:
            self._texts.append(sum(map(len, self._said)))
            self._said = None

    def _begin(self, name: str, told: dict[str, str]) -> None:
        local = _local(name)
        if local == "c":
            self._column += 1
            if "r" in told:
                self._row, self._column = _place(told["r"])
            self._kind = told.get("t", "")
        elif local in ("v", "is"):
            self._fill()
            self._said = []
        elif local == "f":
            self.seen.formulas.append((self._row, self._column))
        elif local == "row":
            self._row, self._column = int(told["r"]) - 1 if "r" in told else self._row + 1, -1
        elif local == "sheetData":
            self.sheets += 1

    def _end(self, name: str) -> None:
        if self._said is None or _local(name) not in ("v", "is"):
            return
        said, self._said = "".join(self._said), None
        self._letters += self._texts[int(said)] if self._kind == "s" else len(said)
        if self._letters > MOST_LETTERS_IN_ALL:
            raise FileUnreadable(f"holds more than {MOST_LETTERS_IN_ALL:,} letters: split it")

    def _fill(self) -> None:
        """A cell that says something; the sheet reaches as far. Raises FileUnreadable."""
        if self._kind == "e":
            self.seen.errors.add((self._row, self._column))
        self._last_row = max(self._last_row, self._row)
        self._last_column = max(self._last_column, self._column)
        if self._last_column >= MOST_COLUMNS:
            raise FileUnreadable(f"has more than {MOST_COLUMNS} columns")
        if self._last_row > MOST_ROWS or (self._last_row + 1) * (self._last_column + 1) > MOST_CELLS:
            raise FileUnreadable(f"has more than {MOST_ROWS:,} rows or {MOST_CELLS:,} cells: split it")


def _refuse_type(*_: object) -> None:
    raise FileUnreadable("holds a document type, which no workbook needs")


def _local(name: str) -> str:
    """A name without the prefix of its namespace."""
    return name.rpartition(":")[2]


def _place(told: str) -> Place:
    """Where a cell says it is. Raises ValueError."""
    parts = _CELL.fullmatch(told)
    if parts is None:
        raise ValueError(told)
    column = 0
    for letter in parts[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(parts[2]) - 1, column - 1
