"""`flask db` brings both books to the same revision, the training ones first."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from config.settings import Settings, SettingsFaulty
from loyalty.app import create_app
from loyalty.db import db
from loyalty.tables import Base
from tests.conftest import Databases
from tests.databases import settings_for


@pytest.fixture
def bare(kind: Databases) -> Iterator[Flask]:
    with kind.clone(empty=True) as live, kind.clone(empty=True) as training:
        app = create_app(settings_for(live, training_database_url=training))
        with app.app_context():
            yield app
            for engine in db.engines.values():
                engine.dispose()


def tables() -> list[set[str]]:
    found = []
    for engine in db.engines.values():
        with engine.connect() as connection:
            found.append(set(inspect(connection).get_table_names()) - {"alembic_version"})
    return found


def test_both_books_go_up_and_down(bare):
    upgrade()
    assert tables() == [set(Base.metadata.tables)] * 2
    downgrade(revision="base")
    assert tables() == [set(), set()]


def test_what_fails_on_the_training_books_never_reaches_the_live_ones(bare):
    with db.engines["training"].begin() as connection:
        connection.execute(text("CREATE TABLE member (in_the_way INTEGER)"))
    with pytest.raises(Exception, match="member"):
        upgrade()
    assert dict(zip(db.engines, tables(), strict=True))[None] == set()


SAME = "must be another database than the live one"


@pytest.mark.parametrize(
    ("live", "training", "problem"),
    [
        ("sqlite:///club.db", "sqlite:///club.db", SAME),
        ("postgresql://db/club", "postgres://trainer:pass@db:5432/club", SAME),
        ("postgresql:///club", "postgresql+psycopg://localhost/club", SAME),
        ("sqlite:///club.db", "mysql://localhost/club", "must be sqlite or postgresql"),
        ("sqlite:///club.db", "nowhere", "must be a database URL"),
    ],
)
def test_a_training_database_that_cannot_be_is_told(live, training, problem):
    given = {"LOYALTY_SECRET_KEY": "9f8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c", "LOYALTY_DATABASE_URL": live}
    with pytest.raises(SettingsFaulty) as raised:
        Settings.from_env(given | {"LOYALTY_TRAINING_DATABASE_URL": training})
    assert raised.value.faults == {"LOYALTY_TRAINING_DATABASE_URL": problem}


def test_two_databases_of_one_server_are_two():
    given = {
        "LOYALTY_SECRET_KEY": "9f8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c",
        "LOYALTY_DATABASE_URL": "postgresql://db/club",
    }
    Settings.from_env(given | {"LOYALTY_TRAINING_DATABASE_URL": "postgresql://db/club_training"})
