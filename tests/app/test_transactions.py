import threading
import time
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from loyalty import errors
from loyalty.db import carry_out, db, engine_options, reading

ONLY_POSTGRESQL = pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
ONLY_SQLITE = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)


def take(session: Session, points: int = 1) -> None:
    session.execute(text("UPDATE pot SET points = points - :points WHERE id = 1"), {"points": points})


def look(session: Session) -> int:
    return session.scalar(text("SELECT points FROM pot WHERE id = 1")) or 0


def left(app: Flask) -> int:
    with app.app_context(), reading() as session:
        return look(session)


def at_once(app: Flask, *works: Callable[[], None]) -> list[BaseException]:
    """Run each in a thread with its own context; what was raised."""
    raised: list[BaseException] = []

    def run(work: Callable[[], None]) -> None:
        with app.app_context():
            try:
                work()
            except BaseException as fault:
                raised.append(fault)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_a_wish_is_kept_whole(app, pot):
    with app.app_context():
        assert carry_out(lambda session: (take(session), look(session))[1]) == 99
    assert left(app) == 99


def test_a_wish_that_fails_leaves_nothing(app, pot):
    def half(session):
        take(session)
        raise ZeroDivisionError

    with app.app_context(), pytest.raises(ZeroDivisionError):
        carry_out(half)
    assert left(app) == 100


def test_a_refusal_undoes_all_but_what_keeps_it(app, pot):
    def refused(session):
        take(session, 50)
        refusal = errors.NotEnoughPoints(asked=2, held=1)
        refusal.keep = lambda fresh: take(fresh) is None
        raise refusal

    with app.app_context(), pytest.raises(errors.NotEnoughPoints):
        carry_out(refused)
    assert left(app) == 99


def test_who_was_refused_hears_a_twin_that_was_answered_meanwhile(app, pot):
    turns = []

    def refused_once(session):
        turns.append(look(session))
        if len(turns) == 2:
            return "as the twin heard"
        take(session)
        refusal = errors.NotEnoughPoints(asked=2, held=1)
        refusal.keep = lambda _: False
        raise refusal

    with app.app_context():
        assert carry_out(refused_once) == "as the twin heard"
    assert turns == [100, 100]


def test_a_refusal_that_nothing_keeps_undoes_all(app, pot):
    def refused(session):
        take(session)
        raise errors.NotEnoughPoints(asked=2, held=1)

    with app.app_context(), pytest.raises(errors.NotEnoughPoints):
        carry_out(refused)
    assert left(app) == 100


def test_a_wish_within_a_wish_is_a_mistake(app, pot):
    with app.app_context(), pytest.raises(RuntimeError, match="one wish, one transaction"):
        carry_out(lambda _: carry_out(take))
    assert left(app) == 100


def test_a_read_that_writes_is_stopped_by_the_database(app, pot):
    with app.app_context(), pytest.raises(DBAPIError, match=r"read-?only"), reading() as session:
        take(session)
    assert left(app) == 100


def test_a_read_that_only_means_to_write_is_stopped_too(app, pot):
    from loyalty.work import Task

    with app.app_context(), pytest.raises(RuntimeError, match="a read tried to write"), reading() as session:
        session.add(Task(id=1))


@ONLY_POSTGRESQL
def test_a_read_whose_line_breaks_before_its_end_is_told_so(app, pot):
    def cut_off() -> None:
        with reading() as session:
            look(session)
            session.connection().connection.driver_connection.close()  # type: ignore[union-attr]

    with app.app_context(), pytest.raises(errors.Unavailable):
        cut_off()
    assert left(app) == 100


def test_a_connection_that_read_can_write_again(app, pot):
    with app.app_context():
        with reading() as session:
            look(session)
        carry_out(take)
    assert left(app) == 99


def test_a_read_sees_one_instant(app, pot):
    with app.app_context(), reading() as session:
        before = look(session)
        assert at_once(app, lambda: carry_out(take)) == []
        assert look(session) == before
    assert left(app) == 99


def test_thirty_two_takers_lose_nothing(app, pot):
    def four() -> None:
        for _ in range(4):
            carry_out(lambda session: (time.sleep(0.001), take(session)))

    assert at_once(app, *[four] * 8) == []
    assert left(app) == 68


def test_whoever_waits_too_long_hears_busy(app, pot):
    held, done = threading.Event(), threading.Event()

    def holder() -> None:
        carry_out(lambda session: (take(session), held.set(), done.wait(10)))

    def asker() -> None:
        held.wait(10)
        try:
            carry_out(take, patience_seconds=0.1)
        finally:
            done.set()

    assert [type(fault) for fault in at_once(app, holder, asker)] == [errors.Busy]
    assert left(app) == 99


@ONLY_POSTGRESQL
def test_two_that_meet_crosswise_both_end_well(app, pot):
    with pot.begin() as connection:
        connection.execute(text("INSERT INTO pot VALUES (2, 100)"))
    met = threading.Barrier(2)
    runs: list[int] = []

    def cross(first: int, second: int) -> Callable[[], None]:
        def work(session: Session) -> None:
            runs.append(first)
            session.execute(text("UPDATE pot SET points = points - 1 WHERE id = :id"), {"id": first})
            if len(runs) <= 2:
                met.wait(10)
            session.execute(text("UPDATE pot SET points = points - 1 WHERE id = :id"), {"id": second})

        return lambda: carry_out(work)

    assert at_once(app, cross(1, 2), cross(2, 1)) == []
    assert len(runs) == 3  # one of them was a deadlock's victim and ran again, whole
    assert left(app) == 98


@ONLY_POSTGRESQL
def test_a_wish_that_never_gets_through_hears_busy(app, pot):
    runs: list[int] = []

    def hopeless(session: Session) -> None:
        runs.append(1)
        session.execute(text("DO $$ BEGIN RAISE EXCEPTION 'met' USING ERRCODE = '40001'; END $$"))

    with app.app_context(), pytest.raises(errors.Busy):
        carry_out(hopeless)
    assert len(runs) == 5


@ONLY_POSTGRESQL
def test_postgresql_is_set_as_we_need_it(app, pot: Engine):
    with pot.connect() as connection:
        told = {
            name: connection.scalar(text(f"SHOW {name}"))
            for name in ("lock_timeout", "jit", "TimeZone", "application_name")
        }
    assert told == {"lock_timeout": "3s", "jit": "off", "TimeZone": "UTC", "application_name": "loyalty"}


@ONLY_SQLITE
def test_sqlite_is_set_as_we_need_it(app, pot: Engine):
    with pot.connect() as connection:
        told = {
            name: connection.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert told == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 3000}


def test_an_error_never_shows_what_was_sent(app, pot):
    with app.app_context(), pytest.raises(DBAPIError) as raised:
        carry_out(lambda session: session.execute(text("SELECT :name FROM nowhere"), {"name": "Ana Silva"}))
    assert "Ana" not in str(raised.value)


def test_the_session_is_free_after_any_end(app, pot):
    with app.app_context():
        with pytest.raises(DBAPIError):
            carry_out(lambda session: session.execute(text("nonsense")))
        carry_out(take)
        assert not db.session().in_transaction()


def test_whoever_finds_no_free_connection_hears_busy(app, pot: Engine):
    pot.pool._timeout = 0.01
    taken = [pot.connect() for _ in range(20)]
    with app.app_context():
        with pytest.raises(errors.Busy):
            carry_out(take)
        with pytest.raises(errors.Busy), reading() as session:
            look(session)
    for connection in taken:
        connection.close()
    assert left(app) == 100


def test_a_database_in_memory_is_one_connection():
    assert "pool_size" not in engine_options("sqlite://")
    assert engine_options("postgresql://localhost/club")["url"].drivername == "postgresql+psycopg"
