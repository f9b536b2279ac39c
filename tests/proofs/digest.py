"""What plain rows say of all members, without what may differ between two ways to the same end.

Ids, the instants of booking and the order of arrival are left out; members are counted in the order they
joined. Nothing of `loyalty` is imported.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg

Digest = Mapping[str, list[Any]]

#: What is left in the end of any order, split and repetition.
STATE = {
    "account": "unit, available, held, debt, pending, lowering, last_active_on, due_at",
    "lot": "unit, expires_on, kind, remaining, held",
    "tally": "unit, day, earned",
    "standing": "tier, until_at, due_at",
    "member": "state",
}
#: And how it came to that: what each night must leave, whenever it ran.
BOOKS = STATE | {
    "operation": "kind, edition, happened_at",
    "operation_part": "unit, points, undone, withdrawn, shortfall",
    "entry": "unit, expires_on, kind, points, contra, counts_on, happened_at",
    "hold": "unit, points, captured, state, edition, taken_at, ends_at",
    "pending": "unit, points, taken_back, opens_at, opens_on_event, contra, edition, state",
    "term": "term_no, tier, from_at, until_at, reason, edition, protected, measured, lifts_at, ended_at",
    "outbox_message": "kind",
}


@contextmanager
def plain(database_url: str) -> Iterator[Any]:
    """A connection of our own to a database, to read rows with."""
    if database_url.startswith("sqlite"):
        connection: Any = sqlite3.connect(database_url.removeprefix("sqlite:///"))
    else:
        connection = psycopg.connect(database_url)
    try:
        yield connection
    finally:
        connection.close()


def digest(database_url: str, columns: Mapping[str, str] = STATE) -> Digest:
    """Every member's rows of these tables, sorted."""
    with plain(database_url) as connection:
        joined = "SELECT member_id FROM member ORDER BY member_id"
        order = {member_id: no for no, (member_id,) in enumerate(connection.execute(joined).fetchall())}
        return {
            table: sorted(
                (order[member_id], *map(str, row))
                for member_id, *row in connection.execute(f"SELECT member_id, {names} FROM {table}")
            )
            for table, names in columns.items()
        }


def same(one: Digest, other: Digest, why: str) -> None:
    """Raises AssertionError with the rows that differ."""
    apart = {
        table: {"only here": _less(one[table], other[table]), "only there": _less(other[table], one[table])}
        for table in one
        if one[table] != other[table]
    }
    assert not apart, f"{why}: {apart}"


def _less(rows: list[Any], others: list[Any]) -> list[Any]:
    left = list(others)
    return [row for row in rows if row not in left or left.remove(row) is not None]  # type: ignore[func-returns-value]
