"""Bar 6: batches over HTTP beside what their rows take by COPY."""

import time
from collections.abc import Mapping

import psycopg

from bench.bars import Pair, bar
from bench.bars.http import LINES, ground_of, told_in_batches, warm_server
from bench.books import verify
from bench.scene import Scene
from loyalty.clock import SystemClock
from loyalty.tables import Base

TABLES = [table.name for table in Base.metadata.sorted_tables if "member_id" in table.c]
_WRITTEN = "xmin::text::bigint >= %s"  #: rows that a transaction from that one on has left so


@bar(6, "NDJSON batch of 1,000 purchases over HTTP ÷ COPY of its rows", must=0.30, aim=0.45, better="more")
def beside_copy(scene: Scene) -> Pair:
    """One client tells batches; all rows that these wrote leave their tables, and come back by COPY.

    They come back to the tables of the books, with all indexes and constraints, as full as they were before.
    """
    with ground_of(scene).copied() as ground:
        began = SystemClock().now()
        with warm_server(ground) as url:
            ((first,),) = ground.sql("SELECT pg_current_xact_id()::text::bigint")
            told = told_in_batches(url, ground, clients=1)
        looked = verify(ground, began)
        rows = _taken_out(ground, first)
        purchases, seconds = told.done * LINES, _put_back(ground, rows)
    each = {table: round(body.count(b"\n") / purchases, 2) for table, body in rows.items()}
    extra = {"rows_of_a_purchase": each, "members_verified": looked}
    return Pair(told.rate * LINES, purchases / seconds, "purchases/s", extra)


def _taken_out(ground: Scene, first: int) -> Mapping[str, bytes]:
    """By table, in the order they refer to each other, the rows as COPY tells them; they are gone then."""
    with psycopg.connect(ground.url) as session:
        session.execute("SET session_replication_role = replica")  # nothing minds that they go
        rows = {}
        for table in TABLES:
            chosen = f'FROM "{table}" WHERE {_WRITTEN}'
            with session.cursor().copy(f"COPY (SELECT * {chosen}) TO STDOUT", [first]) as told:
                rows[table] = b"".join(told)
            session.execute(f"DELETE {chosen}", [first])
    with psycopg.connect(ground.url, autocommit=True) as session:
        session.execute("VACUUM")
    return {table: body for table, body in rows.items() if body}


def _put_back(ground: Scene, rows: Mapping[str, bytes]) -> float:
    """Seconds that it takes, in one transaction."""
    with psycopg.connect(ground.url) as session:
        began = time.perf_counter()
        for table, body in rows.items():
            with session.cursor().copy(f'COPY "{table}" FROM STDIN') as into:
                into.write(body)
        session.commit()
        return time.perf_counter() - began
