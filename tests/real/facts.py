"""What happens in a case, told to the club through its public doors: one function for each kind of fact.

A new kind is a function and a line of `KINDS`; what it does not name itself goes to the door as it stands.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from itertools import count
from typing import Any

from werkzeug.test import TestResponse

from loyalty.calendar import day_after
from tests.makers import Maker, Till, wire
from tests.real.casebook import Casebook, Fact, instant

Told = Mapping[str, Any]
#: A coverage for 30 years, paid each year for 20; what a policy says in these words is of its only coverage.
COVERAGE: Told = {
    "product": "life", "main": True, "premium": "0.00",
    "pay_mode": "annual", "pay_years": 20, "cover_years": 30,
}  # fmt: skip


@dataclass(slots=True)
class Somebody:
    """The member of a case, and the doors through which the club hears of them."""

    make: Maker
    till: Till
    book: Casebook
    case: str
    member_id: str = ""
    refused: str | None = None  #: the code with which the last fact was refused
    sales: dict[str, str] = field(default_factory=dict)  #: purchase ids by receipt
    policies: dict[str, Told] = field(default_factory=dict)  #: what was told of each policy, by its number
    turns: Iterator[int] = field(default_factory=count)

    def tell(self, fact: Fact) -> None:
        """Let a fact happen; a refusal is remembered, until a look sees it."""
        assert self.refused is None, f"{self.case}: refused as {self.refused}, and no look sees it"
        answer = KINDS[fact.kind](self, fact.told, fact.at)
        if answer is not None and answer.status_code >= 400:
            self.refused = answer.json["code"]  # type: ignore[index]

    def post(self, path: str, *parts: Told, method: str = "POST") -> TestResponse:
        """Tell it to the API: the parts make one body, its days and instants become text."""
        body = {name: value for part in parts for name, value in part.items()}
        plain = json.loads(json.dumps(body, default=self._text))
        return self.till.send(method, path, plain, idempotency_key=self.name())

    def name(self) -> str:
        """A name that nothing had before."""
        return f"{self.case}-{next(self.turns)}"

    @property
    def member(self) -> Told:
        """Whom a fact is about."""
        return {"member_id": self.member_id}

    def points(self, told: Told) -> Told:
        """The points of a fact as the API counts them: in their unit's smallest steps."""
        return {"points": int(Fraction(told["points"]) * 10 ** self.book.decimals(told["unit"]))}

    def receipt(self, at: datetime, number: str, called: str = "receipt") -> Told:
        """The business key of a sale or of a return."""
        own = f"{self.case} {number}"
        return {"store": "S1", "terminal": "T1", "business_date": self.book.day(at), called: own}

    def _text(self, value: date) -> str:
        inside = isinstance(value, datetime)
        return wire(instant(value, self.book.zone)) if inside else value.isoformat()


def enrol(who: Somebody, told: Told, at: datetime) -> TestResponse:
    """The member joins."""
    answer = who.post("/members", {"name": who.case, "references": [who.case]}, told)
    who.member_id = (answer.json or {}).get("member_id", "")
    return answer


def purchase(who: Somebody, told: Told, at: datetime) -> TestResponse:
    """The member buys: `lines`, or one line by its `amount`."""
    sale = {"sold_at": wire(at), "currency": who.book.currency, **told}
    number = sale.pop("receipt", "") or who.name()
    lines = sale.pop("lines", None) or [{"amount": sale.pop("amount")}]
    sale["lines"] = [{"line": no, **line} for no, line in enumerate(lines, start=1)]
    answer = who.post("/purchases", who.receipt(at, number), who.member, sale)
    who.sales[number] = (answer.json or {}).get("purchase_id", "")
    return answer


def goods_back(who: Somebody, told: Told, at: datetime) -> TestResponse:
    """Goods of a receipt come back: by `lines`, or by an `amount`."""
    back = {"returned_at": wire(at), **told}
    path = f"/purchases/{who.sales[back.pop('receipt')]}/returns"
    return who.post(path, who.receipt(at, who.name(), "return_ref"), back)


def activity(who: Somebody, told: Told, at: datetime) -> TestResponse:
    """The member does something; of one sale if `about` names its receipt."""
    about = {"about": who.sales[told["about"]]} if "about" in told else {}
    return who.post("/facts", who.member, {"reference": who.name(), "happened_at": wire(at)}, told, about)


def adjust(who: Somebody, told: Told, at: datetime) -> TestResponse:
    """Staff add points to a unit, or take some."""
    why = {"reason_code": "published_case", "note": who.case, "reference": who.name()}
    return who.post("/adjustments", who.member, why, told, who.points(told))


def redeem(who: Somebody, told: Told, at: datetime) -> TestResponse:
    """The member spends points."""
    return who.post("/redemptions", who.member, {"reference": who.name()}, told, who.points(told))


def order(who: Somebody, told: Told, at: datetime) -> TestResponse:
    """The member buys a reward with points."""
    return who.post("/reward-orders", who.member, {"reference": who.name()}, told)


def tier(who: Somebody, told: Told, at: datetime) -> TestResponse:
    """Staff give a tier by hand, to the end of its `last_day`."""
    given = {"reason": who.case, **told}
    given["until"] = wire(day_after(given.pop("last_day"), who.book.zone))
    return who.post(f"/members/{who.member_id}/tier", given)


def policy(who: Somebody, told: Told, at: datetime) -> TestResponse:
    """The core system tells the next state of a policy: as the one before, but for what it says.

    `coverages`, or the only one by its own words; in force from the day it is first told of.
    """
    number, day = told.get("no", "P"), who.book.day(at)
    first = {"status": "in_force", "issued_on": day, "currency": who.book.currency}
    known = who.policies[number] = {**first, **who.policies.get(number, {}), **told}
    only = COVERAGE | {word: known[word] for word in COVERAGE if word in known}
    state = {word: value for word, value in known.items() if word != "no" and word not in COVERAGE}
    state["coverages"] = [
        {"no": no, **COVERAGE, "main": no == 1, **coverage}
        for no, coverage in enumerate(known.get("coverages", (only,)), start=1)
    ]
    since = told.get("effective_at", at)
    news = {"version": 1 + next(who.turns), "effective_at": since, "holder": who.member}
    return who.post(f"/policies/{who.case}-{number}", state, news, method="PUT")


def premium(who: Somebody, told: Told, at: datetime) -> TestResponse:
    """A premium of a policy is paid, on the day it is due."""
    paid = {"reference": who.name(), "paid_at": wire(at), "due_on": who.book.day(at), **told}
    paid["policy_no"] = f"{who.case}-{paid.pop('no', 'P')}"
    return who.post("/premiums", paid)


def night(who: Somebody, told: Told, at: datetime) -> None:
    """The club's night."""
    who.make.run("jobs", "nightly")


KINDS: Mapping[str, Callable[[Somebody, Told, datetime], TestResponse | None]] = {
    "enrol": enrol,
    "purchase": purchase,
    "return": goods_back,
    "activity": activity,
    "adjust": adjust,
    "redeem": redeem,
    "order": order,
    "tier": tier,
    "policy": policy,
    "premium": premium,
    "night": night,
}
