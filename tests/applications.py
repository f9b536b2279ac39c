"""Applications for tests: making one takes longer than most tests, so a database's place keeps its own."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from config import logs
from loyalty.api.auth import KeyRing
from loyalty.app import create_app
from loyalty.db import db
from loyalty.reads.programme import Shelf
from loyalty.rooms import Clock, Rooms
from tests.databases import settings_for

_kept: dict[tuple[str, str], Flask] = {}


@contextmanager
def application(database_url: str, clock: Clock, *, training_database_url: str = "") -> Iterator[Flask]:
    """An application on these books that knows nothing of an earlier test."""
    place = (database_url, training_database_url)
    settings = settings_for(database_url, training_database_url=training_database_url)
    if place not in _kept:
        _kept[place] = create_app(settings, clock)
    app = _kept[place]
    logs.configure(settings)
    app.extensions["loyalty"] = Rooms(settings, clock, Shelf())
    app.extensions["loyalty_keys"] = KeyRing()
    yield app
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()
