"""Backups: a folder with a copy of each books' database and a manifest, and the way back from it."""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from psycopg.conninfo import make_conninfo
from sqlalchemy import Connection, Engine, create_engine, func, inspect, select, table, text

from loyalty.db import Books, books_kept, db, reading
from loyalty.risks import knows_revision, revisions

FORMAT = 1
MANIFEST = "manifest.json"
_ENDINGS = {"sqlite": "db", "postgresql": "dump"}
_NOT_FOR_TOOLS = {"options", "application_name"}  # they are about the wishes of tills


class BackupFaulty(Exception):
    """A backup that cannot be made or used; the text says why."""


@dataclass(frozen=True, slots=True)
class Copy:
    """One books' database as it was: its file, what proves it unchanged, and what is in it."""

    kind: str
    file: str
    bytes: int
    sha256: str
    revision: str
    rows: Mapping[str, int]


def make(folder: Path, now: datetime) -> Mapping[Books, Copy]:
    """Copy all books into a new folder, which appears under its name only when it is whole and on the disk.

    Everything that was answered before is in it. Raises BackupFaulty, Unavailable; then nothing is left.
    """
    if folder.exists():
        raise BackupFaulty(f"{folder} exists: a backup never overwrites")
    folder.parent.mkdir(parents=True, exist_ok=True)
    begun = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        copies = {books: _copy(books, begun) for books in books_kept()}
        told = {books: asdict(copy) for books, copy in copies.items()}
        manifest = {"format": FORMAT, "made_at": now.isoformat(), "books": told}
        (begun / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
        for file in (*begun.iterdir(), begun):
            _to_disk(file)
        begun.rename(folder)
        _to_disk(folder.parent)
    except BaseException:
        shutil.rmtree(begun, ignore_errors=True)
        raise
    return copies


def restore(folder: Path) -> Mapping[Books, Copy]:
    """Fill the empty databases of this application from a backup, as it was made.

    Looks before it writes: every file must be what its manifest says, and every database empty. Raises
    BackupFaulty, Unavailable.
    """
    copies = _manifest(folder)
    wanted = {books: copies[books] for books in books_kept() if books in copies}
    if "live" not in wanted:
        raise BackupFaulty("there are no live books in it")
    for books, copy in wanted.items():
        _refuse_unfit(folder, books, copy)
    for books, copy in wanted.items():
        _fill(books, folder / copy.file)
        with reading(books) as session:
            if (rows := _rows(session.connection())) != dict(copy.rows):
                raise BackupFaulty(f"the {books} books have other numbers of rows than the backup: {rows}")
    return wanted


def _copy(books: Books, folder: Path) -> Copy:
    """Copy one database as of one instant, while others go on writing."""
    with reading(books) as session:
        connection = session.connection()
        kind, raw = connection.dialect.name, connection.connection.driver_connection
        if len(at := revisions(raw)) != 1:
            raise BackupFaulty(f"the {books} books have no tables of ours")
        file = folder / f"{books}.{_ENDINGS[kind]}"
        if kind == "sqlite":
            rows = _copy_file(raw, file)
        else:
            session.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            seen = session.scalar(text("SELECT pg_export_snapshot()"))
            words = ("--format=custom", f"--snapshot={seen}", f"--file={file}")
            _run(raw, "pg_dump", *words, f"--dbname={_dsn(raw)}")
            _run(raw, "pg_restore", f"--file={os.devnull}", str(file))  # it can be read to its end
            rows = _rows(connection)
    return Copy(kind, file.name, file.stat().st_size, _digest(file), at.pop(), rows)


def _copy_file(raw: Any, file: Path) -> dict[str, int]:
    with closing(sqlite3.connect(file)) as copy:
        raw.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
        told = [said for (said,) in copy.execute("PRAGMA integrity_check")]
        if told != ["ok"] or copy.execute("PRAGMA foreign_key_check").fetchone():
            raise BackupFaulty(f"the copy is not sound: {'; '.join(told)}")
    engine = create_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        rows = _rows(connection)
    engine.dispose()
    return rows


def _fill(books: Books, file: Path) -> None:
    with _engine(books).connect() as connection:
        raw: Any = connection.connection.driver_connection
        if connection.dialect.name == "sqlite":
            raw.execute("PRAGMA query_only = OFF")  # it may have been looked with
            with closing(sqlite3.connect(file)) as source:
                source.backup(raw)
        else:
            words = ("--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges")
            _run(raw, "pg_restore", *words, f"--dbname={_dsn(raw)}", str(file))
    _engine(books).dispose()  # what was open knows nothing of the new tables


def _refuse_unfit(folder: Path, books: Books, copy: Copy) -> None:
    file, engine = folder / copy.file, _engine(books)
    if not file.is_file() or file.stat().st_size != copy.bytes or _digest(file) != copy.sha256:
        raise BackupFaulty(f"{copy.file} is not the file that the manifest tells of")
    if engine.dialect.name != copy.kind:
        raise BackupFaulty(
            f"the {books} books are a copy of {copy.kind}, the database is {engine.dialect.name}"
        )
    if not knows_revision(copy.revision):
        raise BackupFaulty(f"its tables are at {copy.revision}, which this release does not know")
    with reading(books) as session:
        if inspect(session.connection()).get_table_names():
            raise BackupFaulty(f"the database of the {books} books is not empty")


def _manifest(folder: Path) -> dict[str, Copy]:
    try:
        told = json.loads((folder / MANIFEST).read_text("utf-8"))
        if told["format"] != FORMAT:
            raise BackupFaulty(f"its format is {told['format']}, not {FORMAT}")
        return {books: Copy(**copy) for books, copy in told["books"].items()}
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise BackupFaulty(f"{folder} is no whole backup: {error!r}") from None


def _engine(books: Books) -> Engine:
    return db.engines[None if books == "live" else books]


def _rows(connection: Connection) -> dict[str, int]:
    """How many rows each table has."""
    names = sorted(inspect(connection).get_table_names())
    return {name: connection.scalar(select(func.count()).select_from(table(name))) or 0 for name in names}


def _run(raw: Any, program: str, *words: str) -> None:
    """Run one of PostgreSQL's own programs; the password goes by the environment, which nobody else sees."""
    found = shutil.which(program)
    if found is None:
        raise BackupFaulty(f"{program} is not there: install the client programs of the server's PostgreSQL")
    known = os.environ | ({"PGPASSWORD": raw.info.password} if raw.info.password else {})
    ran = subprocess.run(  # noqa: S603 -- our own words, no shell
        [found, *words], env=known, umask=0o077, capture_output=True, text=True, check=False
    )
    if ran.returncode != 0:
        raise BackupFaulty(f"{program} failed: {ran.stderr.strip()[-2000:]}")


def _dsn(raw: Any) -> str:
    """Where a connection leads, without its password."""
    told = raw.info.get_parameters()
    return make_conninfo(**{name: value for name, value in told.items() if name not in _NOT_FOR_TOOLS})


def _digest(file: Path) -> str:
    with file.open("rb") as read:
        return hashlib.file_digest(read, "sha256").hexdigest()


def _to_disk(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
