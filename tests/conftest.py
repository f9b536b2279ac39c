"""Fixtures for resources only; small worlds are made in makers.py."""

import gc
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Protocol

import psycopg
import pytest
from coverage import Coverage
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event

from tests import covered, databases, slow
from tests.applications import application
from tests.clocks import MovableClock
from tests.makers import Maker

_OPENED: list[psycopg.Connection[object]] = []


class Databases(Protocol):
    """Where fresh databases of one kind come from."""

    def clone(self, *, empty: bool = False, place: str = "") -> AbstractContextManager[str]:
        """The URL of a fresh database; `empty` has no tables, one with a `place` lies there each time."""


def pytest_configure(config: pytest.Config) -> None:
    """The first process makes room for the run's databases; xdist's workers find it by the environment."""
    if not hasattr(config, "workerinput"):
        databases.open_home()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what takes long before anything is left out by its marks."""
    long = slow.listed()
    for item in items:
        if slow.name_of(item.nodeid) in long:
            item.add_marker("slow")


def pytest_collection_finish() -> None:
    """What has been loaded by now stays: the collector of garbage need not walk it again and again."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[object]:
    """Only the tests that `covered` names count lines and branches, which nearly doubles their time."""
    counting = None if covered.counts(item) else Coverage.current()
    if counting is None:
        return (yield)
    counting.stop()
    try:
        return (yield)
    finally:
        counting.start()


def pytest_unconfigure(config: pytest.Config) -> None:
    """The first process stops what the run started."""
    if not hasattr(config, "workerinput"):
        databases.close_home()


@pytest.fixture(scope="session")
def sqlite_databases() -> Databases:
    return databases.SqliteFiles()


@pytest.fixture(scope="session")
def postgresql_databases() -> Iterator[Databases]:
    made = databases.PostgresDatabases(databases.postgres_url())
    yield made
    made.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> Databases:
    """Each test that needs a database runs on both."""
    return request.getfixturevalue(f"{request.param}_databases")  # type: ignore[no-any-return]


@pytest.fixture
def database(kind: Databases) -> Iterator[str]:
    """The URL of a migrated database of this test's own."""
    with kind.clone(place="live") as url:
        yield url


@pytest.fixture
def empty_database(kind: Databases) -> Iterator[str]:
    """The URL of a database without tables."""
    with kind.clone(empty=True) as url:
        yield url


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def app(database: str, clock: MovableClock) -> Iterator[Flask]:
    with application(database, clock) as app:
        yield app


@event.listens_for(Engine, "connect")
def _remember(raw: object, _: object) -> None:
    if isinstance(raw, psycopg.Connection):
        _OPENED.append(raw)


@pytest.fixture(autouse=True)
def hang_up() -> Iterator[None]:
    """What threads and further applications of a test still hold when it is over is closed by itself."""
    yield
    while _OPENED:
        _OPENED.pop().close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def make(app: Flask, clock: MovableClock) -> Maker:
    return Maker(app, clock)
