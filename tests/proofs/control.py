"""Control: the races of the last points without the lock. The fault must show, or they prove nothing."""

from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType

import pytest
from sqlalchemy import create_engine, text

from loyalty.db import engine_options
from tests.proofs.clubs import found, verified
from tests.proofs.judge import judge
from tests.proofs.proof import POSTGRESQL, SQLITE, Ground, Proof
from tests.proofs.races import ALL, Scene, holds, one_hold, programme, redemptions, won
from tests.proofs.racing import crew, processes
from tests.proofs.tellers import Teller

KEYED = ("entry", "outbox_message")  #: numbered by account and by member: a number taken twice is refused
GUARDED = {423, 500}  #: what is heard where a guard was met: the account is stopped, or it is our fault
BESIDE_POINTS = {"law 13", "law 14"}  #: of news and of acts: who is stopped is stopped without a lock too
RACED = (redemptions, one_hold, holds)


def round_(ground: Ground, seed: int) -> Mapping[str, int]:
    """Without the lock, the guards refuse what would be a second spending; without them too, it happens."""
    guarded, bare = _raced(ground, seed, guards=True), _raced(ground, seed, guards=False)
    assert guarded["doubled"] == 0, "the guards let a second one win"
    assert guarded["disturbed"] > 0, "no race came to the guards"
    assert bare["doubled"] > 0, "no race shows itself without lock and guards"
    return Counter(
        races=guarded["races"] + bare["races"], disturbed=guarded["disturbed"], doubled=bare["doubled"]
    )


def _raced(ground: Ground, seed: int, *, guards: bool) -> Counter[str]:
    """How many races ended with several winners, and how many met a guard."""
    counted = Counter[str]()
    with ground.database() as url:
        if not guards:
            without_keys(url)
        club = found(url, members=len(RACED), points=ALL, **programme(0))
        served = f"tests.proofs.unlocked:app(guards={guards})"
        with processes(url, ground.folder, 1, app=served) as servers, crew(servers, club.key) as askers:
            scene = Scene(club, Teller("127.0.0.1", servers[0].port, club.key), seed)
            for prepare in RACED:
                told = askers.at_once(prepare(scene).asks)
                met = any(one.heard.status in GUARDED for one in told)
                counted.update(races=1, doubled=len(won(told)) > 1, disturbed=met)
        broken = {breach.partition(":")[0] for breach in judge(url)} - BESIDE_POINTS
        if not guards:
            assert broken, "the judge sees no second spending"
            with pytest.raises(AssertionError):
                verified(url)
        elif ground.kind == POSTGRESQL:  # on SQLite what is refused leaves what it wrote before
            assert not broken, broken
    return counted


def without_keys(url: str, bounds: Mapping[str, str] = MappingProxyType({})) -> None:
    """Tables without the keys that would refuse a number taken twice; and without these bounds, by table.

    SQLite is asked by each connection to look past its bounds (see `unlocked`).
    """
    engine = create_engine(**engine_options(url))
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            keys = [(table, f"pk_{table}") for table in KEYED]
            keys += [(table, f"ck_{table}_{bound}") for table, bound in bounds.items()]
            for table, name in keys:
                connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {name}"))
        else:
            for table in KEYED:
                connection.execute(text(f"CREATE TABLE keyless AS SELECT * FROM {table}"))
                connection.execute(text(f"DROP TABLE {table}"))
                connection.execute(text(f"ALTER TABLE keyless RENAME TO {table}"))
    engine.dispose()


CONTROL = Proof(
    "control", "races", round_, quick=1, long={SQLITE: 20, POSTGRESQL: 20}, runs=("tests/proofs",)
)
