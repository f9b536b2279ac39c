"""Whether this copy is alive, and whether it is ready to serve."""

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from loyalty.db import Books, books_kept, reading
from loyalty.errors import Busy
from loyalty.risks import UnsafeDatabase, risks_of_connection, risks_of_schema
from loyalty.rooms import rooms


def register(app: Flask) -> None:
    """Serve /healthz (the process answers), /readyz (the database is there, safe and at the code's head)."""
    app.add_url_rule("/healthz", "healthz", lambda: {"status": "alive"})
    app.add_url_rule("/readyz", "readyz", _ready)


def _ready() -> tuple[dict[str, str], int]:
    """Judged by the live books alone: training that fails takes no till out of service."""
    accepted = rooms().settings.accepted_risks
    risks = {books: _risks(books) for books in books_kept()}
    live = risks["live"]
    database, migrations = _told(live, accepted)
    ready = live is not None and live <= accepted
    answer = {"status": "ready" if ready else "not ready", "database": database, "migrations": migrations}
    if taken := sorted(accepted & set().union(*(found for found in risks.values() if found))):
        answer["accepted_risks"] = ", ".join(taken)
    if "training" in risks:
        answer["training"] = ", ".join(_told(risks["training"], accepted))
    return answer, 200 if ready else 503


def _risks(books: Books) -> set[str] | None:
    """What these books' database puts at risk; None when it cannot be asked."""
    try:
        with reading(books) as session:
            raw = session.connection().connection.driver_connection
            return risks_of_connection(raw) | risks_of_schema(raw)
    except Busy as busy:
        unsafe = busy.__cause__
        return set(unsafe.risks) if isinstance(unsafe, UnsafeDatabase) else None
    except SQLAlchemyError:
        return None


def _told(risks: set[str] | None, accepted: frozenset[str]) -> tuple[str, str]:
    if risks is None:
        return "unreachable", "unknown"
    refused = sorted(risks - accepted - {"schema"})
    database = f"unsafe: {', '.join(refused)}" if refused else "reachable"
    return database, "not at the head of the code" if "schema" in risks else "at head"
