"""Lines cut between tellers, application and database: no write is lost, none is done twice."""

import random
import time
from collections import Counter
from collections.abc import Mapping

from tests.proofs.clubs import found
from tests.proofs.load import MEMBERS, POINTS, PROGRAMME, Load
from tests.proofs.postgres import own_database
from tests.proofs.proof import POSTGRESQL, SQLITE, Ground, Proof
from tests.proofs.proxy import COMMIT_TOLD, Fate, Judge, passing
from tests.proofs.reckoning import operations, reckon
from tests.proofs.servers import serving

WRITES = 100  #: in a round
TELLERS_LOSE, DATABASE_LOSES, COMMITS_LOSE = 0.08, 0.004, 0.12  #: how often, of what is sent at one time


def cuts(ground: Ground, seed: int) -> Mapping[str, int]:
    """So many writes over lines that break, each sent until its verdict."""
    with own_database(ground) as (url, database):
        club = found(url, members=MEMBERS, points=POINTS, **PROGRAMME)
        founded, told = operations(url), Counter[str]()
        far = passing(database.port if database else 0, _between_database(seed, told))
        with far as wire, serving(
            database.url_by(wire.port) if database else url, ground.folder, workers=1, allow_unsafe=""
        ) as server, passing(server.port, _between_tellers(seed)) as line:  # fmt: skip
            load = Load(club, line.port, seed)
            with load.running(insist=True):
                while len(load.wishes) < WRITES and not load.faults:
                    time.sleep(0.02)
            wire.heal()
            load.port = server.port
            reckon(load, url, founded)
            for fates, between in ((line.fates, "tellers"), (wire.fates, "database")):
                told.update(
                    {f"{fate.value}, {between}": n for fate, n in fates.items() if fate != Fate.PASSED}
                )
    assert sum(told.values()) > 0, "no line was cut"
    return told | Counter(writes=len(load.wishes))


def _between_tellers(seed: int) -> Judge:
    """Requests and answers are lost, cut in the middle, or arrive when nobody waits any more."""
    rng = random.Random(f"{seed}/tellers")

    def judge(towards_server: bool, _: bytes) -> Fate:
        if rng.random() >= TELLERS_LOSE:
            return Fate.PASSED
        return rng.choice((Fate.LOST, Fate.HALVED, Fate.LATE) if towards_server else (Fate.LOST, Fate.HALVED))

    return judge


def _between_database(seed: int, told: Counter[str]) -> Judge:
    """The same for statements and their answers; answers to COMMIT are lost more often."""
    rng = random.Random(f"{seed}/database")

    def judge(towards_server: bool, some: bytes) -> Fate:
        if not towards_server and COMMIT_TOLD in some:
            if rng.random() < COMMITS_LOSE:
                told["answers to COMMIT"] += 1
                return Fate.LOST
        elif rng.random() < DATABASE_LOSES * (5 if b"COMMIT\x00" in some else 1):
            return rng.choice(
                (Fate.LOST, Fate.HALVED, Fate.LATE) if towards_server else (Fate.LOST, Fate.HALVED)
            )
        return Fate.PASSED

    return judge


CUT = Proof("cut", "writes", cuts, quick=1, long={SQLITE: 10_000, POSTGRESQL: 10_000})
