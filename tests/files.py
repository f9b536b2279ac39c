"""Files as other systems and people write them, and the words that import them."""

import zipfile
from collections.abc import Iterable
from datetime import date, time
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook

DAY, TIME = "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"


def csv_file(folder: Path, *lines: str, encoding: str = "utf-8", name: str = "told.csv") -> str:
    """A file of these lines; its path."""
    file = folder / name
    file.write_bytes("".join(f"{line}\r\n" for line in lines).encode(encoding))
    return str(file)


def xlsx_file(
    folder: Path, *rows: Iterable[Any], name: str = "told.xlsx", sheets: int = 1, from_1904: bool = False
) -> str:
    """A workbook of these rows, typed as people type them; texts that begin with = are formulas. Its path."""
    file = folder / name
    with Workbook(file, {"date_1904": from_1904}) as book:
        forms = {form: book.add_format({"num_format": form}) for form in (DAY, TIME)}
        for sheet in [book.add_worksheet() for _ in range(sheets)][:1]:
            for number, row in enumerate(rows):
                for place, cell in enumerate(row):
                    if isinstance(cell, date | time):
                        form = forms[DAY if type(cell) is date else TIME]
                        sheet.write_datetime(number, place, cell, form)
                    else:
                        sheet.write(number, place, cell)
    return str(file)


def patched(file: str, part: str, old: str, new: str) -> str:
    """The workbook with something else in one of its parts: what no program that means well writes."""
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old.encode() in parts[part]
    parts[part] = parts[part].replace(old.encode(), new.encode())
    return packed(file, parts)


def packed(file: str, parts: dict[str, bytes]) -> str:
    """An archive of these parts, in the place of a file; its path."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file


def mapped(*columns: str, **fixed: str) -> list[str]:
    """Options that read these columns as the fields of their names, and fix others."""
    named = [("--map", f"{column}={column}") for column in columns]
    return [word for pair in named + [("--set", f"{k}={v}") for k, v in fixed.items()] for word in pair]
