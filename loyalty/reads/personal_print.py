"""A member's own data as one JSON document, or as a zip of CSV files, written into a file as it is read."""

import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import IO, Literal

from sqlalchemy.orm import Session

from loyalty import calendar, ids
from loyalty.reads.personal import Chapter, chapters
from loyalty.sheets import write_csv

Form = Literal["json", "csv"]
FILES: Mapping[Form, tuple[str, str]] = {
    "json": ("application/json", "member.json"),
    "csv": ("application/zip", "member.zip"),
}  #: the media type of each form, and what its file is called
_IN_MEMORY_BYTES, _CHUNK_BYTES = 1_000_000, 64 * 1024


def personal_file(session: Session, member_id: int, form: Form, now: datetime) -> IO[bytes]:
    """An open file with all there is about a member, at its beginning; a large one lies on disk.

    Whoever asks closes it. Raises NotFound.
    """
    file = _scratch()
    try:
        write_personal(session, member_id, form, file, now)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def chunks(file: IO[bytes]) -> Iterator[bytes]:
    """An open file from where it stands, piece by piece; then it is closed."""
    with file:
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk


def write_personal(session: Session, member_id: int, form: Form, file: IO[bytes], now: datetime) -> None:
    """Write all there is about a member into an open file: no more than some rows are in memory at once.

    Raises NotFound before anything is written.
    """
    found = chapters(session, member_id)
    if form == "csv":
        _as_zip(session, found, file, now)
    else:
        _as_json(session, found, file, member_id, now)


def _as_json(
    session: Session, found: Iterable[Chapter], file: IO[bytes], member_id: int, now: datetime
) -> None:
    head = {"member_id": ids.to_text(member_id), "exported_at": calendar.instant_text(now)}
    file.write(json.dumps(head, ensure_ascii=False)[:-1].encode())
    for chapter in found:
        file.write(f', "{chapter.name}": ['.encode())
        for place, row in enumerate(chapter.rows(session)):
            told = dict(zip(chapter.columns, row, strict=True))
            file.write((", " if place else "").encode() + json.dumps(told, ensure_ascii=False).encode())
        file.write(b"]")
    file.write(b"}\n")


def _as_zip(session: Session, found: Iterable[Chapter], file: IO[bytes], now: datetime) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for chapter in found:
            about = zipfile.ZipInfo(f"{chapter.name}.csv", date_time=now.timetuple()[:6])
            about.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(about, "w") as part, io.TextIOWrapper(part, "utf-8", newline="") as sheet:
                write_csv(sheet, chapter.columns, chapter.rows(session))


def _scratch() -> IO[bytes]:
    return SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)
