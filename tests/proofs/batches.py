"""Facts told in batches: shuffled, overlapping, cut in half, repeated, hung up on in the middle (P16, I1)."""

import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.clocks import START
from tests.documents import GONE, small
from tests.files import csv_file, mapped
from tests.makers import Maker, Shopper, Till, receipt, wire
from tests.policies import coverage, insurer, policy
from tests.proofs.clubs import sound
from tests.proofs.digest import STATE, digest, same
from tests.proofs.house import house
from tests.proofs.proof import POSTGRESQL, SQLITE, Ground, Proof

DAY = timedelta(days=1)
NOW = START + 200 * DAY
SALES, POLICIES = "/purchases/batch", "/policies/batch"
STATUSES = (
    "grace",
    "lapsed",
    "paid_up",
    "reduced_paid_up",
    "premium_waived",
    "surrendered",
    "matured",
    "cancelled",
    "rescinded",
)
MEMBERS, FACTS = 3, 24
PER_EURO = {"points": 1, "per": "1.00"}
SHOP: dict[str, Any] = {
    "club.late_days": 40,
    "unit.reward.expiry": {"months": 2},
    "limits": {"offline": {"days": 120}},
    "rule[2]": {"code": "climb", "on": "purchase", "unit": "status", "earn": PER_EURO},
    "rule[3]": {"code": "later", "on": "purchase", "unit": "reward", "phase": "bonus", "earn": {"fixed": 9},
                "from": {"days": 14}},
    "example": GONE,
}  # fmt: skip
GOLDEN = {"code": "golden", "on": "purchase", "unit": "reward", "phase": "bonus",
          "when": "member.tier == 'gold'", "earn": {"fixed": 7}}  # fmt: skip
FIELDS = ("member_id", "receipt", "business_date", "sold_at", "category", "amount")
COLUMNS = mapped(*FIELDS, store="S1", terminal="T1", line="1")
#: What policies leave in any order: terms follow arrival, since a fall waits for its term's end (I1, T5).
POSITIONS = {
    "account": "unit, available, held, debt, pending, lowering",
    "lot": STATE["lot"],
    "pending WHERE state = 'pending'": "unit, points, opens_at, opens_on_event, contra",
}

Fact = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Party:
    """A club with its members and one till."""

    make: Maker
    till: Till
    shoppers: Sequence[Shopper]


@dataclass(frozen=True, slots=True)
class Plan:
    """Facts that are all told at one instant, and the door that takes batches of them."""

    door: str
    found: Callable[[Maker], None]
    facts: Callable[[Party, random.Random], list[Fact]]
    columns: Mapping[str, str]


@dataclass(slots=True)
class Mangler:
    """A teller with a bad line: sends what it likes as often as it likes, until all was answered."""

    party: Party
    plan: Plan
    rng: random.Random
    folder: Path
    answered: set[int] = field(default_factory=set)
    batches: int = 0

    def tell(self, facts: Sequence[Fact]) -> int:
        """Tell all; how many batches that took."""
        order = list(range(len(facts)))
        if self.rng.random() < 0.8:
            self.rng.shuffle(order)
        for part in self._parts(order):
            self._send([facts[no] for no in part], part)
        while left := [no for no in order if no not in self.answered]:
            self._send([facts[no] for no in left], left)
        self._send(facts, range(len(facts)))
        return self.batches

    def _parts(self, order: Sequence[int]) -> Iterator[list[int]]:
        """Stretches that overlap, some of them twice, with a line here and there told again."""
        place = 0
        while place < len(order):
            size = self.rng.choice([1, 3, len(order) // 2, len(order)])
            back = self.rng.choice([0, 0, 1, 5])
            part = list(order[max(0, place - back) : place + size])
            part += self.rng.sample(order, self.rng.choice([0, 0, 2]))
            yield part
            if self.rng.random() < 0.3:
                yield part[::-1]
            place += size

    def _send(self, facts: Sequence[Fact], numbers: Sequence[int]) -> None:
        """One batch; it may be cut in the middle of a line, or nobody may listen to its end."""
        self.batches += 1
        if self.plan.door == SALES and self.rng.random() < 0.15:
            self._import(facts, numbers)
            return
        lines = [json.dumps(fact) for fact in facts]
        body = "\n".join(lines)
        whole = len(lines)
        if self.rng.random() < 0.25:
            body = body[: self.rng.randrange(len(body) + 1)]
            whole = body.count("\n")
        elif self.rng.random() < 0.2:
            body = '{"never": \n' + body.replace("\n", "\n[]\n", 1)
        heard = self.rng.randint(0, whole) if self.rng.random() < 0.25 else None
        outcomes = _outcomes(self.party.till, body, self.plan.door, heard)
        told = [one for one in outcomes if one["status"] in ("created", "replayed")]
        assert heard is not None or len(told) >= whole, outcomes
        if heard is None and whole == len(lines):
            self.answered.update(numbers)

    def _import(self, facts: Sequence[Fact], numbers: Sequence[int]) -> None:
        """The same sales as a file."""
        once = {fact["receipt"]: fact for fact in facts}.values()
        rows = [
            ",".join([*(fact[name] for name in FIELDS[:4]), *(fact["lines"][0][name] for name in FIELDS[4:])])
            for fact in once
        ]
        file = csv_file(self.folder, ",".join(FIELDS), *rows)
        self.party.make.run("import", "purchases", file, *COLUMNS)
        self.answered.update(numbers)


def round_of_batches(ground: Ground, seed: int) -> Mapping[str, int]:
    """The same facts one by one and in mangled batches, on two databases: the same final state."""
    rng = random.Random(seed)
    plan = rng.choice([_sales, _sales, _policies])(rng)
    told, later = rng.random(), NOW + rng.choice([1, 20, 90]) * DAY
    with (
        ground.database() as one,
        ground.database() as other,
        house(one) as alone,
        house(other) as many,
    ):
        party = _party(alone, plan)
        for fact in plan.facts(party, random.Random(told)):
            _tell_one(party.till, plan, fact)
        party = _party(many, plan)
        facts = plan.facts(party, random.Random(told))
        batches = Mangler(party, plan, rng, ground.folder).tell(facts)
        same(digest(one, plan.columns), digest(other, plan.columns), "told in batches")
        for make in (alone, many):
            make.clock.move(later)
            make.run("jobs", "nightly")
        same(digest(one, plan.columns), digest(other, plan.columns), f"a night later, {later}")
        sound(many)
    return {"batches": batches, "facts": len(facts)}


def _party(make: Maker, plan: Plan) -> Party:
    """The same club on each database: one member has points and a hold that ends soon."""
    plan.found(make)
    party = Party(make, till := make.till(), [make.shopper(till) for _ in range(MEMBERS)])
    make.clock.move(NOW - DAY)
    party.shoppers[0].adjust(120)
    party.shoppers[0].hold(30, ends_in_seconds=40 * 3600)
    make.clock.move(NOW)
    return party


def _tell_one(till: Till, plan: Plan, fact: Fact) -> None:
    """By the door for single facts."""
    if plan.door == SALES:
        answer = till.post("/purchases", fact)
    else:
        told = {name: value for name, value in fact.items() if name != "policy_no"}
        answer = till.send("PUT", f"/policies/{fact['policy_no']}", told)
    assert answer.status_code in (200, 201), answer.json


def _sales(rng: random.Random) -> Plan:
    """Sales of many days under two editions; told late ones, or else a rule that asks for the tier (P14)."""
    late = rng.random() < 0.5
    club = SHOP if late else SHOP | {"rule[4]": GOLDEN}

    def found(make: Maker) -> None:
        make.document(small(**club))
        changed = club | {"rule[0].earn": {"points": 3, "per": "2.00"}, "unit.reward.expiry": {"days": 45}}
        make.document(small(**changed), NOW - 10 * DAY)

    def facts(party: Party, rng: random.Random) -> list[Fact]:
        return [_sale(rng.choice(party.shoppers), no, rng, 110 if late else 38) for no in range(FACTS)]

    return Plan(SALES, found, facts, STATE)


def _sale(who: Shopper, no: int, rng: random.Random, most_days: int) -> Fact:
    sold_at = NOW - timedelta(seconds=rng.randint(1, most_days * 86_400))
    line = {"line": 1, "category": rng.choice(["fresh", "home"]), "amount": f"{rng.randint(0, 40_000) / 100}"}
    named = receipt(f"r-{no}") | {"member_id": who.member_id, "sold_at": wire(sold_at), "currency": "EUR"}
    return named | {"lines": [line]}


def _policies(rng: random.Random) -> Plan:
    """States of policies, some of them yet to come, some of them ends; where all rise tiers agree too."""
    state = _raised if rng.random() < 0.4 else _changed

    def facts(party: Party, rng: random.Random) -> list[Fact]:
        return [
            state(party, number, version, rng) | {"policy_no": f"P{number}"}
            for number in range(FACTS // 4)
            for version in range(1, rng.randint(2, 6))
        ]

    columns = POSITIONS | ({"standing": "tier, until_at"} if state is _raised else {})
    return Plan(POLICIES, lambda make: make.document(insurer()), facts, columns)


def _raised(party: Party, number: int, version: int, rng: random.Random) -> dict[str, Any]:
    """Each version pays more, and stays with its holder."""
    return policy(
        version,
        holder={"member_id": party.shoppers[number % MEMBERS].member_id},
        effective_at=wire(_effective(version, rng)),
        coverages=[coverage(f"{20_000 * version}.00")],
    )


def _changed(party: Party, number: int, version: int, rng: random.Random) -> dict[str, Any]:
    """Anything may have changed: the holder (I5), the premiums, the status, the end of cooling-off (I4)."""
    more = [coverage(f"{rng.randrange(1_000, 50_000)}.00", no=2)] if rng.random() < 0.4 else []
    first = coverage(f"{rng.randrange(10_000, 90_000)}.00", reduced_premium=f"{rng.randrange(9_000)}.00")
    ended_on = (NOW + rng.randint(-60, 30) * DAY).date().isoformat()
    return policy(
        version,
        holder={"member_id": rng.choice(party.shoppers).member_id},
        effective_at=wire(_effective(version, rng)),
        status=rng.choice(["in_force", "in_force", *STATUSES]),
        cooling_off_ends_on=rng.choice([None, "2025-12-20", ended_on]),
        coverages=[first, *({**one, "reduced_premium": "500.00"} for one in more)],
    )


def _effective(version: int, rng: random.Random) -> datetime:
    """Between half a year ago and 60 days ahead; a later version may hold from an earlier instant."""
    return NOW + (version * 30 - 180 + rng.randint(0, 90)) * DAY


def _outcomes(till: Till, body: str, path: str, heard: int | None) -> list[Any]:
    """What became of each line; after so many of them the till hangs up."""
    answer = till._client.post(
        f"/v1{path}",
        data=body,
        content_type="application/x-ndjson",
        headers={"Authorization": f"Bearer {till._key}"},
        buffered=heard is None,
    )
    assert answer.status_code == 200, answer.json
    told = b""
    for no, piece in enumerate(answer.iter_encoded()):
        if no == heard:
            break
        told += piece
    answer.close()
    return [json.loads(line) for line in told.splitlines()]


PROOF = Proof("batches", "batches", round_of_batches, quick=2, long={SQLITE: 1000, POSTGRESQL: 1000})
