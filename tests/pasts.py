"""A small club that has lived through everything the ledger knows, for tests that look at its books."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.makers import Maker, Shopper, wire

DAY = timedelta(days=1)
NAME = {"zh": "积分", "en": "Points"}
_PER_EURO = {"points": 1, "per": "1.00"}
CLUB: dict[str, Any] = {
    "unit.reward.expiry": {"months": 2},
    "unit.bonus": {"name": NAME, "spendable": False, "on_return": "clamp"},
    "unit.quiet": {"name": NAME, "spendable": False, "on_return": "pending_only"},
    "tier[1].attain": 500,
    "tier[1].retain": 400,
    "rule[2]": {"code": "climb", "on": "purchase", "unit": "status", "earn": _PER_EURO},
    "rule[3]": {
        "code": "later",
        "on": "purchase",
        "unit": "reward",
        "phase": "bonus",
        "when": "line.category == 'online'",
        "earn": _PER_EURO,
        "from": {"days": 14},
    },
    "rule[4]": {"code": "extra", "on": "purchase", "unit": "bonus", "earn": _PER_EURO},
    "rule[5]": {"code": "quiet", "on": "purchase", "unit": "quiet", "earn": _PER_EURO},
    "benefit": [
        {"code": "lounge", "name": NAME, "kind": "service", "tiers": ["silver", "gold"]},
        {"code": "gala", "name": NAME, "kind": "event", "tiers": ["silver", "gold"], "booking": {}},
    ],
    "reward": [{"code": "cup", "name": NAME, "price": {"unit": "reward", "points": 5}}],
    "rule[6]": {"code": "welcome", "on": "enrolment", "unit": "reward", "earn": {"fixed": 10}},
}


def online(amount: str) -> dict[str, Any]:
    """A line whose points double, half of them two weeks later."""
    return {"amount": amount, "category": "online"}


def live(make: Maker, **changes: Any) -> list[Shopper]:
    """Three members through thirteen months: Ana spends, Ben owes, Cai waits; nothing is left untried.

    At the end Ana has an open hold, Ben a debt, and Cai points to come. `changes` are of the programme.
    """
    make.club(make.clock.now(), **(CLUB | changes))
    till, clock = make.till(), make.clock
    ana, ben, cai = make.shopper(till), make.shopper(till), make.shopper(till)
    _spends(ana)
    _owes(ben)
    _waits(cai)
    clock.move(20 * DAY)
    for member in (ana, ben, cai):
        member.buy("30.00")  # books what ended and opened meanwhile
    _spends_again(ana)
    clock.move(datetime(2026, 3, 5, 20, tzinfo=UTC))
    cai.redeem(10, reference="the last evening")
    clock.move(datetime(2026, 4, 28, 2, tzinfo=UTC))
    for member in (ana, ben, cai):
        member.buy("7.00", online("3.00"))  # all before has expired
    cai.redeem(5)
    ben.given("gold", clock.now() + 30 * DAY, protected=True)
    clock.move(datetime(2027, 2, 3, 12, tzinfo=UTC))
    for member in (ana, ben, cai):
        member.buy("50.00", receipt=f'"{member.card}"')  # the year is reviewed
    ana.hold(20)
    sold = ben.buy("40.00")
    ben.redeem(ben.figures()[0], reference="all")
    ben.give_back(sold, amount="40.00")
    cai.give_back(cai.buy("5.00", online("25.00")), (2, "12.50"))
    cai.buy(online("15.00"))
    _is_given(make, ana)
    return [ana, ben, cai]


def _is_given(make: Maker, ana: Shopper) -> None:
    """A visit, a place at an event, and a reward that is not wanted after all."""
    starts = wire(make.clock.now() + 30 * DAY)
    words = ("--benefit", "gala", "--starts", starts, "--capacity", "2", "--zh", "晚会", "--en", "Gala")
    event = make.run("club-events", "announce", *words).stdout.strip()
    card = {"card": ana.card}
    ana.tell("/benefit-uses", card | {"benefit": "lounge", "reference": "visit"}, 201)
    ana.tell("/benefit-uses", card | {"benefit": "gala", "event": event, "reference": "gala"}, 201)
    order = ana.tell("/reward-orders", card | {"reward": "cup", "reference": "cup"}, 201)
    ana.tell(f"/reward-orders/{order['order_id']}/cancel", {}, 200)


def _spends(ana: Shopper) -> None:
    ana.buy("600.00", online("20.00"))  # gold at once
    ana.capture(ana.hold(100), 60)
    ana.capture(ana.hold(10), key="header")
    ana.void(ana.hold(50))
    ana.hold(30)  # ends by itself
    ana.reverse(ana.redeem(100), 40)
    ana.adjust(25)
    ana.adjust(-5)
    ana.redeem(10**6, expect=422, key="refused")


def _spends_again(ana: Shopper) -> None:
    """From two lots at once, and a hold that outlives its lot."""
    ana.redeem(ana.figures()[0] - 10)
    ana.hold(10, ends_in_seconds=30 * 24 * 3600)
    ana.buy("1.00")


def _owes(ben: Shopper) -> None:
    sold = ben.buy("60.00", "40.00")
    ben.redeem(105)
    ben.adjust(-90, "bonus")
    ben.give_back(sold, (1, "60.00"))
    ben.give_back(sold, amount="15.00")
    ben.buy("200.00")  # pays


def _waits(cai: Shopper) -> None:
    sold = cai.buy(online("80.00"))
    cai.give_back(sold, (1, "20.00"))  # from what is still pending
    cai.give_back(cai.buy(online("8.00")), (1, "8.00"))
