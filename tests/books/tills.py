"""Tills of every mode, and what the books of each hold."""

from flask import Flask
from sqlalchemy import func, select

from loyalty.access import TILL_SCOPES
from loyalty.db import Books, db
from loyalty.tables import Base
from tests.makers import Maker, Till


def till(make: Maker, mode: str) -> Till:
    """A till of that mode that may do everything."""
    words = (
        "--terminal",
        "T1",
        "--client",
        f"till of {mode}",
        "--scope",
        ",".join(TILL_SCOPES),
        "--language",
        "en",
    )
    return Till(make.app, make.run("keys", "create", *words, "--mode", mode).stdout.strip())


def rows(app: Flask, books: Books) -> dict[str, int]:
    """How many rows each table of these books has; keys aside, which belong to the live ones."""
    with app.app_context(), db.engines[None if books == "live" else books].connect() as connection:
        return {
            name: connection.scalar(select(func.count()).select_from(table)) or 0
            for name, table in Base.metadata.tables.items()
            if name not in {"api_key", "nonce"}
        }
