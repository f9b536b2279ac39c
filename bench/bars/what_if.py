"""Bar 16: trying a draft on every sale there was, beside the telling of these sales.

Members join and buy over a year by the API, in batches as tills send them after an offline stretch; then a
draft of the shipped programme is tried on all of it, in one process. A large club is made by SQL:
the draft is tried on all of them, then some sales are told, whose time counts for as many as the club has.
"""

import random
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench import data
from bench.bars import Pair, bar
from bench.lives import CATEGORIES, DYING_KINDS, KINDS
from bench.scene import Scene, Size, card
from loyalty.jobs.what_if import begin, carry_through
from loyalty.rooms import rooms
from tests.applications import application
from tests.clocks import MovableClock
from tests.makers import Maker, Shopper, Till, receipt, wire

LINES = 500  #: sales of a batch
DAYS = 365
TIMES_PATIENCE = 4  #: batches are begun in this time


@dataclass(frozen=True, slots=True)
class Amount:
    """How many members shall buy how often."""

    members: int
    purchases: int


SOME = 50_000  #: sales that are told for all of a large club
TOLD_WHOLLY = 10**8  #: members times purchases of the largest club that is no large one


AMOUNTS = {
    "tiny": Amount(20, 200),
    "small": Amount(2_000, 20_000),
    "full": Amount(100_000, 1_000_000),
}


class Watch:
    """Adds up what is done while it runs: seconds by the clock, and of this process's CPU."""

    def __init__(self) -> None:
        self.wall = self.cpu = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        """Count what is done within."""
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        self.wall += time.perf_counter() - wall
        self.cpu += time.process_time() - cpu


@bar(16, "what-if ÷ batch ingest of the same sales, PostgreSQL", must=1.5, aim=1, better="less", once=True)
def on_postgresql(scene: Scene) -> Pair:
    """On a database of the cluster."""
    amount = AMOUNTS[scene.size.name]
    with scene.emptied() as club:
        if amount.members * amount.purchases > TOLD_WHOLLY:
            return _beside_filled(club, amount)
        return _beside(scene, club.url)


@bar(16, "what-if ÷ batch ingest of the same sales, SQLite", must=1.5, aim=1, better="less", once=True)
def on_sqlite(scene: Scene) -> Pair:
    """On a file beside the cluster."""
    with TemporaryDirectory(dir=scene.cluster.folder.parent) as folder:
        url = f"sqlite:///{Path(folder) / 'club.db'}"
        data.found(url)
        return _beside(scene, url)


def _beside(scene: Scene, url: str) -> Pair:
    clock = MovableClock(data.founded_at() + timedelta(days=1))
    with application(url, clock) as app:
        make, told, tried = Maker(app, clock), Watch(), Watch()
        members, purchases = _tell(make, told, AMOUNTS[scene.size.name], scene.size.patience_seconds)
        _try_draft(make, tried, members)
    cpu = {"ours_cpu_s": round(tried.cpu, 1), "yardstick_cpu_s": round(told.cpu, 1)}
    return Pair(tried.wall, told.wall, "s", {"buyers": members, "purchases": purchases, **cpu})


def _beside_filled(club: Scene, amount: Amount) -> Pair:
    each = amount.purchases // amount.members
    size = Size("of bar 16", amount.members, 2 * amount.purchases, pairs=1, seconds=1)
    data.fill(club.url, size, club.now)
    clock = MovableClock(club.now)
    with application(club.url, clock) as app:
        make, told, tried = Maker(app, clock), Watch(), Watch()
        _try_draft(make, tried, amount.members + KINDS + DYING_KINDS)
        cards = [card(number) for number in range(1, amount.members + 1)]
        till, chance = make.till(), random.Random(5)
        for first in range(0, SOME, LINES):
            clock.move(timedelta(minutes=1))
            sales = [
                _sold(chance.choice(cards), number, clock, chance) for number in range(first, first + LINES)
            ]
            with told.running():
                answers = till.batch(*sales)
            assert {one["status"] for one in answers} == {"created"}, answers[:3]
    times = each * amount.members / SOME
    cpu = {"ours_cpu_s": round(tried.cpu, 1), "yardstick_cpu_s": round(told.cpu * times, 1), "told": SOME}
    of = {"buyers": amount.members, "purchases": amount.purchases}
    return Pair(tried.wall, told.wall * times, "s", of | cpu)


def _sold(card_number: str, number: int, clock: MovableClock, chance: random.Random) -> dict[str, Any]:
    amount = f"{chance.randrange(5, 250)}.{chance.randrange(100):02}"
    line = {"line": 1, "amount": amount, "category": chance.choice(CATEGORIES)}
    told = {"card": card_number, "sold_at": wire(clock.now()), "currency": "EUR", "lines": [line]}
    return receipt(f"B{number}") | told


def _tell(make: Maker, watch: Watch, wanted: Amount, patience_seconds: int) -> tuple[int, int]:
    """Let members join, batch by batch, and tell their purchases; how many there were of both in the time."""
    till, chance, people, told = make.till(), random.Random(5), list[Shopper](), 0
    ends = time.monotonic() + TIMES_PATIENCE * patience_seconds
    while told < wanted.purchases and time.monotonic() < ends:
        lines = min(LINES, wanted.purchases - told)
        make.clock.move(timedelta(days=DAYS) * lines / wanted.purchases)
        people += _joining(make, till, wanted, told + lines, len(people))
        sales = [_sale(chance.choice(people), chance) for _ in range(lines)]
        with watch.running():
            answers = till.batch(*sales)
        assert {one["status"] for one in answers} == {"created"}, answers[:3]
        told += lines
    return len(people), told


def _joining(make: Maker, till: Till, wanted: Amount, told: int, joined: int) -> Iterator[Shopper]:
    """Whoever must join so that members and sales grow together."""
    for _ in range(wanted.members * told // wanted.purchases - joined):
        yield make.shopper(till)


def _sale(who: Shopper, chance: random.Random) -> dict[str, Any]:
    amount = f"{chance.randrange(5, 250)}.{chance.randrange(100):02}"
    return who.sale({"amount": amount, "category": chance.choice(("fresh", "home", "clothes"))})


def _try_draft(make: Maker, watch: Watch, members: int) -> None:
    """Try a draft that doubles a rule. Every life must come to what is booked."""
    document = tomllib.loads(data.PROGRAMME.read_text("utf-8"))
    document.pop("example", None)
    rule = next(one for one in document["rule"] if one["code"] == "points")
    rule["earn"]["points"] *= 2
    with make.app.app_context(), watch.running():
        told = carry_through(rooms(), begin(rooms(), document, None, "bench"))
    counts = told["members"]
    assert (counts["members"], counts["unlike"]) == (members, 0), counts
    assert counts["changed"], counts
