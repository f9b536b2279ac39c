"""The last of a benefit, of an event's places, of a stock; one voucher: each wanted by many at one moment."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.makers import Maker
from tests.proofs.asks import Ask
from tests.proofs.clubs import found_and, verified
from tests.proofs.proof import POSTGRESQL, SQLITE, Ground, Proof
from tests.proofs.races import ALL, CROWD, Race, Scene, won
from tests.proofs.racing import ASKERS, Told, crew, processes
from tests.proofs.tellers import Teller

NAME = {"zh": "最后一个", "en": "The last one"}
TIERS = ["silver", "gold"]
LOUNGE = {
    "code": "lounge", "name": NAME, "kind": "service", "tiers": TIERS,
    "quota": {"count": 2, "per": "lifetime"},
}  # fmt: skip
GALA = {"code": "gala", "name": NAME, "kind": "event", "tiers": TIERS, "booking": {}}
MUG = {"code": "mug", "name": NAME, "price": {"unit": "reward", "points": 10}, "stock": 1}
CUP = {"code": "cup", "name": NAME, "price": {"unit": "reward", "points": 10}}
CROWDED = 2 + 2 * CROWD  #: how many members the races take
PROMISES: dict[str, Any] = {"benefit": [LOUNGE, GALA], "reward": [MUG, CUP]}


def _one_wins(losing: str) -> Callable[[Sequence[Told]], None]:
    """Exactly one wins, and all others hear that code."""

    def judge(told: Sequence[Told]) -> None:
        assert len(won(told)) == 1, f"{len(won(told))} winners"
        heard = Counter((one.heard.status, one.heard.code) for one in told if not one.heard.is_ok)
        assert heard == {(422, losing): len(told) - 1}, heard

    return judge


def last_entitlement(scene: Scene) -> Race:
    """The second of a member's two visits, told by many places."""
    ana, names = scene.member(), scene.names("visit")
    body = {"card": ana.card, "benefit": "lounge"}
    scene.done(Ask("/benefit-uses", body | {"reference": names[-1]}))
    wishes = [Ask("/benefit-uses", body | {"reference": name}) for name in names[:ASKERS]]
    return Race(wishes, _one_wins("quota_used"))


def last_place(scene: Scene, event: str) -> Race:
    """The only place of an event, wanted by several members."""
    crowd, names = [scene.member() for _ in range(CROWD)], scene.names("place")
    body = {"benefit": "gala", "event": event}
    wishes = [
        Ask("/benefit-uses", body | {"card": crowd[number % CROWD].card, "reference": name})
        for number, name in enumerate(names[:ASKERS])
    ]

    def judge(told: Sequence[Told]) -> None:
        assert len(won(told)) == 1, f"{len(won(told))} winners"
        lucky = won(told)[0].ask.body["card"]
        for one in told:
            losing = "event_booked" if one.ask.body["card"] == lucky else "event_full"
            assert one.heard.is_ok or (one.heard.status, one.heard.code) == (422, losing), one.heard

    return Race(wishes, judge)


def last_of_the_stock(scene: Scene) -> Race:
    """The only mug, bought by several members."""
    crowd, names = [scene.member() for _ in range(CROWD)], scene.names("mug")
    wishes = [
        Ask("/reward-orders", {"card": crowd[number % CROWD].card, "reward": "mug", "reference": name})
        for number, name in enumerate(names[:ASKERS])
    ]
    judge = _one_wins("out_of_stock")

    def judge_all(told: Sequence[Told]) -> None:
        judge(told)
        assert sum(scene.balance(one)[0] for one in crowd) == CROWD * ALL - 10

    return Race(wishes, judge_all)


def one_voucher(scene: Scene) -> Race:
    """One voucher, taken at many places."""
    ana, names = scene.member(), scene.names("voucher")
    bought = scene.done(Ask("/reward-orders", {"card": ana.card, "reward": "cup", "reference": names[-1]}))
    path = f"/vouchers/{bought['voucher']}/use"
    return Race([Ask(path, {"reference": name}) for name in names[:ASKERS]], _one_wins("order_closed"))


def announced(make: Maker) -> str:
    """An event with one place."""
    words = ("--benefit", "gala", "--capacity", "1", "--zh", "晚宴", "--en", "Gala")
    starts = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    return str(make.run("club-events", "announce", "--starts", starts, *words).stdout.strip())


def round_(ground: Ground, seed: int) -> Counter[str]:
    """Each kind of race once, in a chance order, on one database; the books balance after it."""
    counted = Counter[str]()
    with ground.database() as url:
        club, event = found_and(url, announced, members=CROWDED, points=ALL, **PROMISES)
        with processes(url, ground.folder) as servers, crew(servers, club.key) as askers:
            scene = Scene(club, Teller("127.0.0.1", servers[0].port, club.key), seed)
            kinds: list[Callable[[], Race]] = [
                lambda: last_entitlement(scene),
                lambda: last_place(scene, event),
                lambda: last_of_the_stock(scene),
                lambda: one_voucher(scene),
            ]
            for prepare in scene.chance.sample(kinds, len(kinds)):
                race = prepare()
                told = askers.at_once(race.asks)
                race.judge(told)
                counted.update(races=1, asks=len(told))
                for one in told:
                    counted.update(one.noise)
        verified(url)
    return counted


LAST_BENEFITS = Proof("last benefits", "races", round_, quick=1, long={SQLITE: 1_000, POSTGRESQL: 1_000})
