"""Many rows in one trip to the database: what is written down `later` is sent together.

It is sent before anything else is asked or told on the same session, and before that commits: who looks finds
it. PostgreSQL takes all of it in one statement; SQLite, where a trip costs nothing, a statement for each way.
What the parts of one statement do to the same rows has no order: a row is written in one way only.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, NoReturn

import orjson
from sqlalchemy import (
    Column,
    Connection,
    Date,
    Delete,
    Insert,
    String,
    Update,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from loyalty.driver import change_each, line_of, rows_of
from loyalty.guard import DATABASE, BooksDisturbed
from loyalty.tables import Base, Moment, is_document, table_of

Row = Mapping[str, Any]

_QUEUE = "written_later"  #: where a session keeps what was not sent yet
_SEEN = "_seen"  #: the end of the name under which a row tells what a column held when it was read
_POSTGRESQL = postgresql.dialect()  # type: ignore[no-untyped-call]


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """One way to write rows of a table: its statement, whose rows are told under the names of `cells`."""

    table: str
    cells: Mapping[str, Column[Any]]
    postgresql: str  #: reads {x}, a relation called x
    sqlite: str  #: for each row
    law: str = ""  #: that is broken where a row finds no other
    what: str = ""  #: a row finds
    sums: tuple[str, ...] = ()  #: what is added up of rows with the same key

    @property
    def relation(self) -> str:
        """The relation x, as PostgreSQL reads it from JSON."""
        return ", ".join(f'"{name}" {_type_of(column)}' for name, column in self.cells.items())


def adding(mapped: type[Base], *without: str) -> Way:
    """Rows are added; the columns `without` are left to their defaults."""
    columns = [column for column in table_of(mapped).columns if column.name not in without]
    into = f"INSERT INTO {mapped.__tablename__} ({_listed(columns)})"
    taken = ", ".join(_or_null(column) for column in columns)
    values = ", ".join(f":{column.name}" for column in columns)
    return _way(mapped, columns, f"{into} SELECT {taken} FROM {{x}}", f"{into} VALUES ({values})")


def counting(mapped: type[Base], *sums: str) -> Way:
    """Numbers are added to those of the row with the same key, which is made where there is none."""
    table = table_of(mapped)
    columns = [*table.primary_key.columns, *(table.columns[name] for name in sums)]
    into = f"INSERT INTO {table.name} ({_listed(columns)})"
    more = ", ".join(f"{name} = {table.name}.{name} + excluded.{name}" for name in sums)
    met = f"ON CONFLICT ({_listed(table.primary_key.columns)}) DO UPDATE SET {more}"
    values = ", ".join(f":{column.name}" for column in columns)
    return Way(
        table.name,
        {column.name: column for column in columns},
        f"{into} SELECT {_listed(columns)} FROM {{x}} WHERE true {met}",
        f"{into} VALUES ({values}) {met}",
        sums=sums,
    )


def changing(mapped: type[Base], *to: str, seen: Sequence[str] = (), law: str, what: str) -> Way:
    """The row with the same key is changed, if it is as it was `seen`: a row tells that as `…_seen`."""
    table = table_of(mapped)
    own = ", ".join(f"{name} = :{name}" for name in to)
    told = ", ".join(f"{name} = x.{name}" for name in to)
    columns = [*table.primary_key.columns, *(table.columns[name] for name in to)]
    return _way(
        mapped,
        columns,
        f"UPDATE {table.name} AS t SET {told} FROM {{x}} WHERE {_same(mapped, seen, 't.', 'x.')}",
        f"UPDATE {table.name} SET {own} WHERE {_same(mapped, seen, '', ':')}",
        seen,
        law,
        what,
    )


def removing(mapped: type[Base], *, seen: Sequence[str], law: str, what: str) -> Way:
    """The row with the same key goes, if it is as it was `seen`."""
    table = table_of(mapped)
    return _way(
        mapped,
        [*table.primary_key.columns],
        f"DELETE FROM {table.name} AS t USING {{x}} WHERE {_same(mapped, seen, 't.', 'x.')}",
        f"DELETE FROM {table.name} WHERE {_same(mapped, seen, '', ':')}",
        seen,
        law,
        what,
    )


@dataclass(slots=True)
class _Kept:
    rows: list[Row] = field(default_factory=list)
    members: set[int] = field(default_factory=set)


def later(session: Session, way: Way, rows: Iterable[Row], member_id: int | None = None) -> None:
    """Write rows down in this way, before whatever comes next on this session.

    Where one breaks a law, sending them raises BooksDisturbed of the member whose books they are of.
    """
    if session.new:
        session.flush()  # rows may name what was added before
    queue = session.info.get(_QUEUE)
    if queue is None:
        queue = session.info[_QUEUE] = defaultdict[Way, _Kept](_Kept)
    kept = queue[way]
    kept.rows.extend(rows)
    if member_id is not None:
        kept.members.add(member_id)


def send(session: Session) -> None:
    """Send what was written down for later. Raises BooksDisturbed."""
    queue: dict[Way, _Kept] = {way: kept for way, kept in session.info.pop(_QUEUE, {}).items() if kept.rows}
    for way, kept in queue.items():
        if way.sums and len(kept.rows) > 1:
            kept.rows = _added_up(way, kept.rows)
    if not queue:
        return
    connection = line_of(session)
    if connection.dialect.name == "postgresql":
        _send_together(connection, queue)
    else:
        _send_one_by_one(connection, queue)


def carry_together(
    session: Session, statements: Sequence[Insert | Update | Delete], values: Mapping[str, Any]
) -> list[int]:
    """Carry out statements on different rows, none of which reads what one before it wrote; rows of each.

    PostgreSQL takes all of them as one, so that what they read in common is found once.
    """
    if line_of(session).dialect.name != "postgresql":
        done: list[Any] = [session.execute(one, dict(values)) for one in statements]
        return [one.rowcount for one in done]
    parts = [one.returning(literal_column("1")).cte(f"w{no}") for no, one in enumerate(statements)]
    counts = (select(func.count()).select_from(part).scalar_subquery() for part in parts)
    return [*session.execute(select(*counts), dict(values)).one()]


def forget(session: Session) -> None:
    """What was written down for later is not sent: the transaction that it belongs to is undone."""
    session.info.pop(_QUEUE, None)


def as_sqlite_keeps(value: Any) -> Any:
    """An instant, a day or a list as SQLite keeps or reads it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value) if isinstance(value, list) else value


def _send_together(connection: Connection, queue: Mapping[Way, _Kept]) -> None:
    told = {f"x{no}": orjson.dumps(kept.rows).decode() for no, kept in enumerate(queue.values())}
    try:
        (done,) = rows_of(connection, _together(tuple(queue)), told)
    except IntegrityError as error:
        table = getattr(getattr(error.orig, "diag", None), "table_name", None)
        _refused(error, [kept for way, kept in queue.items() if way.table == table])
    for (way, kept), count in zip(queue.items(), done, strict=True):
        _expect(way, kept, count)


def _send_one_by_one(connection: Connection, queue: Mapping[Way, _Kept]) -> None:
    for way, kept in queue.items():
        rows = [{name: _cell(column, row[name]) for name, column in way.cells.items()} for row in kept.rows]
        try:
            count = change_each(connection, way.sqlite, rows)
        except IntegrityError as error:
            _refused(error, [kept])
        _expect(way, kept, count)


@lru_cache(maxsize=200)
def _together(ways: tuple[Way, ...]) -> str:
    parts = [f"w{no} AS ({_reading(way, no)} RETURNING 1)" for no, way in enumerate(ways)]
    counts = ", ".join(f"(SELECT count(*) FROM w{no})" for no in range(len(ways)))
    return f"WITH {', '.join(parts)} SELECT {counts}"


def _reading(way: Way, no: int) -> str:
    """The statement of a way over the rows that are told for it."""
    return way.postgresql.replace("{x}", f"json_to_recordset(%(x{no})s::json) AS x({way.relation})")


def _added_up(way: Way, rows: Iterable[Row]) -> list[Row]:
    """One row for each key: a statement meets no row twice."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        key = tuple(row[name] for name in way.cells if name not in way.sums)
        if (known := found.get(key)) is None:
            found[key] = {**row}
        else:
            for name in way.sums:
                known[name] += row[name]
    return [*found.values()]


def _expect(way: Way, kept: _Kept, count: int) -> None:
    if count != len(kept.rows):
        expected = "one was" if len(kept.rows) == 1 else f"{len(kept.rows)} were"
        detail = f"{way.what}: {count} rows where {expected} expected"
        raise BooksDisturbed(way.law, detail, _only(kept.members))


def _refused(error: IntegrityError, whose: Sequence[_Kept]) -> NoReturn:
    """What the database refuses is a broken law of the books it was of, if it was of any."""
    members = set().union(*(kept.members for kept in whose))
    if not members:
        raise error
    raise BooksDisturbed(DATABASE, str(error.orig).partition("\n")[0], _only(members)) from error


def _only(members: set[int]) -> int | None:
    return next(iter(members)) if len(members) == 1 else None


def _way(
    mapped: type[Base],
    columns: Sequence[Column[Any]],
    postgresql: str,
    sqlite: str,
    seen: Sequence[str] = (),
    law: str = "",
    what: str = "",
) -> Way:
    cells = {column.name: column for column in columns}
    cells |= {f"{name}{_SEEN}": table_of(mapped).columns[name] for name in seen}
    return Way(mapped.__tablename__, cells, postgresql, sqlite, law, what)


def _same(mapped: type[Base], seen: Sequence[str], own: str, told: str) -> str:
    keys = [column.name for column in table_of(mapped).primary_key.columns]
    same = [f"{own}{name} = {told}{name}" for name in keys]
    return " AND ".join(same + [f"{own}{name} = {told}{name}{_SEEN}" for name in seen])


def _listed(columns: Iterable[Any]) -> str:
    return ", ".join(column.name for column in columns)


def _or_null(column: Column[Any]) -> str:
    """A cell as it is told; no document is kept as the null of JSON, on both databases."""
    return f"coalesce({column.name}, 'null')" if is_document(column) else column.name


def _type_of(column: Column[Any]) -> str:
    if isinstance(column.type, String):
        return "TEXT"
    return str(column.type.dialect_impl(_POSTGRESQL).compile(_POSTGRESQL))


def _cell(column: Column[Any], value: Any) -> Any:
    if is_document(column):
        return json.dumps(value)
    return as_sqlite_keeps(value) if isinstance(column.type, Moment | Date) else value
