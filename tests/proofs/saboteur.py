"""Makes a database fail at one statement, or at a commit, as its driver would tell it."""

import random
import sqlite3
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import psycopg
from sqlalchemy import Engine, event

_SQLITE_FAULTS = (
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_IOERR_WRITE,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_CANTOPEN,
)
_POSTGRESQL_FAULTS = ("53100", "57014", "57P01", "58030")  # disk full, cancelled, shut down, the system's I/O


class When(Enum):
    """The moment of a fault."""

    BEFORE = "before a statement"
    AFTER = "after a statement"
    COMMIT = "instead of a commit"
    COMMITTED = "after a commit"


@dataclass(slots=True)
class Saboteur:
    """Lets one statement or commit of an engine fail, counted from when it was told to."""

    rng: random.Random
    fired: bool = False
    _when: When | None = None
    _left: int = 0
    _engines: list[Engine] = field(default_factory=list)

    def plant(self, engine: Engine) -> None:
        """Sit between this engine and its driver."""
        self._engines.append(engine)
        commit = engine.dialect.do_commit

        @event.listens_for(engine, "do_execute")
        def on_execute(cursor: Any, statement: str, parameters: Any, _: Any) -> bool:
            return self._at_statement(cursor, lambda: cursor.execute(statement, parameters))

        @event.listens_for(engine, "do_executemany")
        def on_many(cursor: Any, statement: str, parameters: Any, _: Any) -> bool:
            return self._at_statement(cursor, lambda: cursor.executemany(statement, parameters))

        @event.listens_for(engine, "do_execute_no_params")
        def on_plain(cursor: Any, statement: str, _: Any) -> bool:
            return self._at_statement(cursor, lambda: cursor.execute(statement))

        def on_commit(connection: Any) -> None:
            if self._is_due(When.COMMIT):
                self._fail_to_commit(connection.cursor())
            commit(connection)
            if self._is_due(When.COMMITTED):
                self._fail_to_commit(connection.cursor())

        engine.dialect.do_commit = on_commit  # type: ignore[method-assign]

    def arm(self, when: When, number: int) -> None:
        """Let the so-many-th statement, or commit, from now on fail; the first is 1."""
        self.fired, self._when, self._left = False, when, number

    def disarm(self) -> bool:
        """Let nothing fail any more; whether something did."""
        self._when = None
        return self.fired

    def _at_statement(self, cursor: Any, execute: Any) -> bool:
        """Whether the statement needs no other to carry it out."""
        if self._is_due(When.BEFORE):
            self._fail(cursor)
        if self._is_due(When.AFTER):
            execute()
            self._fail(cursor)
        return False

    def _is_due(self, when: When) -> bool:
        if self._when is not when:
            return False
        self._left -= 1
        if self._left == 0:
            self._when, self.fired = None, True
        return self._left == 0

    def _fail_to_commit(self, cursor: Any) -> None:
        """Either database undoes by itself what it could not commit."""
        try:
            self._fail(cursor)
        finally:
            if isinstance(cursor, sqlite3.Cursor) or not cursor.connection.closed:
                cursor.connection.rollback()

    def _fail(self, cursor: Any) -> None:
        """Fail as drivers do: a line that broke, a server that refused, a disk that undid the transaction."""
        if isinstance(cursor, sqlite3.Cursor):
            if self.rng.random() < 0.5:
                cursor.connection.rollback()
            fault = sqlite3.OperationalError("as if the disk failed")
            fault.sqlite_errorcode = self.rng.choice(_SQLITE_FAULTS)
            raise fault
        if self.rng.random() < 0.5:
            cursor.connection.close()
            raise psycopg.OperationalError("as if the line broke")
        code = self.rng.choice(_POSTGRESQL_FAULTS)
        cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'as if' USING ERRCODE = '{code}'; END $$")
