"""Whether this copy is alive, and whether it is ready to serve."""

from pathlib import Path

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from loyalty.db import Books, books_kept, reading
from loyalty.errors import Busy

AT_HEAD = "at head"
MIGRATIONS = Path(__file__).parent.parent / "migrations"


def register(app: Flask) -> None:
    """Serve /healthz (the process answers) and /readyz (database reached, migrations as the code needs)."""
    wanted = set(ScriptDirectory(str(MIGRATIONS)).get_heads())
    app.add_url_rule("/healthz", "healthz", lambda: {"status": "alive"})
    app.add_url_rule("/readyz", "readyz", lambda: _ready(wanted))


def _ready(wanted: set[str]) -> tuple[dict[str, str], int]:
    """Judged by the live books alone: training that fails takes no till out of service."""
    told = {books: _state(books, wanted) for books in books_kept()}
    database, migrations = told["live"]
    ready = migrations == AT_HEAD
    answer = {"status": "ready" if ready else "not ready", "database": database, "migrations": migrations}
    if "training" in told:
        answer["training"] = ", ".join(told["training"])
    return answer, 200 if ready else 503


def _state(books: Books, wanted: set[str]) -> tuple[str, str]:
    try:
        with reading(books) as session:
            found = set(MigrationContext.configure(session.connection()).get_current_heads())
    except (SQLAlchemyError, Busy):
        return "unreachable", "unknown"
    return "reachable", AT_HEAD if found == wanted else "not at the head of the code"
