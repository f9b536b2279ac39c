import re
from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect

from loyalty.app import create_app
from loyalty.db import db
from loyalty.risks import MIGRATIONS
from loyalty.tables import Base
from tests.databases import settings_for

SCRIPTS = ScriptDirectory(str(MIGRATIONS))


@pytest.fixture
def bare(empty_database: str) -> Iterator[Flask]:
    """An application on a database without tables."""
    app = create_app(settings_for(empty_database))
    with app.app_context():
        yield app
        db.engine.dispose()


def tables() -> set[str]:
    with db.engine.connect() as connection:
        return set(inspect(connection).get_table_names()) - {"alembic_version"}


def differences() -> list[object]:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))


def test_migrations_are_numbered_with_one_head():
    numbers = sorted(script.revision for script in SCRIPTS.walk_revisions())
    assert numbers == [f"{n:04d}" for n in range(1, len(numbers) + 1)]
    assert len(SCRIPTS.get_heads()) == 1
    for script in SCRIPTS.walk_revisions():
        assert re.fullmatch(rf"{script.revision}_[a-z0-9_]+\.py", script.path.rsplit("/", 1)[-1])
        assert script.doc


def test_upgraded_from_nothing_equals_the_models(bare):
    upgrade()
    assert tables() == set(Base.metadata.tables)
    assert differences() == []


def test_every_migration_goes_down_and_up_again(bare):
    upgrade()
    downgrade(revision="base")
    assert tables() == set()
    upgrade()
    assert differences() == []


def test_foreign_keys_are_kept_after_a_migration(bare):
    upgrade()
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
