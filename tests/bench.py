"""How long a what-if takes beside the sales that it carries out again: `python -m tests.bench --help`.

Members join and buy over a year by the HTTP API, in batches as tills send them after an offline stretch; then
a draft of the shipped retail club is tried on all of it. Both are timed on this machine, in one process, each
on a database of its own: seconds by the clock, and of this process's own CPU.
"""

import argparse
import json
import logging
import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from loyalty.jobs.what_if import begin, carry_through
from loyalty.rooms import rooms
from tests import databases
from tests.applications import application
from tests.clocks import MovableClock
from tests.makers import PROGRAMMES, Maker, Shopper

KINDS = ("sqlite", "postgresql")
LINES = 500  #: sales of a batch
DAYS = 365
MOST = 1.5  #: times the sales, that a what-if may take


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds: by the clock, and of this process's CPU."""

    wall: float
    cpu: float

    def __str__(self) -> str:
        return f"{self.wall:,.1f} s ({self.cpu:,.1f} s of CPU)"


class Watch:
    """Adds up what is done while it runs."""

    def __init__(self) -> None:
        self.wall = self.cpu = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        """Count what is done within."""
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        self.wall += time.perf_counter() - wall
        self.cpu += time.process_time() - cpu

    @property
    def spent(self) -> Spent:
        """What it counted so far."""
        return Spent(self.wall, self.cpu)


def told_sales(make: Maker, members: int, purchases: int) -> Spent:
    """Let members join, and tell their purchases, spread over a year; what the telling took."""
    make.programme()
    make.clock.move(timedelta(minutes=1))
    till, watch, chance = make.till(), Watch(), random.Random(5)
    people = [make.shopper(till) for _ in range(members)]
    for told in range(0, purchases, LINES):
        make.clock.move(timedelta(days=DAYS) * LINES / purchases)
        sales = [_sale(chance.choice(people), chance) for _ in range(min(LINES, purchases - told))]
        with watch.running():
            answers = till.batch(*sales)
        assert {one["status"] for one in answers} == {"created"}, answers[:3]
    return watch.spent


def _sale(who: Shopper, chance: random.Random) -> dict[str, Any]:
    amount = f"{chance.randrange(5, 250)}.{chance.randrange(100):02}"
    return who.sale({"amount": amount, "category": chance.choice(("fresh", "home", "clothes"))})


def tried_draft(make: Maker, members: int) -> Spent:
    """Try a draft that doubles a rule; what it took. Every life must come to what is booked."""
    import tomllib

    document = tomllib.loads((PROGRAMMES / "retail-club.toml").read_text("utf-8"))
    document.pop("example", None)
    rule = next(one for one in document["rule"] if one["code"] == "points")
    rule["earn"]["points"] *= 2
    watch = Watch()
    with make.app.app_context(), watch.running():
        told = carry_through(rooms(), begin(rooms(), document, None, "bench"))
    counts = told["members"]
    assert (counts["members"], counts["unlike"]) == (members, 0), counts
    assert counts["changed"], counts
    return watch.spent


def measured(kind: str, members: int, purchases: int) -> dict[str, Any]:
    """The row of one kind of database."""
    made = (
        databases.SqliteFiles() if kind == "sqlite" else databases.PostgresDatabases(databases.postgres_url())
    )
    with made.clone() as url, application(url, clock := MovableClock()) as app:
        make = Maker(app, clock)
        sales, what_if = told_sales(make, members, purchases), tried_draft(make, members)
    if isinstance(made, databases.PostgresDatabases):
        made.close()
    ratio = what_if.wall / sales.wall
    print(  # noqa: T201 - a command
        f"{kind}: {purchases:,} sales of {members:,} members told in {sales}; what-if in {what_if}; "
        f"ratio {ratio:.2f} by the clock, {what_if.cpu / sales.cpu:.2f} by CPU; at most {MOST}",
        flush=True,
    )
    return {"kind": kind, "ratio": round(ratio, 3), "ok": ratio <= MOST}


def main(words: Sequence[str] | None = None) -> int:
    """Measure; 1 where a what-if takes longer than it may."""
    options = argparse.ArgumentParser(prog="tests.bench", description=__doc__.partition("\n")[0])
    options.add_argument("--members", type=int, default=2_000)
    options.add_argument("--purchases", type=int, default=20_000)
    options.add_argument("--kind", choices=KINDS, action="append")
    asked = options.parse_args(words)
    logging.disable(logging.WARNING)
    databases.open_home()
    try:
        rows = [measured(kind, asked.members, asked.purchases) for kind in asked.kind or KINDS]
    finally:
        databases.close_home()
    print(json.dumps(rows))  # noqa: T201 - a command
    return int(not all(row["ok"] for row in rows))


if __name__ == "__main__":
    raise SystemExit(main())
