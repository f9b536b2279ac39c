"""Plain rows of a book, read from SQLite or PostgreSQL as they stand at one instant."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

import psycopg

from tests.proofs.judging.life import Life, Row
from tests.proofs.judging.packed import outcome

KEYS = {  #: each table that is judged, with its key
    "edition": ("number",),
    "member": ("member_id",),
    "person": ("member_id",),
    "member_reference": ("value",),
    "card": ("number",),
    "consent": ("member_id", "consent_id"),
    "member_code": ("digest",),
    "claim": ("scope", "key"),
    "account": ("member_id", "unit"),
    "lot": ("member_id", "unit", "expires_on", "kind"),
    "operation": ("member_id", "op_id"),
    "operation_part": ("member_id", "op_id", "unit"),
    "entry": ("member_id", "unit", "seq"),
    "hold": ("member_id", "op_id"),
    "pending": ("member_id", "op_id", "unit", "part_no"),
    "tally": ("member_id", "unit", "day"),
    "standing": ("member_id",),
    "stop": ("member_id", "stop_id"),
    "term": ("member_id", "term_no"),
    "sale": ("member_id", "op_id"),
    "sale_return": ("member_id", "op_id"),
    "review": ("review_id",),
    "approval_request": ("approval_id",),
    "outbox_message": ("member_id", "seq"),
    "outbox_head": ("id",),
    "policy": ("policy_no",),
    "policy_version": ("policy_no", "version"),
    "policy_share": ("member_id", "policy_no"),
    "premium": ("reference",),
    "usage": ("name", "subject", "period"),
    "place": ("code",),
    "entitlement": ("member_id", "benefit", "subject", "from_at"),
    "benefit_use": ("member_id", "use_id"),
    "mailing": ("member_id", "benefit", "year"),
    "assignment": ("member_id", "benefit", "turn"),
    "club_event": ("event_id",),
    "reward_order": ("member_id", "op_id"),
    "reward_stock": ("reward",),
    "household_seat": ("member_id", "seat_id"),
    "act": ("seq",),
    "act_head": ("id",),
    "api_key": ("key_id",),
    "staff_account": ("account_id",),
    "webhook_endpoint": ("endpoint_id",),
    "work": ("id",),
}
OF_MEMBERS = (  #: tables of which a member's rows are judged together
    "member", "person", "card", "consent", "member_code", "claim", "account", "lot", "operation",
    "operation_part", "entry", "hold", "pending", "tally", "standing", "stop", "term", "sale", "sale_return",
    "review", "outbox_message", "policy_share", "premium", "entitlement", "benefit_use", "mailing",
    "assignment", "reward_order", "approval_request", "household_seat",
)  # fmt: skip

PACKED = ("claim", "outcome")


class Unreadable(Exception):
    """There is no book to judge here, or not one of this shape."""


class Connection(Protocol):
    """What a reader asks of either database."""

    def columns(self, table: str) -> dict[str, str]:
        """The columns of a table with their declared types; none where there is no such table."""

    def rows(self, words: str) -> Iterator[tuple[Any, ...]]:
        """What a query finds, row by row."""


class Books:
    """The tables of one book."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._columns = {table: connection.columns(table) for table in KEYS}
        if missing := [table for table, columns in self._columns.items() if not columns]:
            raise Unreadable(f"no table {', '.join(missing)}")

    def rows(self, table: str, order: str | None = None) -> Iterator[Row]:
        """Every row of a table, by its key or in another order."""
        columns = self._columns[table]
        names = list(columns)
        readers = [
            outcome if (table, name) == PACKED else _READERS.get(kind.split("(")[0].upper(), _as_is)
            for name, kind in columns.items()
        ]
        by = order or ", ".join(f'"{key}"' for key in KEYS[table])
        listed = ", ".join(f'"{name}"' for name in names)
        for cells in self._connection.rows(f'SELECT {listed} FROM "{table}" ORDER BY {by}'):
            told = {
                name: None if cell is None else read(cell)
                for name, read, cell in zip(names, readers, cells, strict=True)
            }
            yield Row(table=table, keys=KEYS[table], **told)

    def table(self, name: str) -> list[Row]:
        """All rows of a table that is small, or that is not a member's."""
        return list(self.rows(name))

    def lives(self) -> Iterator[Life]:
        """Every member of whom any table knows, with all rows of theirs."""
        walks = {table: self._by_member(table) for table in OF_MEMBERS}
        heads = {table: next(walk, None) for table, walk in walks.items()}
        while members := [head[0] for head in heads.values() if head is not None]:
            mine = min(members)
            rows: dict[str, Any] = {table: [] for table in OF_MEMBERS}
            for table, head in heads.items():
                if head is not None and head[0] == mine:
                    rows[table], heads[table] = head[1], next(walks[table], None)
            yield Life(member_id=mine, **rows)

    def _by_member(self, table: str) -> Iterator[tuple[int, list[Row]]]:
        keys = ", ".join(f'"{key}"' for key in KEYS[table] if key != "member_id")
        order = "member_id" + (f", {keys}" if keys else "")
        for member_id, rows in groupby(self.rows(table, order), key=lambda row: row.member_id):
            if member_id is not None:
                yield member_id, list(rows)


@contextmanager
def opened(database_url: str) -> Iterator[Books]:
    """The book at a URL, as it stands now. Raises Unreadable."""
    kind = database_url.partition(":")[0].partition("+")[0]
    connect = {"sqlite": _sqlite, "postgresql": _postgresql}.get(kind)
    if connect is None:
        raise Unreadable(f"{kind} is neither sqlite nor postgresql")
    try:
        with connect(database_url) as connection:
            yield Books(connection)
    except (sqlite3.Error, psycopg.Error) as fault:
        raise Unreadable(str(fault)) from fault


class _Sqlite:
    def __init__(self, raw: sqlite3.Connection) -> None:
        self._raw = raw

    def columns(self, table: str) -> dict[str, str]:
        return {name: kind for _, name, kind, *_ in self._raw.execute(f'PRAGMA table_info("{table}")')}

    def rows(self, words: str) -> Iterator[tuple[Any, ...]]:
        return iter(self._raw.execute(words))


class _Postgresql:
    def __init__(self, raw: psycopg.Connection[tuple[Any, ...]]) -> None:
        self._raw = raw
        self._walks = 0

    def columns(self, table: str) -> dict[str, str]:
        found = self._raw.execute(
            "SELECT column_name, data_type FROM information_schema.columns"
            " WHERE table_schema = current_schema() AND table_name = %s ORDER BY ordinal_position",
            (table,),
        )
        return dict(found.fetchall())  # type: ignore[arg-type]

    def rows(self, words: str) -> Iterator[tuple[Any, ...]]:
        self._walks += 1
        with self._raw.cursor(name=f"walk_{self._walks}") as cursor:
            cursor.itersize = 5000
            cursor.execute(words.encode())
            yield from cursor


@contextmanager
def _sqlite(database_url: str) -> Iterator[Connection]:
    file = Path(unquote(database_url.partition(":///")[2].partition("?")[0]))
    if not file.is_file():
        raise Unreadable(f"no file {file}")
    # Not read-only: what a killed process left in the log must be taken in first.
    raw = sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=30)
    try:
        raw.execute("PRAGMA query_only = ON")
        raw.execute("BEGIN")
        yield _Sqlite(raw)
    finally:
        raw.close()


@contextmanager
def _postgresql(database_url: str) -> Iterator[Connection]:
    address = urlsplit(database_url)._replace(scheme="postgresql").geturl()
    with psycopg.connect(address) as raw:
        raw.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        raw.execute("SET LOCAL TIME ZONE 'UTC'")
        yield _Postgresql(raw)
        raw.rollback()


def _as_is(cell: Any) -> Any:
    return cell


def _instant(cell: Any) -> datetime:
    told = cell if isinstance(cell, datetime) else datetime.fromisoformat(cell)
    return told.replace(tzinfo=UTC) if told.tzinfo is None else told.astimezone(UTC)


def _day(cell: Any) -> date:
    return cell if isinstance(cell, date) else date.fromisoformat(cell)


def _document(cell: Any) -> Any:
    return json.loads(cell) if isinstance(cell, str) else cell


_READERS = {
    "DATETIME": _instant,
    "TIMESTAMP WITH TIME ZONE": _instant,
    "DATE": _day,
    "JSON": _document,
    "BOOLEAN": bool,
}
