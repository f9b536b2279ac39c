"""A club with live and training books."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.applications import application
from tests.clocks import MovableClock
from tests.conftest import Databases


@pytest.fixture
def app(kind: Databases, clock: MovableClock) -> Iterator[Flask]:
    with (
        kind.clone(place="live") as live,
        kind.clone(place="training") as training,
        application(live, clock, training_database_url=training) as app,
    ):
        yield app
