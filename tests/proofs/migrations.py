"""Migrations: every revision down, up and down again under books that people lived in; each row stays."""

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect

from loyalty.app import create_app
from loyalty.db import db
from loyalty.ledger.packing import unpacked
from loyalty.risks import MIGRATIONS
from loyalty.tables import Base
from tests.clocks import MovableClock
from tests.databases import settings_for
from tests.makers import Maker, Shopper
from tests.pasts import CLUB, online
from tests.policies import Core, coverage, insurer
from tests.proofs.clubs import sound
from tests.proofs.proof import Ground, Proof

DAY = timedelta(days=1)
REVISIONS = [script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()]  # newest first
POLICIES_SINCE = "0013"  #: what policies gave has no place in a schema before it, and is told as adjusted

Columns = Mapping[str, tuple[str, ...]]
Rows = Mapping[str, Counter[tuple[str, ...]]]


def migrations(ground: Ground, seed: int) -> Mapping[str, int]:
    """A shop goes all the way to nothing and back, an insurer to where policies began."""
    chance = random.Random(seed)
    walks = Counter[str]()
    for fill, revisions in (
        (_shop, REVISIONS),
        (_insurer, [revision for revision in REVISIONS if revision > POLICIES_SINCE]),
    ):
        with ground.database() as url, _filled(url, chance, fill) as make:
            walks += _walk(make, revisions)
    return walks


@contextmanager
def _filled(url: str, chance: random.Random, fill: Callable[[Maker, random.Random], None]) -> Iterator[Maker]:
    clock = MovableClock()
    make = Maker(create_app(settings_for(url), clock), clock)
    fill(make, chance)
    with make.app.app_context():
        yield make
        db.engine.dispose()


def _walk(make: Maker, revisions: list[str]) -> Counter[str]:
    """Down by one more each time, and up by one: what the schema below knows is the same there and back."""
    columns = _columns()
    lived = _rows(columns)
    for revision in revisions:
        below = REVISIONS[REVISIONS.index(revision) + 1] if revision != REVISIONS[-1] else "base"
        downgrade(revision=below)
        known = {
            name: tuple(c for c in has if c in columns.get(name, ())) for name, has in _columns().items()
        }
        _compare(lived, columns, known, f"down from {revision}")
        upgrade(revision=revision)
        _compare(lived, columns, known, f"up to {revision}")
        if revision == REVISIONS[0]:
            _refuse_differences()
            sound(make)
    upgrade()
    _refuse_differences()
    return Counter(walks=len(revisions), rows=sum(rows.total() for rows in lived.values()))


def _columns() -> Columns:
    with db.engine.connect() as connection:
        seen = inspect(connection)
        names = set(seen.get_table_names()) - {"alembic_version"}
        return {name: tuple(column["name"] for column in seen.get_columns(name)) for name in names}


def _rows(columns: Columns) -> Rows:
    """Every row of these columns, as text: the same before and after, or something was lost."""
    found: dict[str, Counter[tuple[str, ...]]] = {}
    with db.engine.connect() as connection:
        for table, names in columns.items():
            listed = ", ".join(f'"{name}"' for name in names)
            rows = connection.exec_driver_sql(f'SELECT {listed} FROM "{table}"')
            found[table] = Counter(
                tuple(_spelled(table, name, value) for name, value in zip(names, row, strict=True))
                for row in rows
            )
    return found


def _spelled(table: str, name: str, value: object) -> str:
    """A cell as text; the answer of a claim as what it says, however it is kept."""
    if (table, name) != ("claim", "outcome") or value is None:
        return repr(value)
    if isinstance(value, str):
        value = json.loads(value) if value.startswith("{") else unpacked(value)
    return json.dumps(value, sort_keys=True)


def _compare(lived: Rows, columns: Columns, known: Columns, when: str) -> None:
    for table, rows in _rows({name: kept for name, kept in known.items() if kept}).items():
        places = [columns[table].index(name) for name in known[table]]
        before = Counter[tuple[str, ...]]()
        for row, times in lived.get(table, Counter()).items():
            before[tuple(row[place] for place in places)] += times
        lost, new = before - rows, rows - before
        if lost or new:
            raise AssertionError(f"{when}: {table}{known[table]}: lost {lost}, new {new}")


def _refuse_differences() -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        if found := compare_metadata(context, Base.metadata):
            raise AssertionError(f"the migrated schema is not that of the models: {found}")


def _shop(make: Maker, chance: random.Random) -> None:
    """A year or so of buying, spending, regretting; nothing that a schema of old could not have held."""
    make.club(make.clock.now(), **CLUB)
    till = make.till()
    make.keys("points:earn", client="S1", store="S1")
    people = [make.shopper(till, references=[f"R{n}"]) for n in range(chance.randrange(2, 5))]
    make.run("staff-cards", "link", "--store", "S1", "--cashier", "C1", "--member", people[0].member_id)
    for _ in range(20):
        make.clock.move(chance.randrange(1, 20) * DAY)
        _lives(chance.choice(people), chance)
        if chance.random() < 0.2:
            make.run("jobs", "nightly")
    who = chance.choice(people)
    who.given("gold", make.clock.now() + 30 * DAY)
    who.tell(f"/members/{who.member_id}/codes", {"purpose": "earn"}, 201)
    who.tell(f"/members/{who.member_id}/cards", {"reason": "lost"}, 201, "lost")


def _lives(who: Shopper, chance: random.Random) -> None:
    """Something of what people do with points."""
    does, sold = chance.randrange(5), who.buy(f"{chance.randrange(20, 300)}.00", online("15.00"))
    if does == 0:
        who.give_back(sold, (1, "10.00"))
    elif does == 1:
        who.reverse(who.redeem(10), 4)
    elif does == 2:
        who.capture(who.hold(10), 6)
    elif does == 3:
        who.hold(5)
    else:
        who.adjust(chance.randrange(1, 50))


def _insurer(make: Maker, chance: random.Random) -> None:
    """Policies that come, grow and end; a premium; a sale that never was."""
    make.document(insurer())
    till = make.till()
    core = Core(till)
    for n in range(chance.randrange(2, 5)):
        make.shopper(till, references=[f"P{n}"])
        premium = f"{chance.randrange(5, 300)}000.00"
        core.tells(f"N{n}", f"P{n}", coverages=[coverage(premium)])
        core.tells(f"M{n}", f"P{n}", cooling_off_ends_on="2026-02-20")
        if chance.random() < 0.5:
            core.tells(f"N{n}", f"P{n}", version=2, status="lapsed")
        make.clock.move(chance.randrange(1, 60) * DAY)
        make.run("jobs", "nightly")


MIGRATIONS_WALKED = Proof("migrations", "walks", migrations, quick=1, long={"sqlite": 170, "postgresql": 170})
