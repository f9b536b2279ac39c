"""One random thing done wrong to the rows of a book, past all guards of the database, and taken back."""

import copy
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Table, and_, create_engine, event, select, text
from sqlalchemy.exc import DBAPIError

from loyalty.ledger.packing import packed, unpacked
from loyalty.tables import Base
from tests.proofs.free import is_free

Values = dict[str, Any]
TABLES = (
    "account", "act", "act_head", "approval_request", "card", "claim", "edition", "entry", "hold", "lot",
    "member", "operation", "operation_part", "outbox_head", "outbox_message", "pending", "policy",
    "policy_share", "policy_version", "premium", "review", "sale", "sale_return", "standing", "tally", "term",
    "usage",
)  # fmt: skip
ACTS = ("change", "change", "change", "change", "delete", "duplicate", "swap")
GUARDS = {
    "sqlite": (
        "SELECT 'DROP TRIGGER ' || name FROM sqlite_master WHERE type = 'trigger'",
        "SELECT 'DROP INDEX ' || name FROM sqlite_master WHERE type = 'index' AND sql LIKE '%UNIQUE%'",
    ),
    "postgresql": (
        "SELECT format('DROP TRIGGER %I ON %s', tgname, tgrelid::regclass) FROM pg_trigger"
        " WHERE NOT tgisinternal",
        "SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) FROM pg_constraint"
        " WHERE contype IN ('c', 'f', 'u') AND conrelid > 0 AND connamespace = 'public'::regnamespace",
        "SELECT format('DROP INDEX %s', indexrelid::regclass) FROM pg_index JOIN pg_class ON oid = indrelid"
        " WHERE indisunique AND NOT indisprimary AND relnamespace = 'public'::regnamespace",
    ),
}


@dataclass(frozen=True, slots=True)
class Spoilt:
    """What was done: rows of one table as they were, and as they are now."""

    what: str
    table: Table
    before: tuple[Values, ...]
    after: tuple[Values, ...]

    def do(self, rows: Connection) -> None:
        """Spoil them."""
        _exchange(rows, self.table, self.before, self.after)

    def undo(self, rows: Connection) -> None:
        """Make them good again."""
        _exchange(rows, self.table, self.after, self.before)


@contextmanager
def unguarded(database_url: str) -> Iterator[Engine]:
    """An engine on a database that refuses nothing any more."""
    # A connection that somebody closed meanwhile is found out: tests hang up what earlier ones left.
    engine = create_engine(database_url.replace("postgresql:", "postgresql+psycopg:"), pool_pre_ping=True)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA ignore_check_constraints = ON"))
    with engine.begin() as rows:
        for guards in GUARDS[engine.dialect.name]:
            for (guard,) in rows.execute(text(guards)).all():
                rows.execute(text(guard))
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def spoilt(engine: Engine, rng: random.Random) -> Iterator[Spoilt]:
    """A book in which one thing is wrong; afterwards it is good again."""
    while True:
        with engine.connect() as rows:
            done = _choose(rows, rng)
        if done is None:
            continue
        try:
            with engine.begin() as rows:
                done.do(rows)
        except DBAPIError:
            continue  # no database would ever hold that
        break
    try:
        yield done
    finally:
        with engine.begin() as rows:
            done.undo(rows)


def _choose(rows: Connection, rng: random.Random) -> Spoilt | None:
    """Something to do wrong; None where the dice fell on nothing that can be judged."""
    table = Base.metadata.tables[rng.choice(TABLES)]
    found = rows.execute(select(table).order_by(*table.primary_key)).mappings()
    there = [_with_outcome(dict(row), unpacked) for row in found]
    act = rng.choice(ACTS)
    if len(there) < (2 if act == "swap" else 1):
        return None
    row = rng.choice(there)
    if act in ("delete", "duplicate"):
        if is_free(f"{table.name}:{act}", row):
            return None
        more = () if act == "delete" else (row, row | _another_key(table, row))
        return Spoilt(f"{act} {_place(table, row)}", table, (row,), more)
    column = rng.choice([name for name in row if act == "change" or name not in table.primary_key])
    if act == "swap":
        return _swap(table, row, rng.choice(there), column)
    others = [one[column] for one in there if one[column] != row[column]]
    path, value = _changed(rng, table, column, row[column], others)
    what = ".".join([table.name, column, *path])
    if value == row[column] or is_free(what, row):
        return None
    told = f"change {what} from {row[column]!r} to {value!r} in {_place(table, row)}"
    return Spoilt(told, table, (row,), (row | {column: value},))


def _swap(table: Table, one: Values, other: Values, column: str) -> Spoilt | None:
    what = f"{table.name}.{column}"
    differ = one[column] != other[column]
    if not differ or is_free(what, one) or is_free(what, other) or is_free(f"{what}:swap", one):
        return None
    after = (one | {column: other[column]}, other | {column: one[column]})
    told = f"swap {what} of {_place(table, one)} and {_place(table, other)}"
    return Spoilt(told, table, (one, other), after)


def _place(table: Table, row: Values) -> str:
    return " ".join([table.name, *(f"{key.name}={row[key.name]}" for key in table.primary_key)])


def _another_key(table: Table, row: Values) -> Values:
    """The last part of the key, changed to what is not there."""
    name = list(table.primary_key)[-1].name
    value = row[name]
    if isinstance(value, int):
        return {name: value + 10_000}
    return {name: value + timedelta(days=1000) if isinstance(value, date) else f"{value}x"}


def _changed(
    rng: random.Random, table: Table, column: str, value: Any, others: list[Any]
) -> tuple[tuple[str, ...], Any]:
    """Another value for a column, and the way to what was changed inside of it, where it is JSON."""
    if isinstance(value, Mapping | list):
        if table.columns[column].nullable and rng.random() < 0.1:
            return (), None
        return _changed_inside(rng, value)
    if value is not None and table.columns[column].nullable and rng.random() < 0.2:
        return (), None
    is_key = (
        isinstance(value, str) or column.endswith("_id") or column in ("refers_to", "opened_by", "holder")
    )
    if others and (value is None or (is_key and rng.random() < 0.7)):
        return (), rng.choice(others)
    return (), _other(rng, value)


def _other(rng: random.Random, value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return rng.choice([value + 1, value - 1, value * 2, -value])
    if isinstance(value, datetime):
        return value + rng.choice([-1, 1]) * rng.choice(
            [timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)]
        )
    if isinstance(value, date):
        return (
            value + rng.choice([-1, 1]) * timedelta(days=1)
            if value.year < 9999
            else value - timedelta(days=1)
        )
    return f"{value}x" if isinstance(value, str) else value


def _changed_inside(rng: random.Random, value: Any) -> tuple[tuple[str, ...], Any]:
    """One leaf of a JSON value changed, or one of its elements left out."""
    whole = copy.deepcopy(value)
    way: list[str] = []
    inner = whole
    while True:
        keys = list(inner) if isinstance(inner, Mapping) else list(range(len(inner)))
        if not keys:
            return tuple(way), value
        key = rng.choice(keys)
        of_rows = isinstance(inner, list) and any(isinstance(one, list | dict) for one in inner)
        way.append("*" if of_rows else str(key))
        if rng.random() < 0.05:
            del inner[key]
            return tuple(way), whole
        if not isinstance(inner[key], Mapping | list):
            inner[key] = _other(rng, inner[key])
            return tuple(way), whole
        inner = inner[key]


def _exchange(rows: Connection, table: Table, gone: tuple[Values, ...], come: tuple[Values, ...]) -> None:
    for row in gone:
        mine = and_(*(key == row[key.name] for key in table.primary_key))
        rows.execute(table.delete().where(mine))
    if come:
        rows.execute(table.insert(), [_with_outcome(row, packed) for row in come])


def _with_outcome(row: Values, told: Callable[[Any], Any]) -> Values:
    """A row whose outcome, where it is a claim's, is told otherwise."""
    return row | {"outcome": told(row["outcome"])} if row.get("outcome") else row
