"""A caller waits at most three seconds for a lock (A4)."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import text

from loyalty.db import db
from tests.makers import Shopper


@pytest.fixture
def ana(make) -> Shopper:
    make.club()
    return make.shopper()


@contextmanager
def somebody_else_at_work(app: Flask) -> Iterator[None]:
    """Another connection that holds every member's lock until the end."""
    with app.app_context():
        writing = {"sqlite_begin": "IMMEDIATE"}
        with db.engine.connect().execution_options(**writing) as connection, connection.begin():
            connection.execute(text("UPDATE standing SET event_seq = event_seq"))
            yield


def test_a4_who_waits_for_a_lock_hears_after_three_seconds_that_nothing_was_done(app, ana):
    sold = {"receipt": "waits"}
    with somebody_else_at_work(app):
        began = time.monotonic()
        refused = ana.buy("10.00", expect=503, **sold)
        assert 2 < time.monotonic() - began < 6
        assert (refused["code"], refused["action"]) == ("busy", "retry")
    assert ana.figures() == (0, 0, 0, 0)
    assert ana.buy("10.00", **sold)["replayed"] is False  # the same key again, and now it is done
    assert ana.figures() == (10, 0, 0, 0)


def test_a4_a_look_waits_for_nobody(app, ana):
    ana.buy("10.00")
    with somebody_else_at_work(app):
        assert ana.figures() == (10, 0, 0, 0)
