"""Bar 12: what an earn and an entry take on the disk, as the engine writes them."""

import random
from datetime import timedelta
from functools import cache

import psycopg

from bench import data
from bench.bars import Pair, bar
from bench.scene import Scene

EARNS_EACH = 10
EARNS = {"tiny": 100, "small": 4_000, "full": 20_000}
BATCH = 400
WRITTEN = ("claim", "operation", "operation_part", "entry", "lot", "account", "tally")
# Without the maps of free room and of what is visible: a large table's are a thousandth of it.
_BYTES = """
SELECT relname, pg_relation_size(oid) + pg_indexes_size(oid)
    + coalesce(pg_relation_size(nullif(reltoastrelid, 0)), 0)
FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname = ANY (%s)
"""


@bar(12, "bytes of a ledger entry with its indexes", must=140, aim=125, better="less", once=True)
def entry(scene: Scene) -> Pair:
    """All that the table of entries takes, by its rows."""
    sizes, entries, _ = _written(scene)
    return Pair(sizes["entry"] / entries, 1, "bytes", {"entries": entries, "filled": _filled(scene)})


@bar(12, "bytes of an earn in all tables of the ledger", must=500, aim=350, better="less", once=True)
def earn(scene: Scene) -> Pair:
    """All that the ledger's tables take, by the sales that were told; a sale leads to two entries."""
    sizes, _, earns = _written(scene)
    by_table = {name: round(sizes[name] / earns, 1) for name in WRITTEN}
    return Pair(sum(sizes.values()) / earns, 1, "bytes", {"earns": earns, "by_table": by_table})


@cache
def _written(scene: Scene) -> tuple[dict[str, int], int, int]:
    """Bytes of each table, entries and sales, after members bought for most of a year, in no order."""
    earns = EARNS[scene.size.name]
    with scene.emptied() as club:
        with data.hurrying(club.url) as make:
            till, chance = make.till(), random.Random(7)
            buyers = [make.shopper(till) for _ in range(earns // EARNS_EACH)] * EARNS_EACH
            chance.shuffle(buyers)
            for first in range(0, earns, BATCH):
                make.clock.move(timedelta(days=300) * BATCH / earns)
                sold = [who.sale(f"{chance.randrange(5, 40)}.00") for who in buyers[first : first + BATCH]]
                assert {one["status"] for one in till.batch(*sold)} == {"created"}
        with psycopg.connect(club.url, autocommit=True) as session:
            session.execute("VACUUM")
        sizes = dict(club.sql(_BYTES, list(WRITTEN)))
        ((entries,),) = club.sql("SELECT count(*) FROM entry")
    return sizes, entries, earns


def _filled(scene: Scene) -> float:
    """Bytes of an entry of the filled database, whose rows were written in the order of their time."""
    ((size, rows),) = scene.sql("SELECT pg_total_relation_size('entry'), (SELECT count(*) FROM entry)")
    return round(float(size / rows), 1)
