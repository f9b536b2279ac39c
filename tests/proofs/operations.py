"""Every operation that writes, ready to be asked for: what it needs is there, and its key."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

from loyalty.actions.advance import advance_due
from loyalty.actions.celebrate import celebrate
from loyalty.actions.publish import publish
from loyalty.db import carry_out
from loyalty.errors import Unavailable
from loyalty.rooms import rooms
from tests.documents import GONE, small
from tests.makers import Maker, Shopper, Till, receipt, wire
from tests.policies import COOLING, PAY_YEARS, SINGLE, Core, policy

DOCUMENT = small(**{
    "club.returns_without_receipt": {"member_day": "500.00"},
    "tier[0].attain": 0,
    "terms.measure": {"balance": "status"},
    "unit.reward.transfer": {"member_day": 10**9, "least": 1},
    "unit.reward.worth": {"points": 100, "money": "1.00", "step": 100, "max_share": 1},
    "factors": {"pay_years": PAY_YEARS},
    "limits": {"earn": {"transaction": 5_000}},
    "approvals": {"adjustment": {"reward": {"single": 4_000}}},
    "rule": [
        {"code": "points", "on": "purchase", "unit": "reward", "earn": {"points": 1, "per": "1.00"}},
        {"code": "growth", "on": "purchase", "unit": "status", "earn": {"points": 1, "per": "1.00"}},
        {"code": "active", "on": "activity", "unit": "reward", "earn": {"fixed": 20}},
        {"code": "paid", "on": "premium", "unit": "reward",
         "earn": {"points": 1, "per": "10.00", "of": "amount"}},
        {"code": "birthday", "on": "birthday", "unit": "reward", "earn": {"fixed": 50}},
        COOLING, SINGLE,
    ],
    "example": GONE,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """An answer."""

    status: int
    body: object = None
    retry_after: str | None = None


@dataclass(frozen=True, slots=True)
class Ready:
    """One operation, to be asked for as often as wanted."""

    ask: Callable[[], Told]
    status: int  #: how it is answered once it was done
    is_keyed: bool = True  #: asked again, nothing more is done


@dataclass(slots=True)
class World:
    """A club where everything can happen, and two who are in it."""

    make: Maker
    till: Till
    ana: Shopper
    bea: Shopper
    turns: Iterator[int] = field(default_factory=lambda: count(1))

    def post(
        self, path: str, body: object = None, status: int = 201, method: str = "POST", till: Any = None
    ) -> Ready:
        """A wish at the till, or at another one, under a key of its own."""
        key, till = self.name(), till or self.till

        def ask() -> Told:
            answer = till.send(method, path, body, idempotency_key=key)
            return Told(answer.status_code, answer.json, answer.headers.get("Retry-After"))

        return Ready(ask, status)

    def work(self, do: Callable[[], object], *, is_keyed: bool = True) -> Ready:
        """What jobs and operators do, without a request."""

        def ask() -> Told:
            with self.make.app.app_context():
                try:
                    do()
                except Unavailable as told:
                    return Told(503, told.code, "as a request would hear it")
            return Told(200)

        return Ready(ask, 200, is_keyed)

    def name(self) -> str:
        """A new one."""
        return f"o-{next(self.turns)}"

    def spending(self, points: int) -> dict[str, Any]:
        """The body of a redemption or a hold."""
        return {"card": self.ana.card, "points": points, "reference": self.name()}


def world(make: Maker) -> World:
    """The club, founded on an empty database."""
    make.document(DOCUMENT)
    till = make.till()
    ana = make.shopper(till, references=["C-1"])
    bea = make.shopper(till, references=["C-2"])
    for _ in range(3):
        ana.adjust(4_000)
    Core(till).tells("P0", "C-2", currency="EUR")
    return World(make, till, ana, bea)


def _cancel_sale(w: World) -> Ready:
    told = w.ana.sale("80.00")
    w.ana.tell("/purchases", told, 201)
    named = {name: told[name] for name in ("store", "terminal", "business_date", "receipt")}
    return w.post("/purchases/cancel", named | {"cancel_ref": w.name()}, 200)


def _return(w: World) -> Ready:
    bought = w.ana.buy("70.00")
    back = receipt(w.name(), "return_ref") | {"returned_at": wire(w.make.clock.now()), "amount": "30.00"}
    return w.post(f"/purchases/{bought['purchase_id']}/returns", back)


def _return_without_receipt(w: World) -> Ready:
    back = receipt(w.name(), "return_ref") | {"returned_at": wire(w.make.clock.now()), "amount": "3.00"}
    return w.post("/returns", back | {"card": w.ana.card})


def _review(act: str) -> Callable[[World], Ready]:
    def ready(w: World) -> Ready:
        held = w.ana.buy("6000.00", expect=202)
        return w.post(f"/reviews/{held['review_id']}/{act}", None, 200)

    return ready


def _cancel(path: str) -> Callable[[World], Ready]:
    def ready(w: World) -> Ready:
        body = w.spending(30)
        w.ana.tell(path, body, 201)
        return w.post(f"{path}/cancel", {"reference": body["reference"]}, 200)

    return ready


def _policy(w: World) -> Ready:
    body = {"holder": {"reference": "C-1"}} | policy(currency="EUR")
    return w.post(f"/policies/P-{w.name()}", body, 200, "PUT")


def _premium(w: World) -> dict[str, Any]:
    return {"policy_no": "P0", "due_on": "2025-12-01", "paid_at": wire(w.make.clock.now()),
            "amount": "500.00", "reference": w.name()}  # fmt: skip


def _premium_reversed(w: World) -> Ready:
    body = _premium(w)
    w.ana.tell("/premiums", body, 201)
    return w.post(f"/premiums/{body['reference']}/reverse", None, 200)


def _tier(w: World) -> Ready:
    until = wire(w.make.clock.now() + timedelta(days=90))
    return w.post(f"/members/{w.bea.member_id}/tier", {"tier": "gold", "until": until, "reason": "a friend"})


def _card(w: World) -> Ready:
    joined = w.make.shopper(w.till)
    return w.post(f"/members/{joined.member_id}/cards", {"reason": "lost"})


def _block(w: World) -> Ready:
    joined = w.make.shopper(w.till)
    return w.post(f"/members/{joined.member_id}/block", None, 200)


def _paid_with_points(w: World) -> Ready:
    tenders = [{"kind": "points", "amount": "2.00", "points": 200}, {"kind": "cash", "amount": "18.00"}]
    return w.post("/purchases", w.ana.sale("20.00", tenders=tenders))


def _customer(w: World) -> Ready:
    reference = w.name()
    w.make.shopper(w.till, references=[reference])
    body = {"version": 1, "name": "Caio Reis", "phone": "+351912000111"}
    return w.post(f"/customers/{reference}", body, 200, "PUT")


def _transfer(w: World) -> Ready:
    body = {
        "from": w.ana.member_id,
        "to": w.bea.member_id,
        "unit": "reward",
        "points": 15,
        "reference": w.name(),
    }
    return w.post("/transfers", body)


def _fact(w: World) -> Ready:
    body = {
        "card": w.ana.card,
        "kind": "evening",
        "reference": w.name(),
        "happened_at": wire(w.make.clock.now()),
    }
    return w.post("/facts", body)


def _correction(w: World, points: int) -> dict[str, Any]:
    return {"member_id": w.ana.member_id, "unit": "reward", "points": points, "reason_code": "goodwill",
            "note": "a fault", "reference": w.name()}  # fmt: skip


def _approve(w: World) -> Ready:
    bob, told = w.make.person("bob"), w.ana.tell("/adjustments", _correction(w, 4_001), 202)
    path = f"/approvals/{told['approval_id']}"
    return w.post(f"{path}/approve", {"digest": bob.get(path).json["digest"]}, 200, till=bob)


def _night(w: World) -> Ready:
    w.ana.hold(10, ends_in_seconds=60)
    now = w.make.clock.move(timedelta(minutes=2))

    def chunk() -> None:
        shelf = rooms().shelf
        carry_out(lambda session: advance_due(session, shelf.editions(session, now), 0, 50, now))

    return w.work(chunk)


def _birthdays(w: World) -> Ready:
    tomorrow = w.make.clock.now() + timedelta(days=1)
    w.make.shopper(w.till, birth_date=f"1990-{tomorrow:%m-%d}")
    now = w.make.clock.move(tomorrow)
    w.ana.look("/balance")  # a key notes its use once a day, in a transaction that no wish waits for

    def chunk() -> None:
        shelf, day = rooms().shelf, now.date()
        carry_out(
            lambda session: celebrate(session, shelf.editions(session, now), "birthday", day, 0, 50, now)
        )

    return w.work(chunk)


def _publish(w: World) -> Ready:
    def edition() -> None:
        now = w.make.clock.now()
        carry_out(lambda session: publish(session, DOCUMENT, by="staff", in_force_from=None, now=now))

    return w.work(edition, is_keyed=False)


OPERATIONS: dict[str, Callable[[World], Ready]] = {
    "enrol": lambda w: w.post("/members", {"name": "Rui Alves", "phone": "+351912345678"}),
    "enrol whom the core system knows": lambda w: w.post(
        "/members", {"name": "Rui", "references": [w.name()]}
    ),
    "earn": lambda w: w.post("/purchases", w.ana.sale("120.00")),
    "earn and be lifted": lambda w: w.post("/purchases", w.make.shopper(w.till).sale("2500.00")),
    "earn, paid with points": _paid_with_points,
    "earn above a ceiling": lambda w: w.post("/purchases", w.ana.sale("6000.00"), 202),
    "release a review": _review("release"),
    "reject a review": _review("reject"),
    "return": _return,
    "return without a receipt": _return_without_receipt,
    "cancel a sale": _cancel_sale,
    "redeem": lambda w: w.post("/redemptions", w.spending(50)),
    "redeem too much": lambda w: w.post("/redemptions", w.spending(10**9), 422),
    "reverse": lambda w: w.post(
        f"/redemptions/{w.ana.redeem(30)['redemption_id']}/reverse", {"points": 20, "reference": w.name()}
    ),
    "cancel a redemption": _cancel("/redemptions"),
    "hold": lambda w: w.post("/holds", w.spending(60)),
    "capture": lambda w: w.post(f"/holds/{w.ana.hold(30)['hold_id']}/capture", {"points": 12}, 200),
    "void": lambda w: w.post(f"/holds/{w.ana.hold(30)['hold_id']}/void", None, 200),
    "cancel a hold": _cancel("/holds"),
    "adjust": lambda w: w.post("/adjustments", _correction(w, 40)),
    "adjust above a limit": lambda w: w.post("/adjustments", _correction(w, 4_001), 202),
    "approve a correction": _approve,
    "transfer": _transfer,
    "tell a fact": _fact,
    "tier by hand": _tier,
    "replace a card": _card,
    "block a card": _block,
    "policy state": _policy,
    "premium": lambda w: w.post("/premiums", _premium(w)),
    "premium reversed": _premium_reversed,
    "customer": _customer,
    "night chunk": _night,
    "birthdays": _birthdays,
    "publish": _publish,
}
