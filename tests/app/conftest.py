"""A table of the tests' own, so that transactions are tried without any subject."""

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from loyalty.db import db


@pytest.fixture
def pot(app: Flask) -> Engine:
    """A table `pot` with one row of 100."""
    with app.app_context():
        engine = db.engine
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE pot (id INTEGER PRIMARY KEY, points INTEGER NOT NULL)"))
        connection.execute(text("INSERT INTO pot VALUES (1, 100)"))
    return engine
