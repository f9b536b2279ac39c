"""What can be done to one member, each deed in the state it needs, for doing two of them at one moment."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tests.clocks import START
from tests.makers import Maker, Shopper, Till, wire
from tests.policies import insurer, policy
from tests.proofs import asks
from tests.proofs.asks import Ask
from tests.tenders import WORTH, paid

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OWNED, DYING, SPENT, SET_ASIDE = 1_000, 200, 150, 120


def programme() -> dict[str, Any]:
    """An insurer's club whose shop, premiums, policies and activities all move the tier."""
    rules = [
        {"code": "bought", "on": "purchase", "unit": "reward", "earn": {"points": 1, "per": "1.00"}},
        {"code": "shops", "on": "purchase", "unit": "status", "earn": {"points": 6, "per": "1.00"}},
        {"code": "paid", "on": "premium", "unit": "status",
         "earn": {"points": 1, "per": "10.00", "of": "amount"}},
        {"code": "insured", "on": "policy", "unit": "status",
         "earn": {"points": 1, "per": "1.00", "of": "annual_premium"}},
        {"code": "took_part", "on": "activity", "unit": "reward", "earn": {"fixed": 40},
         "limit": {"points": 60, "per": "lifetime"}},
    ]  # fmt: skip
    return insurer(
        **{
            "rule": rules,
            "tier[0].attain": 0,
            "tier[1].attain": 1_000,
            "tier[1].retain": 800,
            "unit.reward.expiry": {"days": 10},
            "unit.reward.worth": WORTH,
            "unit.reward.transfer": {"member_day": 10 * OWNED},
            "household": {"most": 2, "unit": {"reward": {"others_month": 10 * OWNED}}},
        }
    )


@dataclass(slots=True)
class Life:
    """One copy of the member: somebody with a past, perhaps a friend, and the names of what was prepared."""

    make: Maker
    me: Shopper
    friend: Shopper | None
    copy: str  #: part of every name, so that copies are told apart and compared without it
    made: dict[str, Any] = field(default_factory=dict)

    @property
    def ids(self) -> list[str]:
        """Whose rows may change: the member's, the friend's."""
        return [one.member_id for one in (self.me, self.friend) if one is not None]

    def name(self, what: str) -> str:
        """A reference, receipt or key of this copy alone."""
        return f"{what}~{self.copy}"

    def now(self) -> str:
        """This instant, as tills write it."""
        return wire(self.make.clock.now())

    def id_of(self, what: str) -> str:
        """What was prepared, as paths name it."""
        return str(self.made[what]["purchase_id" if what == "sale" else f"{what}_id"])

    def sale(self, amount: str, number: str, **more: Any) -> Ask:
        """A sale of this instant."""
        told = {"sold_at": self.now(), "currency": "CNY"} | more
        return asks.buy(self.me.card, amount, self.name(number), **told)

    def state(self, version: int, status: str, premium: str) -> Ask:
        """A state of the member's policy, in force since yesterday."""
        covered = {"no": 1, "product": "life", "main": True, "premium": premium, "pay_mode": "annual",
                   "pay_years": 20, "cover_years": 30}  # fmt: skip
        since = wire(self.make.clock.now() - DAY)
        told = policy(version, status=status, effective_at=since, coverages=[covered])
        body = told | {"holder": {"member_id": self.me.member_id}}
        return Ask(f"/policies/{self.name('P')}", body, method="PUT")

    def premium(self, number: str) -> Ask:
        """A premium of that policy, just paid."""
        told = {
            "policy_no": self.name("P"),
            "due_on": "2025-12-01",
            "paid_at": self.now(),
            "amount": "4000.00",
        }
        return Ask("/premiums", told | {"reference": self.name(number)})


Prepare = Callable[[Life], Ask]
NEEDS: dict[str, Prepare] = {  #: what deeds are done to; a premium needs the policy before it
    "sale": lambda life: life.sale("100.00", "sold"),
    "redemption": lambda life: asks.redeem(life.me.card, SPENT, life.name("spent")),
    "hold": lambda life: asks.hold(life.me.card, SET_ASIDE, life.name("held")),
    "policy": lambda life: life.state(1, "in_force", "400.00"),
    "premium": lambda life: life.premium("old"),
}


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing to do; no request is the night. `slot` tells the two of a pair apart."""

    name: str
    ask: Callable[[Life, str], Ask | None]
    needs: tuple[str, ...] = ()


def _by_hand(life: Life, slot: str) -> Ask:
    until = wire(life.make.clock.now() + 30 * DAY)
    told = {"tier": "gold", "until": until, "reason": "a friend of the house"}
    return Ask(f"/members/{life.me.member_id}/tier", told, life.name(f"tier{slot}"))


def _took_part(life: Life, slot: str) -> Ask:
    told = {"card": life.me.card, "kind": "evening", "happened_at": life.now()}
    return Ask("/facts", told | {"reference": life.name(f"evening{slot}")})


def _friend_spends(life: Life, slot: str) -> Ask:
    assert life.friend is not None
    return asks.redeem(str(life.friend.card), 1_200, life.name(f"theirs{slot}"), pool=True)


def _card(life: Life, slot: str, what: str, body: Any = None) -> Ask:
    return Ask(f"/members/{life.me.member_id}/{what}", body, life.name(f"{what}{slot}"))


DEEDS: tuple[Deed, ...] = (
    Deed("earn", lambda life, slot: life.sale("90.00", f"new{slot}")),
    Deed("tell one sale", lambda life, slot: life.sale("30.00", "one")),  # the same in both slots
    Deed("cancel that sale", lambda life, slot: asks.cancel_sale(life.name("one"), life.name(f"no{slot}"))),
    Deed("pay", lambda life, slot: life.sale("14.00", f"paid{slot}", **paid(600, "6.00", "8.00"))),
    Deed(
        "return",
        lambda life, slot: asks.give_back(
            life.id_of("sale"), "60.00", life.name(f"back{slot}"), returned_at=life.now()
        ),
        ("sale",),
    ),
    Deed(
        "cancel the sale",
        lambda life, slot: asks.cancel_sale(life.name("sold"), life.name(f"void{slot}")),
        ("sale",),
    ),
    Deed("redeem", lambda life, slot: asks.redeem(life.me.card, 700, life.name(f"red{slot}"))),
    Deed(
        "reverse",
        lambda life, slot: asks.reverse(life.id_of("redemption"), 100, life.name(f"rev{slot}")),
        ("redemption",),
    ),
    Deed(
        "cancel the redemption",
        lambda life, slot: asks.cancel("redemptions", life.name("spent"), life.name(f"cancel{slot}")),
        ("redemption",),
    ),
    Deed("hold", lambda life, slot: asks.hold(life.me.card, 700, life.name(f"hold{slot}"))),
    Deed(
        "capture",
        lambda life, slot: asks.capture(life.id_of("hold"), 100, life.name(f"capture{slot}")),
        ("hold",),
    ),
    Deed("void", lambda life, slot: asks.void(life.id_of("hold"), life.name(f"let go{slot}")), ("hold",)),
    Deed(
        "cancel the hold",
        lambda life, slot: asks.cancel("holds", life.name("held"), life.name(f"cancel{slot}")),
        ("hold",),
    ),
    Deed("adjust up", lambda life, slot: asks.adjust(life.me.member_id, 50, life.name(f"up{slot}"))),
    Deed("adjust down", lambda life, slot: asks.adjust(life.me.member_id, -600, life.name(f"down{slot}"))),
    Deed(
        "pass on",
        lambda life, slot: asks.transfer(*life.ids, 600, life.name(f"give{slot}")),
        ("friend",),
    ),
    Deed(
        "be given",
        lambda life, slot: asks.transfer(*reversed(life.ids), 600, life.name(f"get{slot}")),
        ("friend",),
    ),
    Deed(
        "spend together",
        lambda life, slot: asks.redeem(life.me.card, 1_200, life.name(f"ours{slot}"), pool=True),
        ("friend", "household"),
    ),
    Deed("have it spent", _friend_spends, ("friend", "household")),
    Deed("take part", _took_part),
    Deed("tier by hand", _by_hand),
    Deed("block the card", lambda life, slot: _card(life, slot, "block")),
    Deed("replace the card", lambda life, slot: _card(life, slot, "cards", {"reason": "lost"})),
    Deed(
        "raise the policy",
        lambda life, slot: life.state(2 + 2 * (slot == "b"), "in_force", "1200.00"),
        ("policy",),
    ),
    Deed(
        "lapse the policy",
        lambda life, slot: life.state(3 + 2 * (slot == "b"), "lapsed", "400.00"),
        ("policy",),
    ),
    Deed("pay a premium", lambda life, slot: life.premium(f"due{slot}"), ("policy",)),
    Deed(
        "reverse the premium",
        lambda life, slot: Ask(f"/premiums/{life.name('old')}/reverse", None, life.name(f"unpaid{slot}")),
        ("policy", "premium"),
    ),
    Deed("night", lambda life, slot: None),
)


def begin(make: Maker, till: Till, copy: str, needs: set[str], *, overnight: bool) -> Life:
    """A copy of the member with what is needed, when a hold has ended and nobody has booked that yet.

    `overnight`, points have died too, and what was prepared is of yesterday.
    """
    start = make.clock.move(START)
    me = _join(make, till, f"me~{copy}")
    if overnight:
        me.adjust(DYING)
    make.clock.move(start + 5 * DAY)
    friend = _join(make, till, f"friend~{copy}") if "friend" in needs else None
    for one in (me, friend):
        if one is not None:
            one.adjust(OWNED)
    if friend is not None and "household" in needs:
        for one, beside in ((me, []), (friend, ["--beside", me.member_id])):
            why = ["--reason", "family", "--document", "--reference", f"seat-{one.member_id}"]
            make.run("households", "seat", one.member_id, *why, *beside)
    make.clock.move(start + (10 * DAY if overnight else 11 * DAY - HOUR))
    me.hold(10, ends_in_seconds=1800)
    life = Life(make, me, friend, copy)
    for need, prepare in NEEDS.items():
        if need in needs:
            ask = prepare(life)
            answer = till.send(ask.method, ask.path, ask.body)
            assert answer.status_code < 300, answer.json
            life.made[need] = answer.json
    make.clock.move(start + 11 * DAY)
    return life


def _join(make: Maker, till: Till, key: str) -> Shopper:
    answer = till.post("/members", {"name": "Ana Silva"}, idempotency_key=key)
    assert answer.status_code == 201, answer.json
    return Shopper(till, make.clock, answer.json)
