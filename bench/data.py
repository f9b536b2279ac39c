"""Filling the books: the engine books a few lives, SQL multiplies them by their members' ids.

Whatever names a member in a row, as a key or within a text, names the copy in the copied row; so the copies
keep every law that the engine's own rows keep, and a column or table that the engine gets is copied as it is.
What a claim keeps packed is copied as it is: a retry of a copied key would hear of the one who lived.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import psycopg
from sqlalchemy import JSON, Column, String, Table

from bench.lives import DYING, live, lives
from bench.scene import FIRST_MEMBER, Size, card
from loyalty import ids
from loyalty.clock import SystemClock
from loyalty.tables import Base
from tests import databases
from tests.applications import application
from tests.clocks import MovableClock
from tests.makers import PROGRAMMES, Maker, Shopper

PROGRAMME = PROGRAMMES / "retail-club.toml"
AGE_DAYS = 800  #: of the club: two years are over for some of its members
_EVENTS = 1024  #: numbers for the events of each member
_CLONE = (
    "CREATE TEMPORARY TABLE clone (n bigint, member_id bigint, of_member bigint, name text, of_name text,"
    " card text)"
)
#: Columns that hold what no two rows may share, or what should not be the same in all.
_ANEW = {
    ("card", "number"): "clone.card",
    ("claim", "key"): "CASE WHEN strpos(old.key, clone.of_name) > 0"
    " THEN replace(old.key, clone.of_name, clone.name) ELSE old.key || '-' || clone.n END",
    ("outbox_message", "event_id"): f"{FIRST_MEMBER} + clone.n * {_EVENTS} + old.seq",
    ("outbox_message", "position"): f"clone.n * {_EVENTS} + old.seq",
    ("person", "name"): "old.name || ' ' || clone.n",
    ("person", "name_key"): "old.name_key || ' ' || clone.n",
}


def found(url: str) -> None:
    """Make an empty database that of a club, whose programme is in force and who has no members yet."""
    databases.migrate(url)
    clock = MovableClock(founded_at())
    with application(url, clock) as app:
        Maker(app, clock).programme(PROGRAMME)


def founded_at() -> datetime:
    """Before anything that happens in the benchmark."""
    return SystemClock().now() - timedelta(days=AGE_DAYS)


def fill(url: str, size: Size, now: datetime) -> None:
    """Fill a club's database with members who lived up to `now`, and let PostgreSQL know it."""
    with hurrying(url) as make:
        young, old = lives(now, size.purchases)
        lived = live(make, young), live(make, old)
        make.clock.move(now)
        make.run("jobs", "retention")
    with psycopg.connect(url) as session:
        session.execute("SET session_replication_role = replica")  # what is copied refers to what is copied
        session.execute(_CLONE)
        words = "COPY clone (n, member_id, of_member, name, of_name, card) FROM STDIN"
        with session.cursor().copy(words) as into:
            for row in _clones(size.members, *lived):
                into.write_row(row)
        session.execute("ANALYZE clone")
        session.execute("SET work_mem = '256MB'")
        for table in Base.metadata.sorted_tables:
            if "member_id" in table.c:
                _multiply(session, table)
        session.execute(
            "UPDATE outbox_head SET position = (SELECT coalesce(max(position), 0) FROM outbox_message)"
        )
    with psycopg.connect(url, autocommit=True) as session:
        session.execute("VACUUM (ANALYZE)")
        session.execute("CHECKPOINT")


@contextmanager
def hurrying(url: str) -> Iterator[Maker]:
    """What makes members and sales in a club's database, whose commits nobody waits for in the block.

    Its clock stands a day after the club began.
    """
    _hurry(url, "off")
    clock = MovableClock(founded_at() + timedelta(days=1))
    with application(url, clock) as app:
        yield Maker(app, clock)
    _hurry(url, "on")


def _hurry(url: str, durable: str) -> None:
    """Whether commits of later sessions are waited for: those of the filling need not be."""
    with psycopg.connect(url, autocommit=True) as session:
        name = session.info.dbname
        session.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = {durable}')


def young_members(members: int) -> int:
    """How many members, from the first on, live a life of those whose points die late."""
    return members - members * DYING // 100


def _clones(members: int, young: list[Shopper], old: list[Shopper]) -> Iterator[tuple[Any, ...]]:
    """Who is copied from whom: number, ids and how these are written, card."""
    last_young = young_members(members)
    for number in range(1, members + 1):
        lived = young if number <= last_young else old
        of_name, member_id = lived[number % len(lived)].member_id, FIRST_MEMBER + number
        of_member = ids.from_text(of_name)
        yield number, member_id, of_member, ids.to_text(member_id), of_name, card(number)


def _multiply(session: psycopg.Connection[Any], table: Table) -> None:
    """Copy what the table holds of those who lived for each of their copies, oldest operations first."""
    (first,) = session.execute(f'SELECT count(*) FROM "{table.name}"').fetchone() or (0,)
    if not first:
        return
    named = ", ".join(f'"{column.name}"' for column in table.c)
    values = ", ".join(_value(session, table, column) for column in table.c)
    order = "old.op_id, clone.n" if "op_id" in table.c else "clone.n"
    session.execute(
        f'INSERT INTO "{table.name}" ({named}) SELECT {values} FROM clone'
        f' JOIN "{table.name}" old ON old.member_id = clone.of_member ORDER BY {order}'
    )


def _value(session: psycopg.Connection[Any], table: Table, column: Column[Any]) -> str:
    """What a column holds in the copy of a row."""
    if (table.name, column.name) in _ANEW:
        return _ANEW[table.name, column.name]
    if column.name == "member_id":
        return "clone.member_id"
    mine = f'old."{column.name}"'
    if isinstance(column.type, JSON):
        text, back = f"{mine}::text", "::jsonb"
    elif isinstance(column.type, String):
        text, back = mine, ""
    else:
        return mine
    found = session.execute(
        f'SELECT bool_or(strpos({text}, clone.of_name) > 0) FROM "{table.name}" old'
        " JOIN (SELECT DISTINCT of_member, of_name FROM clone) clone ON clone.of_member = old.member_id"
    ).fetchone()
    return f"replace({text}, clone.of_name, clone.name){back}" if found and found[0] else mine
