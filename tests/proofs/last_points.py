"""Last points: 32 askers of two processes want all there is at one moment, and exactly one gets it (G4)."""

from collections import Counter
from collections.abc import Mapping

from tests.proofs.clubs import found, seat, verified
from tests.proofs.proof import POSTGRESQL, SQLITE, Ground, Proof
from tests.proofs.races import ALL, RACES, Scene, programme
from tests.proofs.racing import crew, processes
from tests.proofs.tellers import Teller

TIMES = 1  #: how often each kind of race is run in a round


def round_(ground: Ground, seed: int) -> Mapping[str, int]:
    """Every kind of race, a few times in a chance order, on one database; the books balance after it."""
    counted = Counter[str]()
    with ground.database() as url:
        club = found(url, members=TIMES * sum(RACES.values()), points=ALL, **programme(TIMES))
        with processes(url, ground.folder) as servers, crew(servers, club.key) as askers:
            scene = Scene(
                club, Teller("127.0.0.1", servers[0].port, club.key), seed, lambda who: seat(url, who)
            )
            for prepare in scene.chance.sample([*RACES] * TIMES, len(RACES) * TIMES):
                race = prepare(scene)
                told = askers.at_once(race.asks)
                try:
                    race.judge(told)
                except AssertionError as fault:
                    fault.add_note(f"a race of {prepare.__name__}")
                    raise
                counted.update(races=1, asks=len(told))
                for one in told:
                    counted.update(one.noise)
        verified(url)
    return counted


LAST_POINTS = Proof("last points", "races", round_, quick=1, long={SQLITE: 1_000, POSTGRESQL: 1_000})
