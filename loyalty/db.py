"""The Flask side of the database, and the only file that commits."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from select import POLLIN, poll
from typing import Any, Literal, TypeVar

import structlog
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as BoundSession
from sqlalchemy import Connection, Engine, event, inspect, make_url, text
from sqlalchemy.exc import DisconnectionError, SQLAlchemyError
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction

from loyalty.driver import run, speaking
from loyalty.errors import Refusal
from loyalty.failures import heard, met_another
from loyalty.programme import StoredEdition
from loyalty.risks import RISKS, UnsafeDatabase, risks_of_connection, risks_of_schema
from loyalty.tables import Base
from loyalty.writing import forget, send

T = TypeVar("T")
Books = Literal["live", "training"]  #: which database a wish is about; the training books count for nothing

PATIENCE_SECONDS = 3.0  #: how long a wish waits for a lock (A4)
TURNS = 5  #: how often a wish that met another is carried out anew
# Without recursive triggers REPLACE would remove a row behind the back of its append-only trigger.
_SQLITE_PRAGMAS = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "recursive_triggers = ON")
# Planned for any values, once: to plan what writes ten tables takes longer than to write them.
_POSTGRESQL_OPTIONS = (
    f"-c lock_timeout={PATIENCE_SECONDS * 1000:.0f} -c jit=off -c TimeZone=UTC"
    " -c plan_cache_mode=force_generic_plan -c idle_in_transaction_session_timeout=60000"
    " -c default_transaction_isolation=read\\ committed"
)
# A server that a cut cable hides is given up about as soon as a lock is; libpq itself would wait for minutes.
_POSTGRESQL_PATIENCE = {
    "connect_timeout": round(PATIENCE_SECONDS),
    "tcp_user_timeout": 5000,
    "keepalives_idle": 5,
    "keepalives_interval": 1,
    "keepalives_count": 3,
}
_log = structlog.get_logger(__name__)


class BookSession(BoundSession):
    """A session on the books it was opened for; the training books know no editions but the live ones."""

    def get_bind(self, mapper: Any = None, clause: Any = None, bind: Any = None, **more: Any) -> Any:
        """The engine to speak to."""
        if bind is None and self.info.get("books") == "training" and not _is_of_editions(mapper):
            bind = db.engines["training"]
        return super().get_bind(mapper, clause, bind, **more)

    def begin_nested(self) -> SessionTransaction:
        """A savepoint, behind all that was written down for later."""
        send(self)
        return super().begin_nested()


@event.listens_for(BookSession, "do_orm_execute")
def _before_it_speaks(told: ORMExecuteState) -> None:
    send(told.session)


@event.listens_for(BookSession, "before_flush")
def _before_it_flushes(session: Session, *_: Any) -> None:
    send(session)


event.listen(BookSession, "before_commit", send)
event.listen(BookSession, "after_soft_rollback", lambda session, _: forget(session))

# What leaves a transaction stays readable (expire_on_commit), yet is detached: each wish reads anew.
db = SQLAlchemy(model_class=Base, session_options={"class_": BookSession, "expire_on_commit": False})


def books_kept() -> tuple[Books, ...]:
    """The books of this application, the live ones first. Needs an application context."""
    return ("live", "training") if "training" in db.engines else ("live",)


def carry_out(
    work: Callable[[Session], T], *, patience_seconds: float = PATIENCE_SECONDS, books: Books = "live"
) -> T:
    """Do one wish in one transaction: all of it is kept, or none; `work` gets a fresh session.

    `work` is run again from its start, up to five times, when it met another transaction (40001, 40P01):
    it must change nothing but rows. A Refusal undoes all of it; one that says how to `keep` it is raised when
    that is committed, or, where a twin was answered meanwhile, `work` is run again and hears the same.
    Raises Busy when a lock was not had in `patience_seconds`; then nothing was done.
    Raises Unavailable when the database failed: nothing was done, or, where a commit was not answered, nobody
    knows; it is not tried again here, for only who asked has the key that makes a second time harmless.
    """
    session = _free_session(books)
    turn = 0
    while True:
        turn += 1
        try:
            return _heard_once(session, work, patience_seconds)
        except (SQLAlchemyError, UnsafeDatabase) as error:
            if met_another(error) and turn < TURNS:
                time.sleep(random.uniform(0.005, 0.05) * turn)  # noqa: S311 -- jitter, not a secret
                continue
            if (refusal := heard(error, writing=True)) is None:
                raise
            raise refusal from error


@contextmanager
def reading(books: Books = "live") -> Iterator[Session]:
    """A session to look with: everything in it is seen as of one instant, and undone at the end.

    A read that tries to write is stopped: by the database when it is flushed, here when it was not.
    Raises Busy, Unavailable.
    """
    session = _free_session(books)
    try:
        try:
            session.connection(execution_options=_reading_options(session.get_bind().dialect.name))
            yield session
            if session.new or session.dirty or session.deleted:
                raise RuntimeError("a read tried to write")
        finally:
            session.close()  # a line that broke meanwhile is heard of here
    except (SQLAlchemyError, UnsafeDatabase) as error:
        if (refusal := heard(error, writing=False)) is None:
            raise
        raise refusal from error


def engine_options(database_url: str) -> dict[str, Any]:
    """How the engine for that URL is made: psycopg for PostgreSQL, a pool that suits our threads."""
    url = make_url(database_url)
    if url.drivername in {"postgresql", "postgres"}:
        url = url.set(drivername="postgresql+psycopg")
    options: dict[str, Any] = {"url": url, "hide_parameters": True}  # no member's data in an error's text
    if url.get_backend_name() == "postgresql":
        options["connect_args"] = {
            "options": _POSTGRESQL_OPTIONS,
            "application_name": "loyalty",
            **_POSTGRESQL_PATIENCE,
        }
    if url.database not in {None, "", ":memory:"}:
        options |= {"pool_size": 10, "max_overflow": 10, "pool_timeout": PATIENCE_SECONDS}
        options["pool_use_lifo"] = True  # few connections do most of the work, and know their plans
    return options


def behave(engine: Engine) -> None:
    """Make SQLite keep foreign keys and real transactions; PostgreSQL does already (see `engine_options`).

    Python's driver delays BEGIN until the first write, so two transactions that read and then write would
    fail, and a released savepoint would be kept for ever. We send BEGIN ourselves, and take the write lock
    with it.

    A connection to PostgreSQL that was closed while nobody used it is not handed out.
    """
    if engine.dialect.name != "sqlite":
        event.listen(engine, "checkout", _refuse_closed)
        return

    @event.listens_for(engine, "connect")
    def on_connect(raw: Any, _: Any) -> None:
        raw.isolation_level = None
        for pragma in _SQLITE_PRAGMAS:
            raw.execute(f"PRAGMA {pragma}")
        raw.create_function("lower", 1, _lower, deterministic=True)

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        patience_ms = round(options.get("patience_seconds", PATIENCE_SECONDS) * 1000)
        run(connection, f"PRAGMA busy_timeout = {patience_ms}")
        run(connection, f"PRAGMA query_only = {'ON' if options.get('read_only') else 'OFF'}")
        run(connection, f"BEGIN {options.get('sqlite_begin', 'DEFERRED')}")


def take_into_service(accepted: frozenset[str]) -> None:
    """From now on no connection is used that puts at risk what was told, but for these `accepted` risks.

    Each database is asked at once; one that does not answer is judged when it does: until then, and as long
    as it is unsafe, every wish is Unavailable. Raises UnsafeDatabase. Needs an application context.
    """
    for risk in sorted(accepted):
        _log.warning("unsafe_database_accepted", fault=f"{risk}: {RISKS[risk]}")
    for engine in db.engines.values():
        engine.dispose()
        _refuse_unsafe(engine, accepted)
        try:
            engine.connect().close()
        except SQLAlchemyError as error:
            if heard(error, writing=False) is None:
                raise
        engine.dispose()  # who serves may fork first, and processes share no connection


def _refuse_closed(raw: Any, *_: Any) -> None:
    """PostgreSQL says nothing to who asks nothing, but that it closes: heard without a trip to it."""
    ear = poll()
    if not raw.closed:
        ear.register(raw.fileno(), POLLIN)
    if raw.closed or ear.poll(0):
        raise DisconnectionError


def _lower(text: str | None) -> str | None:
    """Small letters of every script: what SQLite brings folds those of ASCII alone."""
    return None if text is None else str(text).lower()


def _refuse_unsafe(engine: Engine, accepted: frozenset[str]) -> None:
    schema_is_good = False

    @event.listens_for(engine, "connect")
    def on_connect(raw: Any, _: Any) -> None:
        nonlocal schema_is_good  # asked once: a newer release may migrate while this one still serves
        found = risks_of_connection(raw) | (set() if schema_is_good else risks_of_schema(raw))
        raw.rollback()
        if refused := found - accepted:
            raw.close()
            raise UnsafeDatabase(refused)
        schema_is_good = True


def _free_session(books: Books) -> Session:
    session = db.session()
    if session.in_transaction():
        raise RuntimeError("a transaction is open already: one wish, one transaction")
    forget(session)
    session.info["books"] = books
    return session


def _is_of_editions(mapper: Any) -> bool:
    return mapper is not None and inspect(mapper).class_ is StoredEdition


def _heard_once(session: Session, work: Callable[[Session], T], patience_seconds: float) -> T:
    while True:
        try:
            return _carry_out_once(session, work, patience_seconds)
        except Refusal as refusal:
            if refusal.keep is None or _carry_out_once(session, refusal.keep, patience_seconds):
                raise


def _carry_out_once(session: Session, work: Callable[[Session], T], patience_seconds: float) -> T:
    try:
        connection = session.connection(
            execution_options={"sqlite_begin": "IMMEDIATE", "patience_seconds": patience_seconds}
        )
        if connection.dialect.name == "postgresql" and patience_seconds != PATIENCE_SECONDS:
            session.execute(text(f"SET LOCAL lock_timeout = {round(patience_seconds * 1000)}"))
        with speaking(session, connection):
            outcome = work(session)
            session.commit()
        return outcome
    finally:
        session.close()  # undoes whatever was not committed


def _reading_options(dialect: str) -> dict[str, Any]:
    if dialect == "postgresql":
        return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    return {"sqlite_begin": "DEFERRED", "read_only": True}
