"""Many questions in one trip to the database: what a wish must know is asked for at once.

A trip costs more than a question: the database is asked for one row whose cells are the answers, as JSON.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from operator import methodcaller
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Date,
    Dialect,
    Select,
    Subquery,
    bindparam,
    func,
    select,
    union_all,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.expression import ColumnClause
from sqlalchemy.sql.functions import GenericFunction

from loyalty.driver import line_of, rows_of
from loyalty.tables import MERGED, Moment, is_document
from loyalty.writing import as_sqlite_keeps, send

Rows = list[tuple[Any, ...]]

_DIALECTS: dict[str, Dialect] = {
    "postgresql": postgresql.psycopg.dialect(),  # type: ignore[no-untyped-call]
    "sqlite": sqlite.dialect(paramstyle="named"),
}


class _Among(ColumnElement[bool]):
    """Whether a column is one of the values of a list."""

    inherit_cache = True
    type = Boolean()

    def __init__(self, column: ColumnElement[Any], name: str) -> None:
        self.column, self.name = column, name

    def self_group(self, against: Any = None) -> Any:
        """As it stands: compared with 1, as SQLite's booleans are, no index would find its rows."""
        return self


def among(column: Any, name: str) -> ColumnElement[bool]:
    """The condition that a column is one of those that a question is asked with, as a list under a name."""
    return _Among(column, name)


def of_family(column: Any, name: str) -> ColumnElement[bool]:
    """The condition that a column is one of some members, or one of who was merged into them (M6).

    Each is found by an index of its own: with OR, and joined, SQLite would look through all there is.
    """
    own = MERGED.alias("own")
    mine = select(own.c.member_id).where(among(own.c.member_id, name))
    merged = select(own.c.member_id).where(among(own.c.merged_into, name))
    found: ColumnElement[bool] = column.in_(union_all(mine, merged))
    return found


@compiles(_Among, "postgresql")
def _as_array(element: _Among, compiler: Any, singles: frozenset[str] = frozenset(), **more: Any) -> str:
    told = f"%({element.name})s" if element.name in singles else f"ANY(%({element.name})s)"
    return f"{compiler.process(element.column, **more)} = {told}"


@compiles(_Among, "sqlite")
def _as_json(element: _Among, compiler: Any, singles: frozenset[str] = frozenset(), **more: Any) -> str:
    column, name = compiler.process(element.column, **more), f":{element.name}"
    return (
        f"{column} = {name}"
        if element.name in singles
        else f"{column} IN (SELECT value FROM json_each({name}))"
    )


@dataclass(frozen=True, slots=True)
class Table:
    """Rows that a question is asked with, each with the cells that `told_rows` names, in that order."""

    rows: Sequence[Sequence[Any]]

    def told(self, dialect: str) -> str:
        """The value that `told_rows` reads."""
        as_kept = as_sqlite_keeps if dialect == "sqlite" else methodcaller("isoformat")
        return json.dumps(self.rows, default=as_kept)


class _RowsTold(GenericFunction[Any]):
    """The rows of a table that a question is asked with, each a `value` of JSON."""

    inherit_cache = True
    name = "rows_told"


class _CellTold(GenericFunction[Any]):
    """A cell of such a row, by its place, as text or as SQLite keeps it."""

    inherit_cache = True
    name = "cell_told"


def told_rows(name: str, **kinds: Any) -> Subquery:
    """The rows of the table that a question is asked with under a name, by their cells' names and types."""
    rows = func.rows_told(bindparam(name)).table_valued("value", name=f"{name}_rows")
    cells = (func.cell_told(rows.c.value, no, type_=kind) for no, kind in enumerate(kinds.values()))
    return select(*(cell.label(name) for cell, name in zip(cells, kinds, strict=True))).subquery(name)


@compiles(_RowsTold, "postgresql")
def _rows_on_postgresql(element: _RowsTold, compiler: Any, **more: Any) -> str:
    return f"json_array_elements(CAST({compiler.process(element.clauses, **more)} AS JSON))"


@compiles(_RowsTold, "sqlite")
def _rows_on_sqlite(element: _RowsTold, compiler: Any, **more: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **more)})"


@compiles(_CellTold, "postgresql")
def _cell_on_postgresql(element: _CellTold, compiler: Any, **more: Any) -> str:
    value, place = element.clauses
    kind = compiler.dialect.type_compiler_instance.process(element.type)
    return f"CAST({compiler.process(value, **more)} ->> {place.value} AS {kind})"


@compiles(_CellTold, "sqlite")
def _cell_on_sqlite(element: _CellTold, compiler: Any, **more: Any) -> str:
    value, place = element.clauses
    return f"json_extract({compiler.process(value, **more)}, '$[{place.value}]')"


class Question:
    """A query that may be asked together with others. Its values are named; its columns have no two names."""

    def __init__(self, query: Select[Any]) -> None:
        self._query = query
        self.columns = [column.name for column in query.selected_columns]
        readers = map(_reader, query.selected_columns)
        self._readers = [(no, reader) for no, reader in enumerate(readers) if reader is not None]

    def alone(self, dialect: str, singles: frozenset[str]) -> str:
        """The query as it is asked alone; `singles` are the lists that have one value."""
        return _alone(self._query, dialect, singles)

    def words(self, dialect: str, singles: frozenset[str], no: int) -> str:
        """The query as one cell: its rows, an array each, in their order."""
        words = self.alone(dialect, singles)
        if dialect == "postgresql":
            cells = ", ".join(f'q{no}."{name}"' for name in self.columns)
            return f"(SELECT json_agg(json_build_array({cells})) FROM ({words}) AS q{no})"
        cells = ", ".join(map(_cell_of_sqlite, self._query.selected_columns))
        return f"(SELECT json_group_array(json_array({cells})) FROM ({words}))"

    def rows(self, told: Sequence[list[Any]] | None) -> Rows:
        """The rows as their columns are typed, from what came as JSON."""
        rows = told or ()
        for no, reader in self._readers:
            for row in rows:
                if row[no] is not None:
                    row[no] = reader(row[no])
        return [*map(tuple, rows)]


def ask(session: Session, questions: Sequence[Question], /, **values: Any) -> list[Rows]:
    """What each question answers, in their order, seen as of one instant.

    `values` are those that the questions name: lists for `among`, instants and days as they are.
    """
    send(session)
    connection = line_of(session)
    dialect = connection.dialect.name
    singles, told = _told(dialect, values)
    (found,) = rows_of(connection, _words(dialect, singles, tuple(questions)), told)
    answers = found if dialect == "postgresql" else [json.loads(cell) for cell in found]
    return [question.rows(answer) for question, answer in zip(questions, answers, strict=True)]


def ask_one(session: Session, question: Question, /, **values: Any) -> Rows:
    """What one question answers, in a trip of its own: one that locks the rows it finds."""
    send(session)
    connection = line_of(session)
    dialect = connection.dialect.name
    singles, told = _told(dialect, values)
    found = rows_of(connection, question.alone(dialect, singles), told)
    return [*map(tuple, found)] if dialect == "postgresql" else question.rows([*map(list, found)])


def value(name: str, kind: Any = None) -> Any:
    """A value that a question is asked with."""
    return bindparam(name, type_=kind) if kind is not None else bindparam(name)


@lru_cache(maxsize=200)
def _alone(query: Select[Any], dialect: str, singles: frozenset[str]) -> str:
    return str(query.compile(dialect=_DIALECTS[dialect], compile_kwargs={"singles": singles}))


@lru_cache(maxsize=200)
def _words(dialect: str, singles: frozenset[str], questions: tuple[Question, ...]) -> str:
    cells = (question.words(dialect, singles, no) for no, question in enumerate(questions))
    return f"SELECT {', '.join(cells)}"


def _told(dialect: str, values: dict[str, Any]) -> tuple[frozenset[str], dict[str, Any]]:
    """The lists that have one value, and all values as the driver takes them.

    One value is compared with, not looked for in a list: PostgreSQL then need not plan anew each time.
    """
    singles = frozenset(name for name, one in values.items() if isinstance(one, list) and len(one) == 1)
    told = {name: one[0] if name in singles else one for name, one in values.items()}
    told = {name: one.told(dialect) if isinstance(one, Table) else one for name, one in told.items()}
    as_asked = as_sqlite_keeps if dialect == "sqlite" else _as_postgresql_reads
    return singles, {name: as_asked(one) for name, one in told.items()}


def _as_postgresql_reads(value: Any) -> Any:
    """A list as PostgreSQL reads it, of whatever it is compared with; the driver takes longer to say it."""
    if not isinstance(value, list):
        return value
    cells = (str(one).replace("\\", "\\\\").replace('"', '\\"') for one in value)
    return "{" + ",".join([f'"{cell}"' for cell in cells]) + "}"


def _cell_of_sqlite(column: Any) -> str:
    return f'json("{column.name}")' if is_document(column) else f'"{column.name}"'


def _reader(column: Column[Any] | ColumnClause[Any] | Any) -> Callable[[Any], Any] | None:
    if isinstance(column.type, Moment):
        return _instant
    if isinstance(column.type, Boolean):
        return bool
    return date.fromisoformat if isinstance(column.type, Date) else None


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
