"""The club that the fuzz attacks, and what happened there before, for requests to speak of."""

import random
from datetime import timedelta
from itertools import count
from typing import Any

from loyalty.access import DECIDE, TILL_SCOPES
from tests.clocks import MovableClock
from tests.documents import GONE
from tests.makers import Maker, Shopper, wire
from tests.policies import insurer, policy

_NAME = {"zh": "权益", "en": "Benefit"}
_ALL_TIERS = ["standard", "silver", "gold"]
CLUB: dict[str, object] = {
    "club.returns_without_receipt": {"member_day": "100000.00"},
    "tier[0].attain": 0,
    "unit.reward.worth": {"points": 100, "money": "1.00"},
    "unit.reward.transfer": {"member_day": 10**9, "least": 1},
    "limits": {"earn": {"transaction": 10**9}},
    "approvals": {"adjustment": {"status": {"single": 10}}},
    "rule[2]": {"code": "bought", "on": "purchase", "unit": "reward", "earn": {"points": 1, "per": "1.00"}},
    "rule[3]": {"code": "read", "on": "activity", "unit": "reward", "earn": {"fixed": 2}},
    "rule[4]": {"code": "paid", "on": "premium", "unit": "status", "earn": {"points": 1, "per": "10.00"}},
    "rule[5]": {
        "code": "later",
        "on": "purchase",
        "unit": "reward",
        "when": "line.category == 'later'",
        "earn": {"points": 1, "per": "1.00"},
        "from": {"event": "called", "at_latest_days": 3},
    },
    "household": {"most": 5, "unit": {"reward": {"others_month": 10**9}}},
    "benefit": [
        {
            "code": "lounge",
            "name": _NAME,
            "kind": "service",
            "tiers": _ALL_TIERS,
            "guests": 9,
            "providers": ["air"],
        },
        {
            "code": "spa",
            "name": _NAME,
            "kind": "service",
            "tiers": _ALL_TIERS,
            "booking": {},
            "transferable_to": ["spouse"],
        },
        {"code": "gala", "name": _NAME, "kind": "event", "tiers": _ALL_TIERS, "booking": {}, "guests": 9},
        {"code": "news", "name": _NAME, "kind": "feed", "tiers": _ALL_TIERS},
    ],
    "reward": [
        {"code": "cup", "name": _NAME, "price": {"unit": "reward", "points": 10}, "stock": 10**6},
        {"code": "book", "name": _NAME, "price": {"unit": "reward", "points": 10}, "delivery": "order"},
    ],
    "example": GONE,
}


class World:
    """A club with members, and what they did so far, for requests to speak of."""

    def __init__(self, make: Maker, clock: MovableClock, rng: random.Random) -> None:
        self.make, self.clock, self.rng = make, clock, rng
        self._turns = count(1)
        make.document(insurer(**CLUB))
        self.till = make.till(terminal="T1")  # what it prepares goes well: it is never locked
        self.renew_key()
        self.ana = self._join("C-1")
        self.ben, self.cal = self._join("C-2"), self._join("C-3")
        self.dan, self.eva, self.fay = self._join("C-4"), self._join("C-5"), self._join("C-6")
        named = {"member_id": self.fay.member_id, "card": {"number": self.fay.card}}
        self.fay_elsewhere = Shopper(make.till(terminal="T9"), clock, named)
        self._share(self.ana, self.ben)
        for person in (self.ana, self.ben, self.fay):
            person.adjust(10**9)
        lines = ("100000.00", {"amount": "30.00", "category": "later", "quantity": "3"})
        self.sale = self.ana.sale(*lines, currency="CNY")
        self.purchase = self.ana.tell("/purchases", self.sale, 201)["purchase_id"]
        self.spent_as, self.held_as = self.name("s"), self.name("h")
        self.redemption = self.ana.redeem(10**6, reference=self.spent_as)["redemption_id"]
        self.held = self.ana.hold(10**6, reference=self.held_as)["hold_id"]
        self.core_tells("P0")
        self._names = {
            "member_id": self.fay.member_id,
            "card": str(self.fay.card),
            "hold_id": self.fay.hold(10)["hold_id"],
            "purchase": self.fay.buy("10.00", currency="CNY")["purchase_id"],
            "redemption": self.fay.redeem(10)["redemption_id"],
        }
        make.run("places", "open", "t2", "--provider", "air", "--zh", "厅", "--en", "Lounge")
        words = ("--benefit", "gala", "--starts", "2099-01-01T20:00:00+00:00", "--capacity", "100000")
        self.event = make.run("club-events", "announce", *words, "--zh", "晚", "--en", "Gala").stdout.strip()
        make.run("news", "publish", "news", "--zh", "新", "--en", "New")
        make.run("jobs", "post")
        self._endpoint = self._put_up_endpoint()

    def renew_key(self) -> None:
        """Another key: one that named too many unknown cards is locked for a while."""
        self.key = self.make.person("T1", *TILL_SCOPES, DECIDE)._key

    def names(self) -> dict[str, str]:
        """What a caller would know from answers that were heard before: Fay's, by the names of fields."""
        return self._names

    def name(self, kind: str) -> str:
        """A name that was not used before."""
        return f"{kind}-{next(self._turns)}"

    def now(self) -> str:
        """What the tills' clocks show."""
        return wire(self.clock.now())

    def _share(self, first: Shopper, second: Shopper) -> None:
        """The two are a household."""
        for person, more in ((first, ()), (second, ("--beside", first.member_id))):
            why = ("--reason", "family", "--reference", self.name("h"), "--document")
            self.make.run("households", "seat", person.member_id, *why, *more)

    def hold(self) -> str:
        """An open hold of its own."""
        return str(self.ana.hold(self.rng.randint(1, 50), reference=self.name("h"))["hold_id"])

    def booked(self) -> str:
        """A booking that is neither made nor let go."""
        when = wire(self.clock.now() + timedelta(hours=1))
        body = {
            "card": self.ana.card,
            "benefit": "spa",
            "at": when,
            "reserve": True,
            "reference": self.name("b"),
        }
        return str(self.ana.tell("/benefit-uses", body, 201)["use_id"])

    def ordered(self, reward: str = "cup") -> dict[str, str]:
        """An order that is neither used nor sent."""
        body = {"card": self.ana.card, "reward": reward, "reference": self.name("o")}
        told: dict[str, str] = self.ana.tell("/reward-orders", body, 201)
        return told

    def spent(self) -> str:
        """A redemption of which something is left to be given back."""
        shown = self.till.get(f"/redemptions/{self.redemption}").json
        if shown["reversed"] == shown["points"]:
            told = self.ana.redeem(1_000, reference=self.name("s"))
            self.redemption = told["redemption_id"]
        return str(self.redemption)

    def review(self) -> str:
        """A sale that waits for a person."""
        told = self.ana.buy(f"{10**9 + 1}.00", expect=202, currency="CNY", receipt=self.name("r"))
        return str(told["review_id"])

    def asked(self, *, by_others: bool = True) -> dict[str, Any]:
        """A correction that waits for a second person."""
        shopper = self.fay_elsewhere if by_others else self.fay
        told = shopper.adjust(11, "status", expect=202, reference=self.name("asked"))
        shown: dict[str, Any] = shopper.till.get(f"/approvals/{told['approval_id']}").json
        return shown

    def etag(self, path: str) -> dict[str, str]:
        """The version of a thing, as a header."""
        return {"If-Match": self.till.get(path).headers["ETag"]}

    def core_tells(self, policy_no: str) -> None:
        """The core system tells of a policy of Ben's."""
        told = policy(holder={"reference": "C-2"})
        assert self.till.send("PUT", f"/policies/{policy_no}", told).status_code == 200

    def make_room(self) -> None:
        """Take away all addresses but one: a client may have twenty."""
        for shown in self.till.get("/webhook-endpoints").json["items"]:
            if shown["endpoint_id"] != self._endpoint:
                path = f"/webhook-endpoints/{shown['endpoint_id']}"
                self.till.send("DELETE", path, **self.etag(path))

    @property
    def endpoint(self) -> str:
        """An address that is there, another one where the last was taken away."""
        if self.till.get(f"/webhook-endpoints/{self._endpoint}").status_code == 404:
            self._endpoint = self.spare_endpoint()
        return self._endpoint

    def spare_endpoint(self) -> str:
        """An address that may be taken away."""
        self.make_room()
        return self._put_up_endpoint()

    def _put_up_endpoint(self) -> str:
        body = {"url": "https://hooks.example.org/club"}
        answer = self.till.post("/webhook-endpoints", body, idempotency_key=self.name("e"))
        assert answer.status_code == 201, answer.json
        return str(answer.json["endpoint_id"])

    def newcomer(self) -> str:
        """Somebody who may be forgotten."""
        return str(self._join(self.name("gone")).member_id)

    def _join(self, reference: str) -> Shopper:
        return self.make.shopper(self.till, references=[reference])
