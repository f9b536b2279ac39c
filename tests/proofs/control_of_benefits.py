"""Control: the races of benefits without what decides them. The fault must show, or they prove nothing.

A member's entitlement and a voucher are decided under the member's lock; the last place and the last of a
stock by the condition of one statement, which is taken out where the guards are off.
"""

from collections import Counter
from collections.abc import Mapping

import pytest

from tests.proofs.clubs import found_and, verified
from tests.proofs.control import GUARDED, without_keys
from tests.proofs.judge import judge
from tests.proofs.proof import POSTGRESQL, SQLITE, Ground, Proof
from tests.proofs.races import ALL, Scene, won
from tests.proofs.races_of_benefits import (
    CROWDED,
    PROMISES,
    announced,
    last_entitlement,
    last_of_the_stock,
    last_place,
    one_voucher,
)
from tests.proofs.racing import crew, processes
from tests.proofs.tellers import Teller

LOCKED = (last_entitlement, last_entitlement, last_entitlement, one_voucher)
OF_BENEFITS = {"law B1", "law B5", "law B8", "law B9"}
BOUNDS = {
    "entitlement": "no_more_than_granted",
    "club_event": "no_more_than_may_come",
    "reward_stock": "no_more_than_there_is",
}  #: the checks of the database, by table


def round_(ground: Ground, seed: int) -> Mapping[str, int]:
    """Without the lock, the guards refuse a second winner; without them too, there are several."""
    guarded, bare = _raced(ground, seed, guards=True), _raced(ground, seed, guards=False)
    assert guarded["doubled"] + guarded["unbounded"] == 0, "the guards let a second one win"
    assert guarded["disturbed"] > 0, "no race came to the guards"
    assert bare["doubled"] > 0, "no race shows itself without lock and guards"
    assert bare["unbounded"] == 2, "the last place or the last of a stock has one winner without its bound"
    names = ("disturbed", "doubled", "unbounded")
    return Counter(races=guarded["races"] + bare["races"]) + Counter(
        {name: guarded[name] + bare[name] for name in names}
    )


def _raced(ground: Ground, seed: int, *, guards: bool) -> Counter[str]:
    """How many races ended with several winners, and how many met a guard."""
    counted = Counter[str]()
    with ground.database() as url:
        if not guards:
            without_keys(url, BOUNDS)
        members = CROWDED + len(LOCKED)
        club, event = found_and(url, announced, members=members, points=ALL, **PROMISES)
        served = f"tests.proofs.unlocked:app(guards={guards})"
        with processes(url, ground.folder, 1, app=served) as servers, crew(servers, club.key) as askers:
            scene = Scene(club, Teller("127.0.0.1", servers[0].port, club.key), seed)
            for prepare in LOCKED:
                told = askers.at_once(prepare(scene).asks)
                met = any(one.heard.status in GUARDED for one in told)
                counted.update(races=1, doubled=len(won(told)) > 1, disturbed=met)
            for race in (last_place(scene, event), last_of_the_stock(scene)):
                counted.update(races=1, unbounded=len(won(askers.at_once(race.asks))) > 1)
        broken = {breach.partition(":")[0] for breach in judge(url)} & OF_BENEFITS
        if not guards:
            assert broken, "the judge sees no second winner"
            with pytest.raises(AssertionError):
                verified(url)
        elif ground.kind == POSTGRESQL:  # on SQLite what is refused leaves what it wrote before
            assert not broken, broken
    return counted


CONTROL_OF_BENEFITS = Proof(
    "control of benefits", "races", round_, quick=1, long={SQLITE: 20, POSTGRESQL: 20}, runs=("tests/proofs",)
)
