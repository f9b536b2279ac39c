"""The service without its lock, for the control of the last points: a proof that cannot fail proves nothing.

Without the lock, PostgreSQL reads a member's rows without FOR UPDATE. On SQLite the lock is the transaction's
BEGIN IMMEDIATE: without it each statement stands for itself.

Without the guards, the statements that must meet exactly the row they were planned for may miss it unnoticed.
"""

import re
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event

from config.settings import Settings
from loyalty.app import create_app
from loyalty.db import db
from loyalty.ledger import posting, set_aside

_ROW_LOCK = re.compile(r" FOR (NO KEY )?UPDATE\b")
_WRITING = re.compile(r"BEGIN IMMEDIATE|SAVEPOINT|RELEASE|ROLLBACK TO")


def app(*, guards: bool = True) -> Flask:
    """`wsgi:app` without the lock, and without the guards if told so."""
    if not guards:
        posting.expect_one = set_aside.expect_one = lambda result: None
    made = create_app(Settings.from_env())
    with made.app_context():
        unlock(db.engine)
    return made


def unlock(engine: Engine) -> None:
    """Take the locks out of whatever is sent to the database."""

    @event.listens_for(engine, "before_cursor_execute", retval=True)
    def send(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> tuple[str, Any]:
        if engine.dialect.name == "sqlite" and _WRITING.match(statement):
            return "SELECT 1", ()
        return _ROW_LOCK.sub("", statement), parameters
