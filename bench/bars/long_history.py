"""Bar 11: what one member sees does not grow with how often they bought."""

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

import psycopg
from sqlalchemy.orm import Session

from bench.bars import Pair, bar, kept_until
from bench.books import LEDGER, verify
from bench.scene import ZONE, Scene
from loyalty.clock import SystemClock
from loyalty.db import reading
from loyalty.decide.programme import Editions
from loyalty.reads.balance import balance_view
from loyalty.reads.home import home_view
from loyalty.rooms import rooms
from tests.applications import application

HEAVY_SQL = (Path(__file__).parents[1] / "sql" / "heavy.sql").read_text("utf-8")
ENTRIES = {"tiny": 10_000, "small": 100_000, "full": 100_000}
LIGHT, HEAVY = 1, 2  #: numbers of members
LOOKS = 100

See = Callable[[Session, Editions, int, datetime], object]


@bar(11, "card page, p50 with 100,000 entries ÷ with 10", must=1.5, aim=1.3, better="less")
def card_page(scene: Scene) -> Pair:
    """What the member's first page shows."""
    return _beside(
        scene,
        lambda session, editions, number, now: home_view(
            session, editions, scene.member_id(number), scene.card(number), now
        ),
    )


@bar(11, "balance, p50 with 100,000 entries ÷ with 10", must=1.5, aim=1.3, better="less")
def balance(scene: Scene) -> Pair:
    """What a till hears of a member's points."""
    return _beside(
        scene,
        lambda session, editions, number, now: balance_view(
            session, editions, scene.member_id(number), now, now
        ),
    )


def _beside(scene: Scene, see: See) -> Pair:
    """Both members in turn, again and again, as the application looks."""
    ground, clock = _ground(scene), SystemClock()
    took: dict[int, list[float]] = {LIGHT: [], HEAVY: []}
    with application(ground.url, clock) as app, app.app_context():
        for _ in range(LOOKS):
            for number, spent in took.items():
                began = time.perf_counter()
                with reading() as session:
                    now = clock.now()
                    see(session, rooms().shelf.editions(session, now), number, now)
                spent.append(1000 * (time.perf_counter() - began))
    return Pair(median(took[HEAVY]), median(took[LIGHT]), "ms", {"entries": ENTRIES[scene.size.name]})


@kept_until(11)
def _ground(scene: Scene) -> Scene:
    """A copy of the books in which one member has a long history."""
    ground = scene.copy()
    given: dict[str, Any] = {
        "member": scene.member_id(HEAVY),
        "entries": ENTRIES[scene.size.name],
        "now": scene.now,
        "zone": ZONE,
    }
    with psycopg.connect(ground.url, autocommit=True) as session:
        session.execute(HEAVY_SQL, given)
        session.execute("VACUUM (ANALYZE)")
    verify(ground, scene.now, LEDGER)  # the last of its entries is of this very instant
    return ground
