"""Bars 4 and 5: what PostgreSQL gives for the ledger's work alone, run by its own client."""

from pathlib import Path
from typing import Any

from bench.bars import Pair, bar, kept_until
from bench.books import LEDGER, Disturbed, verify
from bench.scene import FIRST_MEMBER, ZONE, Scene
from loyalty.clock import SystemClock

SQL = Path(__file__).parents[1] / "sql"
BRANCHES = 10  #: of TPC-B at least: with fewer than clients these would wait for each other
TPC_B = "tpcb"  #: database
LEAST_BOOKED = 0.95  #: of all transactions: others found their member otherwise than as they must be


@bar(4, "earn in one statement ÷ pgbench TPC-B, 8 clients", must=1.3, aim=1.8, better="more")
def earn(scene: Scene) -> Pair:
    """Sales of random members, each one statement and a commit of its own."""
    return _beside_tpcb(scene, "earn.sql")


@bar(5, "redeem ÷ pgbench TPC-B, 8 clients", must=1.0, aim=1.5, better="more")
def redeem(scene: Scene) -> Pair:
    """Redemptions of random members, each one statement: lots, claim, write, if nobody came between."""
    return _beside_tpcb(scene, "redeem.sql")


def _beside_tpcb(scene: Scene, file: str) -> Pair:
    tpcb = _tpc_b(scene).warm().pgbench("-b", "tpcb-like")
    ours, extra = booked_a_second(scene, file)
    return Pair(ours, tpcb, "transactions/s", extra)


def booked_a_second(scene: Scene, file: str) -> tuple[float, dict[str, Any]]:
    """What one of our statements comes to by pgbench, and what is to be told of it. Raises Disturbed."""
    ground, began = _ground(scene), SystemClock().now()
    rate = _run(ground, file)
    ((booked,),) = ground.sql("SELECT count(*) FROM operation WHERE booked_at >= %s", began)
    share = round(booked / (rate * scene.size.seconds), 2)
    if share < LEAST_BOOKED:
        raise Disturbed(f"{file}: {share} of the transactions booked something")
    return rate, {"members_verified": verify(ground, began, LEDGER), "booked_share": share}


def _run(ground: Scene, file: str) -> float:
    words = ("-f", str(SQL / file))
    return ground.warm().pgbench(*words, members=ground.count, first=FIRST_MEMBER, zone=ZONE)


@kept_until(5)
def _ground(scene: Scene) -> Scene:
    """A copy of the books, in which both statements have run before."""
    ground = scene.copy()
    for file in ("earn.sql", "redeem.sql"):
        _run(ground, file)
    return ground


@kept_until(5)
def _tpc_b(scene: Scene) -> Scene:
    """TPC-B with as many rows as the books have entries; it has run before."""
    yardstick = scene.other(TPC_B)
    scale = max(BRANCHES, scene.size.entries // 100_000)
    scene.cluster.database(TPC_B)
    scene.cluster.run("pgbench", "-i", "-q", "-s", str(scale), name=TPC_B)
    yardstick.pgbench("-b", "tpcb-like")
    return yardstick
