"""Bar 14: the service on a SQLite file, beside the driver alone."""

import random
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import JSON, MetaData, Table, create_engine, insert, select

from bench import data
from bench.bars import Pair, bar
from bench.bars.http import earned, seconds_of
from bench.bars.statements import SQL
from bench.books import LEDGER, engine_of, verify
from bench.scene import ZONE, Scene
from loyalty import ids
from loyalty.calendar import add_months
from loyalty.clock import SystemClock
from loyalty.ledger.packing import packed
from loyalty.tables import Base

MEMBERS = 10_000  #: of the scene's, at most: the club of a shop
_ROWS = 1_000  #: copied at a time
_DURABLE = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON")
_ZONE = ZoneInfo(ZONE)


@dataclass(frozen=True, slots=True)
class Shop(Scene):
    """A scene whose books are a SQLite file on the same disk."""

    file: Path

    @property
    def url(self) -> str:
        """The database's URL."""
        return f"sqlite:///{self.file}"

    @property
    def count(self) -> int:
        """How many of the scene's members are in it, from the first one on."""
        return min(self.size.members, MEMBERS)

    def _files(self) -> Iterator[Path]:
        return iter((self.file,))


@bar(14, "SQLite HTTP earn ÷ sqlite3 with our own earn statements", must=0.30, aim=0.45, better="more")
def beside_driver(scene: Scene) -> Pair:
    """Eight tills over HTTP, beside one thread that has the file for itself; both wait for the disk."""
    asked, alone = _shops(scene)
    began = SystemClock().now()
    yardstick = _earns_a_second(alone)
    verify(alone, began, LEDGER)
    told, looked = earned(asked)
    return Pair(told.rate, yardstick, "earns/s", {"members_verified": looked})


def _earns_a_second(shop: Shop) -> float:
    """Sales of random members by the driver, each a transaction."""
    told = (SQL / "earn_sqlite.sql").read_text("utf-8").split(";")
    statements = [statement.strip() for statement in told if statement.strip()]
    chance, done = random.Random(time.time_ns()), 0
    with closing(sqlite3.connect(shop.file, isolation_level=None)) as driver:
        for pragma in _DURABLE:
            driver.execute(f"PRAGMA {pragma}")
        began = time.perf_counter()
        while (spent := time.perf_counter() - began) < seconds_of(shop):
            values = _sale(shop.member_id(chance.randint(1, shop.count)), chance)
            driver.execute("BEGIN IMMEDIATE")
            changed = [driver.execute(statement, values).rowcount for statement in statements]
            driver.execute("COMMIT")
            assert 0 not in changed, changed
            done += 1
    return done / spent


def _sale(member_id: int, chance: random.Random) -> dict[str, object]:
    """What the statements are told of a sale now."""
    now = SystemClock().now()
    op_id, points, day = ids.new_id(now), chance.randint(1, 50), now.astimezone(_ZONE).date()
    dead_on = add_months(day.replace(day=1), 25)
    return {
        "receipt": f'["S1","T1","{day}","{op_id}"]',
        "hash": "0" * 64,
        "member_id": member_id,
        "op_id": op_id,
        "outcome": packed({"answer": {"units": {"reward": points}}}),
        "points": points,
        "day": str(day),
        "last_day": str(dead_on - timedelta(days=1)),
        "dead_at": _text(datetime(dead_on.year, dead_on.month, 1, tzinfo=_ZONE)),
        "at": _text(now),
    }


def _text(instant: datetime) -> str:
    """An instant as SQLite keeps it."""
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"


@cache
def _shops(scene: Scene) -> tuple[Shop, Shop]:
    """Two files with the same members: for the service, and for the driver alone."""
    folder = scene.cluster.folder.parent
    same = {field.name: getattr(scene, field.name) for field in fields(scene)}
    asked, alone = (Shop(**same, file=folder / f"{name}.db") for name in ("asked", "alone"))
    data.found(asked.url)
    _fill(scene, asked)
    shutil.copyfile(asked.file, alone.file)
    return asked, alone


def _fill(scene: Scene, shop: Shop) -> None:
    """Copy the rows of some members from PostgreSQL."""
    source, target = engine_of(scene), create_engine(shop.url)
    first, last = scene.member_id(1), scene.member_id(shop.count)
    with source.connect().execution_options(stream_results=True) as theirs, target.begin() as ours:
        for table in Base.metadata.sorted_tables:
            if "member_id" in table.c:
                found = theirs.execute(select(table).where(table.c.member_id.between(first, last)))
                for rows in found.mappings().partitions(_ROWS):
                    ours.execute(insert(_with_nulls(table)), [dict(row) for row in rows])
    source.dispose()
    target.dispose()


def _with_nulls(table: Table) -> Table:
    """The table, whose documents are NULL where there is none, as the engine leaves them."""
    twin = table.to_metadata(MetaData())
    for column in twin.c:
        if isinstance(column.type, JSON):
            column.type = JSON(none_as_null=True)
    return twin
