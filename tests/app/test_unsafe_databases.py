"""A database that may lose what it was told is not served, unless each risk was accepted by its name."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import text

from config import settings
from loyalty import access
from loyalty.app import create_app
from loyalty.db import carry_out, db, take_into_service
from loyalty.risks import RISKS, UnsafeDatabase
from loyalty.rooms import rooms
from tests.databases import UNSAFE, migrate, settings_for
from tests.house.sources import ROOT
from tests.makers import Maker
from tests.proofs.servers import free_port

ONLY_POSTGRESQL = pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
ONLY_SQLITE = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
ACCEPTED = set(UNSAFE.split(","))
KEY = access.fresh_key(bytes(37)).whole  #: of the right form, and nobody's


@contextmanager
def alone(database: str, allowed: set[str] = ACCEPTED, **changes: object) -> Iterator[Flask]:
    """An application of its own on this database, with these risks accepted."""
    app = create_app(settings_for(database, allow_unsafe=",".join(sorted(allowed)), **changes))
    yield app
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


def serve(app: Flask) -> None:
    with app.app_context():
        take_into_service(rooms().settings.accepted_risks)


@contextmanager
def served(database: str, allowed: set[str] = ACCEPTED, **changes: object) -> Iterator[Flask]:
    """Such an application, taken into service."""
    with alone(database, allowed, **changes) as app:
        serve(app)
        yield app


def refused(database: str, allowed: set[str] = ACCEPTED, **changes: object) -> list[str]:
    with alone(database, allowed, **changes) as app:
        with pytest.raises(UnsafeDatabase) as unsafe:
            serve(app)
        return unsafe.value.risks


def tell(database: str, *statements: str) -> None:
    """As an operator does, past the service; `{name}` is the database's own."""
    with alone(database) as app, app.app_context():
        name = db.engine.url.database
        for statement in statements:
            carry_out(lambda session, said=statement: session.execute(text(said.format(name=name))))


def off(database: str) -> set[str]:
    """What this PostgreSQL has switched off, as the tests' own has; nothing on SQLite."""
    with alone(database) as app, app.app_context(), db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            return set()
        return {name for name in ACCEPTED if connection.scalar(text(f"SHOW {name}")) == "off"}


def test_each_risk_that_can_be_accepted_is_one_that_is_looked_for():
    assert set(settings.RISKS) == set(RISKS)


@ONLY_POSTGRESQL
def test_a_server_that_does_not_wait_for_its_disk_is_refused_by_the_names_of_its_settings(database):
    if risks := off(database):
        assert refused(database, set()) == sorted(risks)
    for risk in risks:
        assert refused(database, ACCEPTED - {risk}) == [risk]
    with served(database):
        pass


@ONLY_POSTGRESQL
def test_what_is_set_for_a_database_or_a_role_counts_as_our_connections_get_it(database):
    tell(database, 'ALTER DATABASE "{name}" SET synchronous_commit = off')
    assert refused(database, ACCEPTED - {"synchronous_commit"}) == ["synchronous_commit"]
    tell(database, 'ALTER DATABASE "{name}" SET synchronous_commit = remote_apply')
    with served(database, ACCEPTED - {"synchronous_commit"}):
        pass


@ONLY_POSTGRESQL
def test_transactions_are_read_committed_whatever_is_set_for_the_database(database):
    tell(database, 'ALTER DATABASE "{name}" SET default_transaction_isolation = serializable')
    with served(database) as app, app.app_context():
        assert (
            carry_out(lambda session: session.scalar(text("SHOW transaction_isolation"))) == "read committed"
        )


def test_sqlite_without_a_write_ahead_log_is_refused():
    assert refused("sqlite://", {"schema"}) == ["journal_mode"]


@ONLY_SQLITE
def test_sqlite_as_we_set_it_is_safe(database):
    with served(database, set()):
        pass


def test_a_schema_that_is_not_that_of_the_code_is_refused(database, empty_database):
    tell(database, "UPDATE alembic_version SET version_num = '0001'")
    assert refused(database) == ["schema"]
    assert refused(empty_database) == ["schema"]
    with served(empty_database, ACCEPTED | {"schema"}):
        pass


def test_training_books_are_judged_alike(database, empty_database):
    assert refused(database, training_database_url=empty_database) == ["schema"]


@ONLY_POSTGRESQL
def test_a_database_that_becomes_unsafe_is_written_no_more_until_it_is_mended(database, clock):
    tell(database, 'ALTER DATABASE "{name}" SET synchronous_commit = on')
    with served(database, ACCEPTED - {"synchronous_commit"}) as app:
        make = Maker(app, clock)
        make.club()
        ana = make.shopper()
        sale = ana.sale("10.00")
        tell(database, 'ALTER DATABASE "{name}" SET synchronous_commit = off')
        with app.app_context():
            db.engine.dispose()  # as after any restart of the server
        assert ana.tell("/purchases", sale, 503)["code"] == "unavailable"
        ready = app.test_client().get("/readyz")
        assert (ready.status_code, ready.json["database"]) == (503, "unsafe: synchronous_commit")
        tell(database, 'ALTER DATABASE "{name}" SET synchronous_commit = on')
        assert ana.tell("/purchases", sale, 201)["replayed"] is False
        assert ana.figures() == (10, 0, 0, 0)


def test_a_database_that_comes_after_the_start_is_judged_when_it_comes(tmp_path):
    """Not there is not unsafe: the service starts, and nothing is served before it was judged."""
    file = tmp_path / "later" / "club.db"
    with served(f"sqlite:///{file}") as app:
        client = app.test_client()
        assert client.get("/readyz").json["database"] == "unreachable"
        file.parent.mkdir()
        unsafe = client.get("/readyz")
        assert (unsafe.status_code, unsafe.json["migrations"]) == (503, "not at the head of the code")
        assert client.get("/v1/members/0", headers={"Authorization": f"Bearer {KEY}"}).status_code == 503
        migrate(f"sqlite:///{file}")
        assert client.get("/readyz").json["status"] == "ready"


def test_ready_tells_what_is_risked_and_what_was_accepted(database):
    risks = ", ".join(sorted(off(database)))
    with alone(database, set()) as app:
        answer = app.test_client().get("/readyz")
    assert answer.status_code == (503 if risks else 200)
    assert answer.json["database"] == (f"unsafe: {risks}" if risks else "reachable")
    with alone(database) as app:
        told = app.test_client().get("/readyz").json
    assert (told["status"], told.get("accepted_risks", "")) == ("ready", risks)


def test_accepted_risks_are_told_at_every_start(database, caplog):
    with served(database):
        pass
    told = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert [risk for risk in sorted(ACCEPTED) if not any(f"{risk}: " in line for line in told)] == []


def _run(database: str, *words: str) -> subprocess.CompletedProcess[str]:
    kept = {name: text for name, text in os.environ.items() if not name.startswith("LOYALTY_")}
    given = {
        "SECRET_KEY": "k3y-of-the-tests-0f9b7c2e81d64a35",
        "DATABASE_URL": database,
        "PORT": str(free_port()),
    }
    env = kept | {f"LOYALTY_{name}": text for name, text in given.items()}
    return subprocess.run(
        [sys.executable, "-m", *words],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@ONLY_SQLITE
@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("gunicorn", "wsgi:app"), 3),
        (("flask", "run"), 3),
        (("flask", "jobs", "worker"), 1),
        (("flask", "db", "upgrade"), 0),
    ],
)
def test_whatever_serves_ends_with_the_reason_and_the_command_that_mends_runs(empty_database, words, code):
    ended = _run(empty_database, *words)
    assert ended.returncode == code, ended.stderr
    assert ("schema: the tables are not those of this release: flask db upgrade" in ended.stderr) == (
        code != 0
    )
    assert "Traceback" not in ended.stderr
