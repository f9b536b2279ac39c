"""The service without its lock, for the control of the last points: a proof that cannot fail proves nothing.

Without the lock, PostgreSQL reads a member's rows without FOR UPDATE. On SQLite the lock is the transaction's
BEGIN IMMEDIATE: without it each statement stands for itself.

Without the guards, the last place and the last of a stock are not bounded, and a voucher that was used is
used again; statements that must meet exactly the row they were planned for may miss it unnoticed, and nobody
looks whether what was read, or is to be written, fits together.
"""

import re
import sys
import time
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event

from config.settings import Settings
from loyalty import writing
from loyalty.app import create_app
from loyalty.db import db
from loyalty.ledger import booked, posting

_ROW_LOCK = re.compile(r" FOR (NO KEY )?UPDATE\b( OF \w+)?( SKIP LOCKED)?")
_BOUNDS = {  #: conditions by which one statement decides who is the last, and what always holds instead
    "<= club_event.capacity": "IS NOT NULL",
    "reward_stock.sold < ": "reward_stock.sold <> -1 - ",
    "reward_order.state = ": "reward_order.state >= ",  # open and used are in this order
}
_BOOKING, _PAUSE_SECONDS = ("INSERT INTO operation (", "WITH w0 AS (INSERT INTO operation ("), 0.01
_WRITING = re.compile(r"BEGIN IMMEDIATE|SAVEPOINT|RELEASE|ROLLBACK TO")


def app(*, guards: bool = True) -> Flask:
    """`wsgi:app` without the lock, and without the guards if told so."""
    if not guards:
        unguard()
    made = create_app(Settings.from_env())
    with made.app_context():
        unlock(db.engine)
        if not guards:
            unbound(db.engine)
    return made


def unguard() -> None:
    """Switch the assertions off that stay on in production."""
    for name, module in list(sys.modules.items()):
        if name.startswith("loyalty.") and hasattr(module, "expect_one"):
            module.expect_one = _anything
    posting._check = booked._check = writing._expect = _anything


def _anything(*_: Any) -> None:
    """What a guard says that is off."""


def unlock(engine: Engine) -> None:
    """Take the locks out of whatever is sent to the database, and let others read before it is booked."""

    @event.listens_for(engine, "before_cursor_execute", retval=True)
    def send(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> tuple[str, Any]:
        if statement.startswith(_BOOKING):
            time.sleep(_PAUSE_SECONDS)
        if engine.dialect.name == "sqlite" and _WRITING.match(statement):
            return "SELECT 1", ()
        return _ROW_LOCK.sub("", statement), parameters


def unbound(engine: Engine) -> None:
    """Take out what bounds the counts of benefits and rewards: conditions, and the checks of SQLite."""

    @event.listens_for(engine, "before_cursor_execute", retval=True)
    def send(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> tuple[str, Any]:
        if statement.startswith("UPDATE"):
            for bound, always in _BOUNDS.items():
                statement = statement.replace(bound, always)
        return statement, parameters

    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def look_past(connection: Any, _: Any) -> None:
            connection.execute("PRAGMA ignore_check_constraints = ON")
