"""Whether this copy is alive, and whether it is ready to serve."""

from pathlib import Path

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from loyalty.db import reading
from loyalty.errors import Busy

MIGRATIONS = Path(__file__).parent.parent / "migrations"


def register(app: Flask) -> None:
    """Serve /healthz (the process answers) and /readyz (database reached, migrations as the code needs)."""
    wanted = set(ScriptDirectory(str(MIGRATIONS)).get_heads())
    app.add_url_rule("/healthz", "healthz", lambda: {"status": "alive"})
    app.add_url_rule("/readyz", "readyz", lambda: _ready(wanted))


def _ready(wanted: set[str]) -> tuple[dict[str, str], int]:
    try:
        with reading() as session:
            found = set(MigrationContext.configure(session.connection()).get_current_heads())
    except (SQLAlchemyError, Busy):
        return {"status": "not ready", "database": "unreachable", "migrations": "unknown"}, 503
    if found != wanted:
        return {
            "status": "not ready",
            "database": "reachable",
            "migrations": "not at the head of the code",
        }, 503
    return {"status": "ready", "database": "reachable", "migrations": "at head"}, 200
