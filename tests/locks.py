"""Somebody else who holds the lock of every member."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import text

from loyalty.db import db

_WAITING = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


@contextmanager
def somebody_else_at_work(app: Flask) -> Iterator[None]:
    """Another connection that holds every member's lock until the end."""
    with app.app_context():
        writing = {"sqlite_begin": "IMMEDIATE"}
        with db.engine.connect().execution_options(**writing) as connection, connection.begin():
            connection.execute(text("UPDATE standing SET event_seq = event_seq"))
            yield


def until_somebody_waits() -> None:
    """Return when somebody waits for a lock of this database, on PostgreSQL. Needs an application context."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as looking:
        while not looking.execute(_WAITING).scalar():
            time.sleep(0.01)
