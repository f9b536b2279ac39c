"""`kill -9` in mid-load: nothing acknowledged is lost or doubled, and all is ready again without hands."""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress

from tests.proofs.clubs import found
from tests.proofs.load import MEMBERS, POINTS, PROGRAMME, Load
from tests.proofs.postgres import Cluster, own_database
from tests.proofs.proof import POSTGRESQL, SQLITE, Ground, Proof
from tests.proofs.reckoning import balances_agree, operations, reckon
from tests.proofs.servers import Server, serving

VICTIMS = {SQLITE: ("worker", "gunicorn"), POSTGRESQL: ("worker", "gunicorn", "backend", "postmaster")}
LATEST_SECONDS = 0.5  #: after the first answer of that load


def kills(ground: Ground, seed: int) -> Mapping[str, int]:
    """Each victim of one set-up once, in mid-load at another moment."""
    rng, counted = random.Random(seed), Counter[str]()
    with own_database(ground) as (url, database):
        club = found(url, members=MEMBERS, points=POINTS, **PROGRAMME)
        founded = operations(url)
        with serving(url, ground.folder, workers=2 if database else 1, allow_unsafe="") as server:
            load = Load(club, server.port, seed)
            for victim in rng.sample(VICTIMS[ground.kind], len(VICTIMS[ground.kind])):
                with load.running():
                    _until_answered(load)
                    time.sleep(rng.uniform(0, LATEST_SECONDS))
                    _kill(victim, server, database, rng)
                    server.wait_until_ready()
                counted.update({"kills": 1, f"of a {victim}": 1, "unknown": len(load.unknown)})
                load.resolve()
                balances_agree(load)
            reckon(load, url, founded)
    return counted | Counter(acknowledged=load.acknowledged())


def _until_answered(load: Load) -> None:
    before, end = load.acknowledged(), time.monotonic() + 30
    while load.acknowledged() == before:
        assert time.monotonic() < end, "no answer at all"
        time.sleep(0.005)


def _kill(victim: str, server: Server, database: Cluster | None, rng: random.Random) -> None:
    if victim == "worker":
        server.kill_worker(rng.randrange(2))
    elif victim == "gunicorn":
        server.kill()
        server.start()
    elif database is not None and victim == "backend":
        with suppress(ProcessLookupError):  # it may have ended by itself
            os.kill(rng.choice(database.backends()), signal.SIGKILL)
    elif database is not None:
        database.kill()
        database.start()


KILL = Proof("kill", "kills", kills, quick=1, long={SQLITE: 400, POSTGRESQL: 600})
