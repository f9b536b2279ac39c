"""What an error of the database means to whoever asked: busy, unavailable, or a fault of ours."""

import sqlite3
from collections.abc import Iterator
from typing import TypeGuard

import structlog
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from loyalty.errors import Busy, Refusal, Unavailable
from loyalty.risks import UnsafeDatabase

# PostgreSQL's codes, whole or their class.
_CONFLICTS = frozenset({"40001", "40P01"})  # serialization failure, deadlock
_LOCKED = "55P03"  # lock_not_available
_READ_ONLY = "25006"  # a standby; for a read of ours it is our own guard
# Connection lost, resources gone (disk_full, too_many_connections), shut down or cancelled, the system's I/O.
_GONE = ("08", "53", "57", "58", "40003")

# SQLite's codes: the low byte tells the kind.
_SQLITE_BUSY = frozenset({5, 6})  # SQLITE_BUSY, SQLITE_LOCKED
_SQLITE_READ_ONLY = 8
_SQLITE_GONE = frozenset({7, 10, 13, 14})  # SQLITE_NOMEM, SQLITE_IOERR, SQLITE_FULL, SQLITE_CANTOPEN

_log = structlog.get_logger(__name__)


def met_another(error: BaseException) -> bool:
    """Two transactions met, and this one was undone for the other: it may run again."""
    return getattr(getattr(error, "orig", None), "sqlstate", None) in _CONFLICTS


def heard(error: SQLAlchemyError | UnsafeDatabase, *, writing: bool) -> Busy | None:
    """What a caller hears of this error; None when it is a fault of ours.

    The error that counts may stand behind another: SQLite undoes a transaction on a full disk by itself, and
    then there is no savepoint any more to go back to.
    """
    behind = list(_behind(error))
    if gone := next((one for one in behind if _is_gone(one, writing=writing)), None):
        why = gone.orig if isinstance(gone, DBAPIError) else gone
        _log.error("database_unavailable", error=type(gone).__name__, fault=str(why))
        return Unavailable()
    return Busy() if any(met_another(one) or _waited_too_long(one) for one in behind) else None


def _behind(error: BaseException) -> Iterator[BaseException]:
    """This error and those that led to it, as far back as no refusal was raised."""
    one: BaseException | None = error
    while one is not None and not isinstance(one, Refusal):
        yield one
        one = one.__cause__ or one.__context__


def _is_gone(error: BaseException, *, writing: bool) -> TypeGuard[DBAPIError | UnsafeDatabase]:
    if not isinstance(error, DBAPIError):
        return isinstance(error, UnsafeDatabase)
    if error.connection_invalidated:
        return True
    if (code := getattr(error.orig, "sqlite_errorcode", None)) is not None:
        return code & 0xFF in _SQLITE_GONE or (writing and code & 0xFF == _SQLITE_READ_ONLY)
    if (state := getattr(error.orig, "sqlstate", None)) is not None:
        return state.startswith(_GONE) or (writing and state == _READ_ONLY)
    # psycopg knows no code where no connection was had, or where it broke.
    return isinstance(error, OperationalError) and not isinstance(error.orig, sqlite3.Error)


def _waited_too_long(error: BaseException) -> bool:
    if isinstance(error, PoolExhausted):
        return True
    cause = getattr(error, "orig", None)
    if getattr(cause, "sqlstate", None) == _LOCKED:
        return True
    return getattr(cause, "sqlite_errorcode", 0) & 0xFF in _SQLITE_BUSY
