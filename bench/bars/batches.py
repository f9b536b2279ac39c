"""Bar 6: a batch over HTTP beside what its rows take by COPY."""

import time

import psycopg
from psycopg import Connection, sql

from bench.bars import Pair, bar
from bench.bars.http import LINES, ground_of, told_in_batches
from bench.scene import Scene
from loyalty.tables import Base

_TABLES = [table.name for table in Base.metadata.sorted_tables if table.name != "api_key"]


@bar(6, "NDJSON batch of 1,000 purchases over HTTP ÷ COPY of its rows", must=0.30, aim=0.45, better="more")
def beside_copy(scene: Scene) -> Pair:
    """One client with batches; then all rows that they wrote leave their tables, and come back by COPY.

    The tables are those of the books, with their indexes and constraints, as full as they were before.
    """
    with ground_of(scene).copied() as ground:
        ((first,),) = ground.sql("SELECT pg_current_xact_id()::text::bigint")
        told, looked = told_in_batches(ground, clients=1)
        rows = _taken_out(ground, first)
        seconds = _put_back(ground, rows)
    purchases = told.done * LINES
    written = {table: body.count(b"\n") for table, body in rows.items()}
    return Pair(
        told.rate * LINES, purchases / seconds, "purchases/s", {"rows": written, "members_verified": looked}
    )
