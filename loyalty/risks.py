"""What a database may lose or mix up: asked of the very connection that would write, as it has it."""

import sqlite3
from functools import cache
from pathlib import Path
from typing import Any

from alembic.script import ScriptDirectory

MIGRATIONS = Path(__file__).parent.parent / "migrations"
RISKS = {
    "fsync": "a crash of the machine may lose or tear what was acknowledged",
    "full_page_writes": "a crash of the machine may tear pages that nothing can mend",
    "synchronous_commit": "a crash may lose the last moments that were acknowledged",
    "default_transaction_isolation": "transactions are not READ COMMITTED, which the locks count on",
    "journal_mode": "SQLite keeps no write-ahead log there",
    "synchronous": "SQLite does not wait until the disk has what was acknowledged",
    "schema": "the tables are not those of this release: flask db upgrade",
}  #: each by the name that the database gives its setting
_POSTGRESQL = {
    "fsync": {"on"},
    "full_page_writes": {"on"},
    "synchronous_commit": {"on", "local", "remote_write", "remote_apply"},  # all wait for our own disk
    "default_transaction_isolation": {"read committed"},
}
_SQLITE: dict[str, set[object]] = {"journal_mode": {"wal"}, "synchronous": {2, 3}}  # FULL, EXTRA
_HAS_SCHEMA = {
    True: "SELECT max(name) FROM sqlite_master WHERE name = 'alembic_version'",
    False: "SELECT to_regclass('alembic_version')",
}


class UnsafeDatabase(Exception):
    """A database that may lose or mix up what it is told, in ways that nobody accepted by their names."""

    def __init__(self, risks: set[str]) -> None:
        self.risks = sorted(risks)
        super().__init__("; ".join(f"{risk}: {RISKS[risk]}" for risk in self.risks))


def risks_of_connection(raw: Any) -> set[str]:
    """What the settings of this connection put at risk; `raw` is the driver's own."""
    if isinstance(raw, sqlite3.Connection):
        got = {name: raw.execute(f"PRAGMA {name}").fetchone()[0] for name in _SQLITE}
        return {name for name, good in _SQLITE.items() if got[name] not in good}
    names = list(_POSTGRESQL)
    got = dict(raw.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [names]).fetchall())
    return {name for name, good in _POSTGRESQL.items() if got.get(name) not in good}


def risks_of_schema(raw: Any) -> set[str]:
    """The risk `schema`, unless the tables are exactly those of this release."""
    return set() if revisions(raw) == heads_of_code() else {"schema"}


def revisions(raw: Any) -> set[str]:
    """Where this connection's tables stand; nowhere, when there are none."""
    (known,) = raw.execute(_HAS_SCHEMA[isinstance(raw, sqlite3.Connection)]).fetchone()
    rows = raw.execute("SELECT version_num FROM alembic_version").fetchall() if known else []
    return {version for (version,) in rows}


@cache
def heads_of_code() -> frozenset[str]:
    """The revisions that this release's tables stand at."""
    return frozenset(_scripts().get_heads())


def knows_revision(revision: str) -> bool:
    """Whether tables of that revision can be brought up to this release."""
    return revision in {script.revision for script in _scripts().walk_revisions()}


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(MIGRATIONS))
