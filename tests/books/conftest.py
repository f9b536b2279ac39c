"""A club with live and training books."""

from collections.abc import Iterator

import pytest
from flask import Flask

from loyalty.app import create_app
from loyalty.db import db
from tests.clocks import MovableClock
from tests.conftest import Databases
from tests.databases import settings_for


@pytest.fixture
def app(kind: Databases, clock: MovableClock) -> Iterator[Flask]:
    with kind.clone() as live, kind.clone() as training:
        app = create_app(settings_for(live, training_database_url=training), clock)
        yield app
        with app.app_context():
            for engine in db.engines.values():
                engine.dispose()
