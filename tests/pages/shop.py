"""A club that sells things for points, and members who have some."""

from datetime import timedelta
from typing import Any

from tests.clocks import MovableClock
from tests.ladders import noon
from tests.makers import Maker, Shopper
from tests.policies import Core

PLACES = {"spa-1": ("spa", "清泉水疗", "Clear Spring Spa"), "bar-1": ("bar", "河畔茶吧", "Riverside Tea Bar")}


def thing(code: str, zh: str, en: str, points: int, **more: Any) -> dict[str, Any]:
    """A reward."""
    price = {"unit": "reward", "points": points}
    return {"code": code, "name": {"zh": zh, "en": en}, "price": price} | more


MASSAGE = thing(
    "massage", "肩颈按摩", "Massage", 300, expiry={"months": 6}, providers=["spa"],
    about={"zh": "四十分钟的肩颈按摩，请提前一天打电话预约。",
           "en": "Forty minutes for neck and shoulders. Please call a day ahead."},
)  # fmt: skip
TEA = thing("tea", "茶具", "Tea set", 500, delivery="order", stock=1)
ONCE = thing("once", "年历", "Calendar", 10, limit={"times": 1, "per": "year"})
GOLD = thing("gold-only", "音乐会", "Concert", 10, tiers=["gold"])
SOON = thing("soon", "粽子", "Rice dumplings", 10, from_day="2026-05-01")
OVER = thing("over", "年糕", "New Year cake", 10, last_day="2026-01-04")
DEAR = thing("dear", "行李箱", "Suitcase", 20_000)
ADULTS = thing("adults", "黄酒", "Rice wine", 10, when="member.age >= 18")
ALL = [MASSAGE, TEA, ONCE, GOLD, SOON, OVER, DEAR, ADULTS]

LATER = {  #: points that are pending for a while
    "code": "later", "on": "purchase", "unit": "reward", "phase": "bonus", "from": {"days": 14},
    "earn": {"fixed": 40},
}  # fmt: skip


def open_shop(make: Maker, clock: MovableClock, **changes: object) -> Maker:
    """A club that sells them, and the places that take vouchers."""
    clock.move(noon("2026-03-18"))
    make.club(**({"reward": ALL} | changes))
    for code, (provider, zh, en) in PLACES.items():
        make.run("places", "open", code, "--provider", provider, "--zh", zh, "--en", en)
    return make


def customer(shop: Maker, points: int = 1000, **person: object) -> Shopper:
    """Somebody with points to spend."""
    ana = shop.shopper(**person)
    if points:
        ana.buy(f"{points}.00")
    return ana


def lives_long(ana: Shopper, clock: MovableClock) -> None:
    """A history: many days' purchases, orders, a hold that is open, points that are pending."""
    for _ in range(12):
        clock.move(clock.now() + timedelta(days=3))
        ana.buy("400.00")
        ana.tell("/reward-orders", {"card": ana.card, "reward": "massage", "reference": ana._name("o")}, 201)
    ana.hold(50)


def asked(statements: list[str]) -> list[str]:
    """What was asked of the database, apart from how a transaction is begun."""
    return [one for one in statements if not one.startswith(("PRAGMA", "BEGIN", "SET "))]


def core(make: Maker) -> Core:
    """The insurer's core system."""
    return Core(make.till("policies:write", "policies:read"))
