"""Applications in this process whose clock can be moved, and databases that are put back as they were."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from loyalty.app import create_app
from loyalty.db import db
from loyalty.jobs.nightly import nightly
from loyalty.rooms import rooms
from tests import databases
from tests.clocks import START, MovableClock
from tests.makers import Maker


@contextmanager
def house(database_url: str, now: datetime = START, **settings: Any) -> Iterator[Maker]:
    """An application on this database, at that instant of its clock."""
    clock = MovableClock(now)
    app = create_app(databases.settings_for(database_url, **({"log_level": "ERROR"} | settings)), clock)
    make = Maker(app, clock)
    try:
        yield make
    finally:
        let_go(make)


@contextmanager
def kept(database_url: str) -> Iterator[Callable[[], None]]:
    """Keep what a database says now; what is yielded puts it back. Nobody may be connected to it."""
    if database_url.startswith("sqlite"):
        yield from _kept_file(Path(database_url.removeprefix("sqlite:///")))
    else:
        yield from _kept_database(database_url)


def pass_night(make: Maker) -> None:
    """The nightly job alone: to prove each night what changed costs more than all else of it."""
    with make.app.app_context():
        nightly(rooms(), make.clock.now())


def let_go(make: Maker) -> None:
    """Close every connection of an application to its database."""
    with make.app.app_context():
        db.session.remove()
        db.engine.dispose()


def _kept_file(file: Path) -> Iterator[Callable[[], None]]:
    copy = file.with_suffix(".kept")
    shutil.copyfile(file, copy)

    def put_back() -> None:
        for left in (f"{file}-wal", f"{file}-shm"):  # of a process that was killed
            Path(left).unlink(missing_ok=True)
        shutil.copyfile(copy, file)

    try:
        yield put_back
    finally:
        copy.unlink()


def _kept_database(database_url: str) -> Iterator[Callable[[], None]]:
    url = make_url(database_url)
    at_home = url.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
    own, copy = (sql.Identifier(name) for name in (str(url.database), f"{url.database}_kept"))
    with psycopg.connect(at_home, autocommit=True) as admin:

        def copied(source: sql.Identifier, target: sql.Identifier) -> None:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(target))
            words = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
            admin.execute(words.format(target, source))

        copied(own, copy)
        try:
            yield lambda: copied(copy, own)
        finally:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(copy))
