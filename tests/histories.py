"""A club whose members do everything that books know, in deeds that do not look at what it came to.

So the same can be told to a club under another programme, as long as nothing of it is refused there.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from tests.makers import Maker, Shopper, receipt, wire
from tests.policies import policy

TURN, DAY = timedelta(minutes=5), timedelta(days=1)
NAME = {"zh": "名", "en": "Name"}
_PER_EURO = {"points": 1, "per": "1.00"}
CLUB: dict[str, Any] = {
    "club.returns_without_receipt": {"member_day": "500.00"},
    "unit.reward.expiry": {"months": 6},
    "unit.reward.worth": {"points": 100, "money": "1.00", "max_share": "0.5"},
    "unit.reward.transfer": {"member_day": 1000, "least": 1},
    "tier[1].attain": 1000,
    "tier[1].retain": 800,
    "terms.measure": {"balance": "status"},
    "limits": {"earn": {"transaction": 5000}},
    "rule": [
        {"code": "points", "on": "purchase", "unit": "reward", "earn": _PER_EURO},
        {"code": "climb", "on": "purchase", "unit": "status", "earn": _PER_EURO},
        {"code": "app", "on": "purchase", "unit": "reward", "phase": "bonus", "earn": {"fixed": 7},
         "when": "'channel' in purchase.attributes && purchase.attributes.channel == 'app'"},
        {"code": "later", "on": "purchase", "unit": "reward", "phase": "bonus", "earn": _PER_EURO,
         "when": "line.category == 'online'", "from": {"days": 14}},
        {"code": "welcome", "on": "enrolment", "unit": "reward", "earn": {"fixed": 400},
         "expiry": {"months": 2}},
        {"code": "cake", "on": "birthday", "unit": "reward", "earn": {"fixed": 20}},
        {"code": "evening", "on": "activity", "unit": "reward", "earn": {"fixed": 9},
         "when": "'guests' in activity.attributes && activity.attributes.guests > 1"},
        {"code": "cover", "on": "policy", "unit": "status", "from": "cooling_off_end",
         "earn": {"points": 1, "per": "100.00", "of": "annual_premium"}},
        {"code": "paid", "on": "premium", "unit": "status",
         "earn": {"points": 1, "per": "1000.00", "of": "amount"}},
    ],
    "benefit": [{"code": "lounge", "name": NAME, "kind": "service", "tiers": ["silver", "gold"],
                 "quota": {"count": 2, "per": "calendar_year"}, "cost": "12.00"}],
    "reward": [{"code": "cup", "name": NAME, "price": {"unit": "reward", "points": 50}, "cost": "3.00"}],
}  # fmt: skip


def live(make: Maker, **changes: Any) -> list[Shopper]:
    """Ana buys and spends, Ben's policies carry him, Cai is his friend; told between January and July."""
    make.club(make.clock.now(), **(CLUB | changes))
    till = make.till()
    names = (("Ana", "1990-03-04"), ("Ben", "1985-12-05"), ("Cai", "1970-01-20"))
    people = [
        make.shopper(till, name=name, birth_date=born, references=[f"C-{name}"]) for name, born in names
    ]
    for turn in _deeds(make, *people):
        make.clock.move(turn)
    return people


def _deeds(make: Maker, ana: Shopper, ben: Shopper, cai: Shopper) -> Iterator[timedelta]:
    yield from _buys(make, ana)
    yield from _is_insured(ben)
    yield from _nights(make, 30)
    yield from _is_a_friend(ben, cai)
    yield from _nights(make, 60)
    yield from _comes_back(ana, ben)
    yield from _nights(make, 90)
    ana.buy("3.00")
    yield TURN


def _nights(make: Maker, days: int) -> Iterator[timedelta]:
    for _ in range(0, days, 30):
        make.run("jobs", "nightly")
        yield 30 * DAY


def _buys(make: Maker, ana: Shopper) -> Iterator[timedelta]:
    sold = ana.buy("200.00", {"amount": "50.00", "category": "online"}, attributes={"channel": "app"})
    yield TURN
    ana.give_back(sold, (1, "50.00"))
    yield TURN
    ana.buy("100.00", tenders=[{"kind": "points", "points": 100, "amount": "1.00"},
                               {"kind": "cash", "amount": "99.00"}])  # fmt: skip
    yield TURN
    held = ana.hold(200)
    yield TURN
    by_points = {"kind": "points", "points": 200, "amount": "2.00", "hold_id": held["hold_id"]}
    paid = ana.buy("40.00", tenders=[by_points, {"kind": "cash", "amount": "38.00"}])
    yield TURN
    ana.give_back(paid, amount="20.00")
    yield TURN
    void = ana.buy("900.00")  # gold, for a while
    yield TURN
    ana.tell("/purchases/cancel", receipt(_of(void, ana)) | {"cancel_ref": "void"}, 200)
    yield TURN
    big = ana.buy("6000.00", expect=202)
    yield TURN
    ana.tell(f"/reviews/{big['review_id']}/release", None, 200, "release")
    yield TURN
    ana.reverse(ana.redeem(30), 10)
    yield TURN
    order = ana.tell("/reward-orders", {"card": ana.card, "reward": "cup", "reference": "1"}, 201)
    yield TURN
    ana.tell("/reward-orders", {"card": ana.card, "reward": "cup", "reference": "2"}, 201)
    ana.tell(f"/reward-orders/{order['order_id']}/cancel", {}, 200)
    yield TURN
    ana.capture(ana.hold(20), 5)
    yield TURN
    ana.void(ana.hold(20))
    yield TURN
    ana.hold(25)  # ends by itself


def _of(sale: Any, who: Shopper) -> str:
    """The number of the receipt of a sale."""
    number: str = who.till.get(f"/purchases/{sale['purchase_id']}").json["receipt"]
    return number


def _is_insured(ben: Shopper) -> Iterator[timedelta]:
    told = {"holder": {"reference": "C-Ben"}, "currency": "EUR"}
    for number, version, more in (
        ("P1", 1, {}),
        ("P2", 1, {"cooling_off_ends_on": "2026-01-25"}),
        ("P3", 1, {"cooling_off_ends_on": None}),
        ("P1", 2, {"status": "lapsed", "effective_at": "2026-03-01T10:00:00+08:00"}),
        ("P3", 2, {"status": "rescinded", "cooling_off_ends_on": None}),
    ):
        answer = ben.till.send("PUT", f"/policies/{number}", told | policy(version, **more) | told)
        assert answer.status_code == 200, answer.json
        yield TURN
    for no in ("1", "2"):
        body = {"policy_no": "P1", "due_on": "2025-12-01", "paid_at": wire(ben.clock.now()),
                "amount": "50000.00", "reference": f"F-{no}"}  # fmt: skip
        ben.tell("/premiums", body, 201)
        yield TURN
    ben.tell("/premiums/F-2/reverse", None, 200)
    yield TURN
    ben.tell("/benefit-uses", {"card": ben.card, "benefit": "lounge", "reference": "visit"}, 201)
    yield TURN


def _is_a_friend(ben: Shopper, cai: Shopper) -> Iterator[timedelta]:
    passed = {"from": ben.member_id, "to": cai.member_id, "unit": "reward", "points": 60}
    ben.tell("/transfers", passed | {"reference": "t-1"}, 201)
    yield TURN
    fact = {"card": cai.card, "kind": "evening", "happened_at": wire(cai.clock.now())}
    cai.tell("/facts", fact | {"reference": "f-1", "attributes": {"guests": 2}}, 201)
    yield TURN
    cai.given("gold", cai.clock.now() + 90 * DAY)
    yield TURN
    cai.adjust(15)
    yield TURN
    cai.adjust(-5)
    yield TURN
    cai.buy("80.00", sold_at=wire(cai.clock.now() - 12 * DAY))  # told late
    yield TURN


def _comes_back(ana: Shopper, ben: Shopper) -> Iterator[timedelta]:
    goods = receipt("b-1", "return_ref") | {"returned_at": wire(ana.clock.now()), "card": ana.card}
    ana.tell("/returns", goods | {"lines": [{"line": 1, "amount": "60.00"}]}, 201)
    yield TURN
    ben.buy("10.00", "5.00")
    yield TURN
