"""What many want and not all can have: each race prepares members, says who asks what, and judges the end."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from tests.proofs import asks
from tests.proofs.asks import Ask
from tests.proofs.clubs import Club
from tests.proofs.racing import ASKERS, Told
from tests.proofs.tellers import Teller
from tests.tenders import WORTH

ALL = 1_000  #: what each member holds
GIFT, GIFTS, BUDGET = 30, 50, 1_000  #: fifty earns of 30 against 1,000 (P15)
CROWD = 4  #: who shares a budget

Balance = tuple[int, int, int, int]  #: available, held, pending, owed


def programme(budgets: int) -> dict[str, Any]:
    """Changes of the small programme: so many budgets, each used up by one race, and a limit."""
    gift = {"on": "purchase", "unit": "reward", "phase": "bonus", "earn": {"fixed": GIFT}}
    lasts = {"points": BUDGET, "per": "lifetime"}
    kinds = {f"budget-{number}": "budget" for number in range(budgets)} | {"limit": "limit"}
    rules = [
        gift | {"code": code, "when": f"line.category == '{code}'", kind: lasts}
        for code, kind in kinds.items()
    ]
    return {"rule": rules, "unit.reward.worth": WORTH, "unit.reward.transfer": {"member_day": 10 * ALL},
            "household": {"most": 3, "unit": {"reward": {"others_month": 10 * ALL}}}}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody with points."""

    card: str
    member_id: str


class Scene:
    """The club as races find it: fresh members, names that nothing else has, and a till to prepare with."""

    def __init__(
        self, club: Club, teller: Teller, seed: int, seat: Callable[[Sequence[str]], None] | None = None
    ) -> None:
        self.seat = seat or (lambda _: None)  #: lets members, by their ids, be one household
        self._members = iter([Member(*pair) for pair in zip(club.cards, club.members, strict=True)])
        self._teller, self.chance = teller, random.Random(seed)
        self._turns, self._budgets = count(1), count()

    def member(self) -> Member:
        """Somebody who holds ALL points and has not raced yet."""
        return next(self._members)

    def names(self, kind: str) -> list[str]:
        """References and keys, fresh for this race: enough for everybody, twice."""
        turn = next(self._turns)
        return [f"{kind}-{turn}-{number}" for number in range(2 * GIFTS)]

    def budget(self) -> str:
        """The category of goods that an untouched budget is for."""
        return f"budget-{next(self._budgets)}"

    def done(self, ask: Ask) -> Any:
        """Prepare something; the answer."""
        heard = self._teller.post(ask.path, ask.body, ask.key)
        self._teller.hang_up()
        assert heard.is_ok, heard
        return heard.body

    def balance(self, member: Member) -> Balance:
        """What a member has now."""
        shown = self._teller.get(f"/members/{member.member_id}/balance").body["units"]["reward"]
        self._teller.hang_up()
        return shown["available"], shown["held"], shown["pending"], shown["debt"]


@dataclass(frozen=True, slots=True)
class Race:
    """Who asks what, and how it must have ended."""

    asks: Sequence[Ask]
    judge: Callable[[Sequence[Told]], None]  #: raises AssertionError


Prepare = Callable[[Scene], Race]


def won(told: Sequence[Told]) -> list[Told]:
    """Those who got it."""
    return [one for one in told if one.heard.is_ok]


def one_wins(
    scene: Scene, member: Member, losing: str, ends: Callable[[Told], Balance]
) -> Callable[..., None]:
    """Exactly one wins, all others hear that code, and the member has what the winner left."""

    def judge(told: Sequence[Told]) -> None:
        winners = won(told)
        assert len(winners) == 1, f"{len(winners)} winners"
        heard = Counter((one.heard.status, one.heard.code) for one in told if not one.heard.is_ok)
        assert heard == {(422, losing): len(told) - 1}, heard
        found, wanted = scene.balance(member), ends(winners[0])
        assert found == wanted, f"{found} instead of {wanted}"

    return judge


def _spent(told: Told) -> Balance:
    """Gone, or set aside by a hold."""
    return (0, ALL, 0, 0) if told.ask.path == "/holds" else (0, 0, 0, 0)


def redemptions(scene: Scene) -> Race:
    """All of it, spent at once."""
    ana, names = scene.member(), scene.names("redeem")
    wishes = [asks.redeem(ana.card, ALL, name) for name in names[:ASKERS]]
    return Race(wishes, one_wins(scene, ana, "not_enough_points", _spent))


def holds(scene: Scene) -> Race:
    """All of it, set aside; half of the askers use an Idempotency-Key too."""
    ana, names = scene.member(), scene.names("hold")
    wishes = [asks.hold(ana.card, ALL, name) for name in names[:ASKERS]]
    wishes[::2] = [wish.under(f"key of {wish.body['reference']}") for wish in wishes[::2]]
    return Race(wishes, one_wins(scene, ana, "not_enough_points", _spent))


def both(scene: Scene) -> Race:
    """Some spend at once, some set aside."""
    ana, names = scene.member(), scene.names("both")
    half = ASKERS // 2
    wishes = [asks.redeem(ana.card, ALL, name) for name in names[:half]]
    wishes += [asks.hold(ana.card, ALL, name) for name in names[half:ASKERS]]
    return Race(scene.chance.sample(wishes, ASKERS), one_wins(scene, ana, "not_enough_points", _spent))


def passed_on(scene: Scene) -> Race:
    """All of it, to one of two others."""
    ana, ben, cai, names = scene.member(), scene.member(), scene.member(), scene.names("pass")
    wishes = [
        asks.transfer(ana.member_id, (ben, cai)[number % 2].member_id, ALL, names[number])
        for number in range(ASKERS)
    ]
    judge = one_wins(scene, ana, "not_enough_points", _spent)

    def judge_all(told: Sequence[Told]) -> None:
        judge(told)
        receiver = won(told)[0].body["to"]
        for other in (ben, cai):
            assert scene.balance(other)[0] == (2 * ALL if other.member_id == receiver else ALL)

    return Race(wishes, judge_all)


def together(scene: Scene) -> Race:
    """All that a household has, asked for by each of its members (M8)."""
    family, names = [scene.member() for _ in range(3)], scene.names("ours")
    scene.seat([one.member_id for one in family])
    wishes = [
        asks.redeem(family[number % 3].card, 3 * ALL, names[number], pool=True) for number in range(ASKERS)
    ]
    judges = [one_wins(scene, one, "not_enough_points", _spent) for one in family]

    def judge_all(told: Sequence[Told]) -> None:
        for judge in judges:
            judge(told)

    return Race(wishes, judge_all)


def one_hold(scene: Scene) -> Race:
    """Half capture a hold, half void it."""
    ana, names = scene.member(), scene.names("close")
    hold_id = scene.done(asks.hold(ana.card, ALL, names[-1]))["hold_id"]
    wishes = [
        asks.capture(hold_id, ALL, names[number]) if number % 2 else asks.void(hold_id, names[number])
        for number in range(ASKERS)
    ]

    def ends(winner: Told) -> Balance:
        return (0 if winner.ask.path.endswith("/capture") else ALL, 0, 0, 0)

    return Race(scene.chance.sample(wishes, ASKERS), one_wins(scene, ana, "hold_closed", ends))


def paid_sales(scene: Scene) -> Race:
    """Sales that were quoted, each paid in half with all points there are."""
    ana, names = scene.member(), scene.names("sale")
    basket = asks.buy(ana.card, "20.00", names[-1]).body
    asked = {name: basket[name] for name in ("card", "store", "terminal", "currency", "lines")}
    quote_id = scene.done(Ask("/quotes", asked))["quote_id"]
    by_points = {"kind": "points", "points": ALL, "amount": "10.00"}
    tenders = [by_points, {"kind": "cash", "amount": "10.00"}]
    wishes = [
        asks.buy(ana.card, "20.00", name, tenders=tenders, quote_id=quote_id) for name in names[:ASKERS]
    ]
    return Race(wishes, one_wins(scene, ana, "not_enough_points", _spent))


def a_budget(scene: Scene) -> Race:
    """The club gives so much of a rule, to whoever comes (P15)."""
    crowd = [scene.member() for _ in range(CROWD)]
    return _gifts(crowd, scene.names("budget"), scene.budget(), scene)


def a_limit(scene: Scene) -> Race:
    """A member gets so much of a rule (P15)."""
    return _gifts([scene.member()], scene.names("limit"), "limit", scene)


def _gifts(crowd: Sequence[Member], names: Sequence[str], category: str, scene: Scene) -> Race:
    wishes = [
        asks.buy(crowd[number % len(crowd)].card, "1.00", name, category)
        for number, name in enumerate(names[:GIFTS])
    ]

    def judge(told: Sequence[Told]) -> None:
        whole, part = divmod(BUDGET, GIFT)
        given = sorted((one.body["award"]["units"]["reward"] for one in told), reverse=True)
        assert given == [GIFT] * whole + [part] + [0] * (GIFTS - whole - 1), given
        assert sum(scene.balance(member)[0] for member in crowd) == ALL * len(crowd) + BUDGET

    return Race(wishes, judge)


RACES: dict[Prepare, int] = {  #: each kind of race, and how many members it takes
    redemptions: 1,
    holds: 1,
    both: 1,
    passed_on: 3,
    together: 3,
    one_hold: 1,
    paid_sales: 1,
    a_budget: CROWD,
    a_limit: 1,
}
