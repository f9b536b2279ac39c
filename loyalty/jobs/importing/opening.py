"""A file that was handed in, opened as what it is, whatever its name says."""

import hashlib
from pathlib import Path

from loyalty.jobs.importing.csv_file import open_csv
from loyalty.jobs.importing.table import MOST_BYTES, FileUnreadable, Table
from loyalty.jobs.importing.workbook import open_workbook

_ARCHIVE = b"PK\x03\x04"
_OLD = b"\xd0\xcf\x11\xe0"


def open_table(file: Path, encoding: str | None = None) -> Table:
    """A CSV file (in that encoding, or else found) or a workbook. Raises FileUnreadable; LookupError."""
    if file.stat().st_size > MOST_BYTES:
        raise FileUnreadable(f"has more than {MOST_BYTES:,} bytes: split it")
    with file.open("rb") as read:
        sha256 = hashlib.file_digest(read, "sha256").hexdigest()
        read.seek(0)
        begins = read.read(len(_ARCHIVE))
    if begins == _OLD:
        raise FileUnreadable(
            "is a workbook of the old form, or protected by a password: save it as plain XLSX"
        )
    return open_workbook(file, sha256) if begins == _ARCHIVE else open_csv(file, encoding, sha256)
