"""A database that is gone, full or cut off is answered 503, and heals without hands (A1, A4)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, event, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from loyalty import access, errors, tiers
from loyalty.app import create_app
from loyalty.db import carry_out, db, reading
from loyalty.jobs.worker import night_if_due
from loyalty.questions import ask
from loyalty.rooms import rooms
from tests.databases import settings_for
from tests.makers import Shopper, Till
from tests.proofs.servers import free_port

KEY = access.fresh_key(bytes(37)).whole  #: of the right form, and nobody's
ONLY_POSTGRESQL = pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
ONLY_SQLITE = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)


@pytest.fixture
def ana(make) -> Shopper:
    """A member with points, whose next requests know the key already."""
    make.club()
    ana = make.shopper()
    ana.buy("10.00")
    return ana


def hears_503(answer: Any) -> None:
    assert answer.status_code == 503, answer.text
    assert (answer.json["code"], answer.json["action"]) == ("unavailable", "retry")
    assert int(answer.headers["Retry-After"]) > 0


@contextmanager
def before(engine: Engine, words: str, do: Any) -> Iterator[list[str]]:
    """Do something once, just before the first statement that has these words in it; what was met."""
    met: list[str] = []

    def on_statement(connection: Connection, _: object, statement: str, *__: object) -> None:
        if not met and words in statement:
            met.append(statement)
            do(connection)

    event.listen(engine, "before_cursor_execute", on_statement)
    yield met
    event.remove(engine, "before_cursor_execute", on_statement)


def engine_of(app: Flask) -> Engine:
    with app.app_context():
        return db.engine


def kill(url: str, pid: int | None = None) -> None:
    """End one backend of this database as an administrator does, or all, and wait until they are gone."""
    with psycopg.connect(
        make_url(url).set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True
    ) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND pid = coalesce(%s, pid)",
            [pid],
        )


def kill_own(url: str) -> Any:
    return lambda connection: kill(url, connection.connection.driver_connection.info.backend_pid)


@ONLY_POSTGRESQL
def test_the_next_request_after_all_connections_died_is_served(app, ana, database):
    kill(database)
    ana.buy("10.00")
    assert ana.figures() == (20, 0, 0, 0)


@ONLY_POSTGRESQL
@pytest.mark.parametrize("words", ["FOR UPDATE", "json_agg", "INSERT INTO entry"])
def test_a4_a_connection_that_dies_in_mid_request_is_503_and_the_same_key_is_done_once(
    app, ana, database, words
):
    sale = ana.sale("10.00")
    with before(engine_of(app), words, kill_own(database)) as met:
        hears_503(ana.till.post("/purchases", sale, idempotency_key="k"))
    assert met
    first = ana.till.post("/purchases", sale, idempotency_key="k")
    assert (first.status_code, first.json["replayed"]) == (201, False)
    assert ana.figures() == (20, 0, 0, 0)


@ONLY_POSTGRESQL
def test_a4_a_connection_that_dies_before_a_hot_statement_is_503_and_is_not_used_again(app, ana, database):
    """Nobody listens to its statements: they go by the driver."""

    def asked_of_the_dead(session: Session) -> None:
        kill_own(database)(session.connection())
        ask(session, [tiers.STANDING], members=[1])

    with app.app_context():
        with pytest.raises(errors.Unavailable):
            carry_out(asked_of_the_dead)
        assert carry_out(lambda session: ask(session, [tiers.STANDING], members=[1])) == [[]]
    ana.buy("10.00")
    assert ana.figures() == (20, 0, 0, 0)


@ONLY_POSTGRESQL
def test_a1_a_commit_whose_answer_never_came_is_503_and_nothing_is_tried_again_here(app, ana, monkeypatch):
    """It was kept, and nobody heard so: the same key hears what was done."""
    sale, commit = ana.sale("10.00"), psycopg.Connection.commit
    commits: list[object] = []

    def unheard(raw: psycopg.Connection[Any]) -> None:
        commits.append(raw)
        commit(raw)
        raw.close()
        raise psycopg.OperationalError("server closed the connection unexpectedly")

    with monkeypatch.context() as cut:
        cut.setattr(psycopg.Connection, "commit", unheard)
        hears_503(ana.till.post("/purchases", sale))
    assert len(commits) == 1
    again = ana.till.post("/purchases", sale)
    assert (again.status_code, again.json["replayed"]) == (201, True)
    assert ana.figures() == (20, 0, 0, 0)


@ONLY_POSTGRESQL
def test_a_look_whose_connection_dies_is_503_and_the_next_is_served(app, ana, database):
    with before(engine_of(app), "SELECT", kill_own(database)):
        hears_503(ana.till.get(f"/members/{ana.member_id}/balance"))
    assert ana.figures() == (10, 0, 0, 0)


@ONLY_POSTGRESQL
@pytest.mark.parametrize("state", ["53100", "53300", "57014", "57P01", "58030", "08006", "40003", "25006"])
def test_what_postgresql_says_of_itself_is_no_fault_of_ours(app, pot, state):
    failing = text(f"DO $$ BEGIN RAISE EXCEPTION 'failing' USING ERRCODE = '{state}'; END $$")
    with app.app_context(), pytest.raises(errors.Unavailable):
        carry_out(lambda session: session.execute(failing))


@ONLY_POSTGRESQL
@pytest.mark.parametrize("state", ["22012", "23505", "42P01", "XX001"])
def test_a_fault_of_ours_stays_one(app, pot, state):
    failing = text(f"DO $$ BEGIN RAISE EXCEPTION 'failing' USING ERRCODE = '{state}'; END $$")
    with app.app_context(), pytest.raises(DBAPIError):
        carry_out(lambda session: session.execute(failing))


@pytest.fixture(params=["no server", "no such folder"])
def nowhere(request: pytest.FixtureRequest, tmp_path: Any) -> Iterator[Flask]:
    """An application whose database is not there."""
    urls = {
        "no server": f"postgresql://loyalty@127.0.0.1:{free_port()}/club",
        "no such folder": f"sqlite:///{tmp_path}/nowhere/club.db",
    }
    app = create_app(settings_for(urls[request.param]))
    yield app
    with app.app_context():
        db.engine.dispose()


def test_a_database_that_is_not_there_is_503_on_every_call_while_the_process_is_alive(nowhere):
    client = nowhere.test_client()
    assert client.get("/healthz").status_code == 200
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json["database"]) == (503, "unreachable")
    till = Till(nowhere, KEY)
    hears_503(till.get("/members/0"))
    hears_503(till.post("/purchases", {}))


@contextmanager
def full_disk(app: Flask) -> Iterator[None]:
    """Not a page more than there are now, for any connection."""
    engine = engine_of(app)

    def on_begin(connection: Connection) -> None:
        raw = connection.connection.driver_connection
        (pages,) = raw.execute("PRAGMA page_count").fetchone()
        raw.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(engine, "begin", on_begin, insert=True)
    yield
    event.remove(engine, "begin", on_begin)
    engine.dispose()


@ONLY_SQLITE
def test_a_full_disk_is_503_looks_are_served_and_it_heals_by_itself(app, ana, client):
    sales = [ana.sale("10.00") for _ in range(200)]
    with full_disk(app):
        told = [ana.till.post("/purchases", sale) for sale in sales]
        done = [answer.json["balance"]["reward"]["available"] for answer in told if answer.status_code == 201]
        full = [answer for answer in told if answer.status_code != 201]
        assert full
        for answer in full:
            hears_503(answer)
        assert ana.figures()[0] == 10 + 10 * len(done)
        assert client.get("/readyz").status_code == 200
    for sale in sales:
        assert ana.till.post("/purchases", sale).status_code == 201
    assert ana.figures() == (10 + 10 * len(sales), 0, 0, 0)


@ONLY_SQLITE
def test_a_file_that_may_not_be_written_is_503_for_writes_alone(app, ana):
    def read_only(connection: Connection) -> None:
        connection.connection.driver_connection.execute("PRAGMA query_only = ON")

    sale = ana.sale("10.00")
    with before(engine_of(app), "INSERT", read_only) as met:
        hears_503(ana.till.post("/purchases", sale))
    assert met
    assert ana.figures() == (10, 0, 0, 0)
    assert ana.till.post("/purchases", sale).json["replayed"] is False


def test_a_read_of_ours_that_writes_is_a_fault_of_ours(app, pot):
    with app.app_context(), pytest.raises(DBAPIError), reading() as session:
        session.execute(text("DELETE FROM pot"))


def test_the_worker_waits_for_a_database_that_is_away(nowhere):
    with nowhere.app_context():
        assert night_if_due(rooms()) is None


def test_the_reason_is_in_the_log(nowhere, caplog):
    Till(nowhere, KEY).get("/members/0")
    assert "database_unavailable" in caplog.text
