"""The hot statements, by the database's own driver: what SQLAlchemy does around each costs more than they do.

They run on the connection of a session, within its transaction. Whoever listens to statements hears these,
too: then they go the ordinary way.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, NoReturn

import psycopg
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

Cells = Sequence[Any]
_LINE = "line"  #: where a session keeps the connection of a wish
_NAMED = re.compile(r"%\((\w+)\)s")


@contextmanager
def speaking(session: Session, connection: Connection) -> Iterator[None]:
    """Within this the session speaks on its connection without looking for it anew each time."""
    session.info[_LINE] = connection
    try:
        yield
    finally:
        del session.info[_LINE]


def line_of(session: Session) -> Connection:
    """The connection that a session speaks on; within a savepoint the session must see that it does."""
    known: Connection | None = session.info.get(_LINE)
    return session.connection() if known is None or session.in_nested_transaction() else known


def rows_of(connection: Connection, words: str, told: Mapping[str, Any]) -> Sequence[Cells]:
    """The rows that a statement answers with, asked with these values. Raises as SQLAlchemy does."""
    if _is_heard(connection):
        return connection.exec_driver_sql(words, dict(told)).all()
    with _driver_of(connection, words) as driver:
        if connection.dialect.name == "postgresql":
            numbered, names = _numbered(words)
            return psycopg.RawCursor(driver).execute(numbered, [told[name] for name in names]).fetchall()
        found: Sequence[Cells] = driver.execute(words, told).fetchall()
    return found


def run(connection: Connection, words: str) -> None:
    """Run a statement on SQLite that answers nothing. Raises as SQLAlchemy does."""
    if _is_heard(connection):
        connection.exec_driver_sql(words)
        return
    with _driver_of(connection, words) as driver:
        driver.execute(words)


def change_each(connection: Connection, words: str, rows: Sequence[Mapping[str, Any]]) -> int:
    """Run a statement for each of these rows, on SQLite; how many they changed. Raises as SQLAlchemy does."""
    if _is_heard(connection):
        return connection.exec_driver_sql(words, [dict(row) for row in rows]).rowcount
    with _driver_of(connection, words) as driver:
        changed = driver.executemany(words, rows).rowcount
    return int(changed)


@contextmanager
def _driver_of(connection: Connection, words: str) -> Iterator[Any]:
    """The driver's own connection; what it raises within is raised in SQLAlchemy's words."""
    try:
        yield connection.connection.driver_connection
    except connection.dialect.loaded_dbapi.Error as error:
        _raise(connection, words, error)


def _is_heard(connection: Connection) -> bool:
    return bool(connection.dispatch.before_cursor_execute)


@lru_cache(maxsize=500)
def _numbered(words: str) -> tuple[str, tuple[str, ...]]:
    """A statement with its values by number, and the names of these."""
    names = tuple(dict.fromkeys(_NAMED.findall(words)))
    numbers = {name: f"${number}" for number, name in enumerate(names, 1)}
    return _NAMED.sub(lambda met: numbers[met[1]], words).replace("%%", "%"), names


def _raise(connection: Connection, words: str, error: Any) -> NoReturn:
    """What went wrong, in SQLAlchemy's words; a connection that is lost is not used again."""
    dialect = connection.dialect
    lost = dialect.is_disconnect(error, connection.connection.dbapi_connection, None)
    if lost:
        connection.invalidate(error)
    raise DBAPIError.instance(
        words,
        None,
        error,
        dialect.loaded_dbapi.Error,
        hide_parameters=True,
        connection_invalidated=lost,
        dialect=dialect,
    ) from error
