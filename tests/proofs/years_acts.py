"""What members do, told by the doors of the club and noted down for the second computation."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from tests.makers import Maker, Till, receipt, wire
from tests.policies import coverage, policy
from tests.proofs.diary import DAY, day_of
from tests.proofs.years_book import Book, Fact, Rules
from tests.proofs.years_club import LISBON, Person
from tests.proofs.years_facts import lived

SECOND = timedelta(seconds=1)
ENDS_IN_SECONDS = (900, 86_400, 20 * 86_400)
STATUSES = {"in_force": 1, "grace": 1, "lapsed": 0, "surrendered": 0}  #: and what they count


@dataclass(slots=True)
class Acts:
    """Draws what people do; `queue` are sales that the till has not told yet."""

    make: Maker
    till: Till
    rng: random.Random
    people: Sequence[Person]
    editions: list[Rules]
    queue: list[tuple[Person, Mapping[str, Any]]] = field(default_factory=list)
    touched: set[int] = field(default_factory=set)
    told: int = 0
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def now(self) -> datetime:
        return self.make.clock.now()

    def one(self) -> None:
        """Somebody does something; those who come first come often."""
        person = self.people[int(len(self.people) * self.rng.random() ** 2)]
        act = self.rng.choices(list(DRAWN), list(DRAWN.values()))[0]
        act(self, person)

    def book(self, person: Person) -> Book:
        """What the person has now, by the second computation."""
        return lived(LISBON, self.editions, person.facts, self.now)

    def note(self, person: Person, kind: str, **said: Any) -> None:
        """Keep a fact as it was told."""
        person.facts.append(Fact(self.now, kind, said))
        self.touched.add(person.number)
        self.told += 1

    def tell_sales(self) -> None:
        """The till is online again, and tells what was sold meanwhile."""
        queue, self.queue = self.queue, []
        if not queue:
            return
        outcomes = self.till.batch(*(self._body(person, sale) for person, sale in queue))
        for (person, sale), outcome in zip(queue, outcomes, strict=True):
            assert outcome["status"] == "created", outcome
            person.sales[sale["sale"]] = outcome["purchase_id"]
            self.note(person, "bought", **sale)

    def _body(self, person: Person, sale: Mapping[str, Any]) -> dict[str, Any]:
        lines = [
            {"line": no, "category": category, "amount": f"{minor / 100:.2f}"}
            for no, (category, minor) in sale["lines"].items()
        ]
        named = receipt(sale["sale"]) | {"member_id": person.shopper.member_id, "currency": "EUR"}
        return named | {"sold_at": wire(sale["sold_at"]), "lines": lines}

    def name(self) -> str:
        return f"n-{next(self.numbers)}"


def _buys(acts: Acts, person: Person) -> None:
    lines = {
        no: (acts.rng.choice(["fresh", "later", "home", "home"]), acts.rng.randint(100, 15_000))
        for no in range(1, acts.rng.choice([2, 2, 3]))
    }
    acts.queue.append((person, {"sale": acts.name(), "sold_at": acts.now, "lines": lines}))


def _returns(acts: Acts, person: Person) -> None:
    """Some of what is left of a line of one of the latest sales."""
    if not person.sales:
        return
    name = acts.rng.choice(list(person.sales)[-4:])
    sale = acts.book(person).sales[name]
    no = acts.rng.choice(list(sale.lines))
    if left := sale.lines[no][1] - sale.back[no]:
        minor = acts.rng.choice([left, acts.rng.randint(1, left)])
        person.shopper.give_back({"purchase_id": person.sales[name]}, (no, f"{minor / 100:.2f}"))
        acts.note(person, "returned", sale=name, lines={no: minor})


def _redeems(acts: Acts, person: Person) -> None:
    available, _, debt, *_ = acts.book(person).figures("reward")
    if debt or not available or acts.rng.random() < 0.1:
        person.shopper.redeem(available + 1, expect=422)
        return
    name, points = acts.name(), acts.rng.choice([available, acts.rng.randint(1, available)])
    person.redemptions[name] = person.shopper.redeem(points)
    acts.note(person, "redeemed", key=name, points=points)


def _reverses(acts: Acts, person: Person) -> None:
    if not person.redemptions:
        return
    name = acts.rng.choice(list(person.redemptions)[-3:])
    if left := sum(points for _, points in acts.book(person).spent[name]):
        points = acts.rng.choice([left, acts.rng.randint(1, left)])
        person.shopper.reverse(person.redemptions[name], points)
        acts.note(person, "reversed", key=name, points=points)


def _holds(acts: Acts, person: Person) -> None:
    available, _, debt, *_ = acts.book(person).figures("reward")
    if available and not debt:
        name, points = acts.name(), acts.rng.randint(1, available)
        seconds = acts.rng.choice(ENDS_IN_SECONDS) + acts.rng.randint(0, 3_600)
        person.holds[name] = person.shopper.hold(points, ends_in_seconds=seconds)
        acts.note(person, "held", key=name, points=points, ends_at=acts.now + seconds * SECOND)


def _closes(acts: Acts, person: Person) -> None:
    """A hold is captured, in part or whole, or let go."""
    for name, (_, pots) in list(acts.book(person).holds.items())[:1]:
        points = acts.rng.choice([0, held := sum(points for _, points in pots), acts.rng.randint(1, held)])
        if points:
            person.shopper.capture(person.holds[name], points)
        else:
            person.shopper.void(person.holds[name])
        acts.note(person, "closed", key=name, points=points)


def _is_corrected(acts: Acts, person: Person) -> None:
    unit, points = acts.rng.choice(["reward", "status", "cover"]), acts.rng.randint(1, 120)
    available, _, debt, *_ = acts.book(person).figures(unit)
    if available and not debt and acts.rng.random() < 0.4:
        points = -acts.rng.randint(1, available)
    person.shopper.adjust(points, unit)
    acts.note(person, "adjusted", unit=unit, points=points)


def _is_insured(acts: Acts, person: Person) -> None:
    """A new policy, or a further state of one: told late, on its day or ahead."""
    name = acts.rng.choice([*list(person.policies)[-2:], acts.name()])
    known = person.policies.setdefault(name, {"version": 0, "issued_on": day_of(acts.now, LISBON),
        "cooling": day_of(acts.now, LISBON) + acts.rng.randint(0, 20) * DAY})  # fmt: skip
    known["version"] += 1
    first = known["version"] == 1
    effective_at = acts.now if first else acts.now + acts.rng.randint(-10 * 86_400, 30 * 86_400) * SECOND
    status = "in_force" if first else acts.rng.choice(list(STATUSES))
    euros = acts.rng.randrange(1_000, 8_000, 2)
    told = policy(
        known["version"],
        holder={"member_id": person.shopper.member_id},
        effective_at=wire(effective_at),
        status=status,
        issued_on=known["issued_on"].isoformat(),
        cooling_off_ends_on=known["cooling"].isoformat(),
        currency="EUR",
        coverages=[coverage(f"{euros}.00")],
    )
    answer = acts.till.send("PUT", f"/policies/{name}", told)
    assert answer.status_code == 200, answer.json
    points = euros // 2 * STATUSES[status]
    acts.note(person, "told", policy=name, version=known["version"], effective_at=effective_at,
              points=points, cooling=known["cooling"])  # fmt: skip


DRAWN: Mapping[Callable[[Acts, Person], None], int] = {
    _buys: 66,
    _returns: 8,
    _redeems: 7,
    _reverses: 2,
    _holds: 5,
    _closes: 4,
    _is_corrected: 3,
    _is_insured: 5,
}
