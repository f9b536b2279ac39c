"""Bar 15: proving all books beside one look at all entries."""

import time

import psycopg
from sqlalchemy.orm import Session

from bench.bars import Pair, bar
from bench.books import Disturbed, engine_of
from bench.scene import Scene
from loyalty.law import Look
from loyalty.reads.audit import LAWS, looks
from loyalty.reads.programme import Shelf

TIMES_PATIENCE = 7  #: no law can be proven by half: those that are begun in this time are


@bar(15, "`ledger verify` ÷ one scan of the entries", must=10, aim=5, better="less", once=True)
def verify(scene: Scene) -> Pair:
    """Every law over all books; where the time was not enough for all, the ratio is a lower bound."""
    yardstick = _scan(scene)
    engine, took, faults = engine_of(scene), dict[str, float](), 0
    try:
        with Session(engine) as session:
            (look,) = looks(Look(session, Shelf().editions(session, scene.now).zone), None)
            for law in LAWS:
                if sum(took.values()) > TIMES_PATIENCE * scene.size.patience_seconds:
                    break
                began = time.perf_counter()
                faults += sum(1 for _ in law.faults(look))
                took[law.says] = time.perf_counter() - began
    finally:
        engine.dispose()
    if faults:
        raise Disturbed(f"{faults} faults")
    slowest = sorted(took, key=lambda name: -took[name])[:5]
    told = {"laws": len(took), "of_laws": len(LAWS), "slowest": {n: round(took[n], 2) for n in slowest}}
    return Pair(sum(took.values()), yardstick, "s", told)


def _scan(scene: Scene) -> float:
    """Seconds for every entry to be read once, from memory where it fits there."""
    statement = "SELECT sum(points), max(balance_after), max(seq) FROM entry"
    with psycopg.connect(scene.url) as session:
        session.execute(statement)
        began = time.perf_counter()
        session.execute(statement)
        return time.perf_counter() - began
