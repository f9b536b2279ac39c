"""Random lives of one member at the tills: whatever they do, the books hold (P7, P9, P10, P17, P18)."""

from collections import Counter
from datetime import datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from loyalty import ids
from loyalty.db import db
from tests.documents import GONE
from tests.makers import receipt, wire
from tests.receipts import Sale, goods, minors, money

DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)
LATER = {"code": "later", "on": "purchase", "unit": "reward", "phase": "bonus", "earn": {"fixed": 33},
         "from": {"days": 3}}  # fmt: skip
CLIMB = {"code": "climb", "on": "purchase", "unit": "status", "earn": {"points": 1, "per": "1.00"}}
FRESH = {"code": "fresh", "on": "purchase", "unit": "reward", "phase": "bonus",
         "earn": {"points": 7, "per": "3.00"}, "when": "line.category == 'fresh'"}  # fmt: skip
WORTH = {"points": 10, "money": "0.10", "step": 10, "max_share": "0.8", "excluded_categories": ["gift"]}
CLUB = {
    "rule[2]": LATER, "rule[3]": FRESH, "rule[4]": CLIMB, "unit.reward.worth": WORTH,
    "unit.reward.expiry": {"months": 2}, "terms.length": {"months": 3},
    "club.returns_without_receipt": {"member_day": "300.00"},
}  # fmt: skip
CLUBS = [
    {},
    {"unit.reward.on_return": "clamp", "terms.on_reversal": "resume"},
    {"unit.reward.on_return": "pending_only", "unit.reward.order": "oldest_first"},
    {"unit.reward.expiry": {"inactive_months": 1}, "terms.measure": {"balance": "reward"}, "rule[4]": GONE},
]
PHASES = (Phase.explicit, Phase.generate)  # a life is long to tell again: nothing is shrunk
CHECKS = list(HealthCheck)  # a busy machine is no fault
LONG = pytest.mark.prove
AMOUNTS = st.integers(0, 60_000) | st.sampled_from([1, 99, 50_000])
CATEGORIES = st.sampled_from(["fresh", "home", "gift"])
LINES = st.lists(st.tuples(AMOUNTS, CATEGORIES, st.booleans()), min_size=1, max_size=4)
VERBS = ["buy", "buy", "buy", "pay", "pay", "pay_held", "back", "back", "cancel", "cancel", "bare", "redeem",
         "reverse", "hold", "capture", "void", "wait", "wait"]  # fmt: skip
ACTS = st.lists(st.tuples(st.sampled_from(VERBS), LINES, st.integers(0, 10**6)), min_size=8, max_size=14)
WAITS = [SECOND, 5 * HOUR, DAY, 4 * DAY, 45 * DAY, 100 * DAY]


class Life:
    """One member's tills: does what is asked as far as it goes, and keeps what it was told."""

    def __init__(self, make, clock, till):
        self.who, self.clock = make.shopper(till), clock
        self.sales: list[Sale] = []
        self.spent: list[dict] = []
        self.holds: list[dict] = []
        self.wishes: list[tuple] = []
        self.seen: list[tuple[datetime, object, object]] = []
        self.turns = count(1)

    def tell(self, path, body, *allowed):
        """A wish that is heard, or refused for one of these reasons."""
        answer = self.who.till.post(path, body)
        if answer.status_code >= 300:
            assert answer.json.get("code") in allowed, (path, body, answer.json)
            return None
        self.wishes.append((path, body, answer.json))
        return answer.json

    def act(self, verb, lines, pick):
        """One act of the member; then a second passes."""
        getattr(self, verb)(lines, pick)
        self.seen.append((self.clock.now(), self.who.look("/balance"), self.who.look("/tier")["tier"]))
        self.clock.move(SECOND)

    def buy(self, lines, pick, tenders=()):
        told = self.who.sale(*goods(lines), **({"tenders": tenders} if tenders else {}))
        known = {"not_enough_points", "in_debt", "points_share_exceeded"} if tenders else ()
        if (answer := self.tell("/purchases", told, *known)) is not None:
            self.sales.append(Sale(told, answer, tenders))

    def _tenders(self, lines, points, **held):
        told = goods(lines)
        whole = sum(minors(line["amount"]) for line in told)
        payable = sum(minors(line["amount"]) for line in told if line["category"] != "gift")
        points = min(points, whole, payable * 8 // 10) // 10 * 10
        if points <= 0:
            return ()
        rest = whole - points
        by_points = {"kind": "points", "points": points, "amount": money(points)} | held
        return [
            {"kind": "card", "amount": money(rest - rest // 3)},
            by_points,
            {"kind": "cash", "amount": money(rest // 3)},
        ]

    def pay(self, lines, pick):
        available, _, _, debt = self.who.figures()
        points = 0 if debt else available if pick % 2 else pick % (available + 1)
        self.buy(lines, pick, self._tenders(lines, points))

    def pay_held(self, lines, pick):
        self.hold(lines, pick)
        if self.holds:
            held = self.holds[pick % len(self.holds)]
            tenders = self._tenders(lines, held["points"], hold_id=held["hold_id"])
            told = self.who.sale(*goods(lines), **({"tenders": tenders} if tenders else {}))
            if tenders and (answer := self.tell("/purchases", told, "hold_closed")) is not None:
                self.sales.append(Sale(told, answer, tenders))

    def back(self, lines, pick):
        if not self.sales:
            return
        sale = self.sales[pick % len(self.sales)]
        room = [
            (no, minor - sale.back[no])
            for no, minor in enumerate(sale.lines, start=1)
            if minor > sale.back[no]
        ]
        body = receipt(f"b-{next(self.turns)}-{self.who.member_id}", "return_ref") | {
            "returned_at": wire(self.clock.now())
        }
        if pick % 3 and room:
            no, most = room[pick % len(room)]
            part = min(most, sale.left) if pick % 5 == 0 else pick % (min(most, sale.left) + 1)
            parts = Counter({no: part})
            body["lines"] = [{"line": no, "quantity": "0", "amount": money(part)}]
        else:
            part = sale.left if pick % 5 == 0 else pick % (sale.left + 1)
            parts = Counter({0: part})
            body["amount"] = money(part)
        told = self.tell(
            f"/purchases/{sale.answer['purchase_id']}/returns",
            body,
            *(["receipt_cancelled"] if sale.cancelled else []),
        )
        if told is not None:
            sale.back += parts
            self._undone(sale, told)

    def cancel(self, lines, pick):
        if not self.sales:
            return
        sale = self.sales[pick % len(self.sales)]
        name = {part: sale.told[part] for part in ("store", "terminal", "business_date", "receipt")}
        told = self.tell(
            "/purchases/cancel", name | {"cancel_ref": f"c-{next(self.turns)}-{self.who.member_id}"}
        )
        assert told["was"] == ("cancelled" if sale.cancelled else "booked")
        sale.cancelled = True
        self._undone(sale, told)

    def _undone(self, sale, told):
        for kind, amount in told["refund"]["money_by_tender"].items():
            sale.refunded[kind] += minors(amount)
        sale.points += sum(told["refund"]["points"].values())
        for unit, points in told["taken_back"].items():
            sale.taken += points + told["shortfall"].get(unit, 0)
        sale.forgiven.update(told["shortfall"])
        assert all(points >= 0 for points in told["taken_back"].values())

    def bare(self, lines, pick):
        body = receipt(f"w-{next(self.turns)}-{self.who.member_id}", "return_ref") | {
            "returned_at": wire(self.clock.now()), "card": self.who.card,
            "lines": [{"line": no} | line for no, line in enumerate(goods(lines, exchanges=False), start=1)],
        }  # fmt: skip
        self.tell("/returns", body, "return_limit")

    def redeem(self, lines, pick):
        body = {
            "card": self.who.card,
            "points": 1 + pick % 300,
            "reference": f"r-{next(self.turns)}-{self.who.member_id}",
        }
        if (told := self.tell("/redemptions", body, "not_enough_points", "in_debt")) is not None:
            self.spent.append(told)

    def reverse(self, lines, pick):
        paid = [
            (sale, sale.answer["paid_with_points"]) for sale in self.sales if sale.answer["paid_with_points"]
        ]
        mine = [(None, spent) for spent in self.spent] + paid
        if mine:
            sale, spent = mine[pick % len(mine)]
            body = {
                "reference": f"v-{next(self.turns)}-{self.who.member_id}",
                "points": 1 + pick % spent["points"],
            }
            told = self.tell(
                f"/redemptions/{spent['redemption_id']}/reverse", body, "reversal_exceeds_redemption"
            )
            if sale is not None and told is not None:
                sale.reversed_by_hand = True

    def hold(self, lines, pick):
        body = {
            "card": self.who.card,
            "points": 1 + pick % 400,
            "reference": f"h-{next(self.turns)}-{self.who.member_id}",
            "ends_in_seconds": 3600 * (1 + pick % 200),
        }
        if (told := self.tell("/holds", body, "not_enough_points", "in_debt")) is not None:
            self.holds.append(told | {"reference": body["reference"]})

    def capture(self, lines, pick):
        if self.holds:
            held = self.holds[pick % len(self.holds)]
            told = self.tell(
                f"/holds/{held['hold_id']}/capture",
                {"points": 1 + pick % held["points"]},
                "hold_closed",
                "key_reused",
            )
            if told is not None and not told["replayed"]:
                self.spent.append({"redemption_id": told["redemption_id"], "points": told["captured"]})

    def void(self, lines, pick):
        if self.holds:
            held = self.holds[pick % len(self.holds)]
            body = {"reference": held["reference"]}
            if pick % 2:
                self.tell("/holds/cancel", body)
                for sale in self.sales:  # what it paid for, it pays no longer (P18)
                    sale.reversed_by_hand |= any(
                        one.get("hold_id") == held["hold_id"] for one in sale.tenders
                    )
            else:
                self.tell(f"/holds/{held['hold_id']}/void", None, "hold_closed")

    def wait(self, lines, pick):
        self.clock.move(WAITS[pick % len(WAITS)])

    def check(self, app, mode):
        """All that must hold at the end of any life."""
        after = self.who.look("/balance"), self.who.look("/tier")
        for path, body, first in self.wishes:
            again = self.who.till.post(path, body)
            assert again.json == first | {"replayed": True}, (path, body)
        assert (self.who.look("/balance"), self.who.look("/tier")) == after
        for at, balance, tier in self.seen:
            assert self.who.look("/balance", at)["units"] == balance["units"], at
            assert self.who.look("/tier", at)["tier"] == tier, at
        for sale in self.sales:
            self._check_sale(sale, mode)
        self.who.adjust(1)  # books what the clock has done
        shown = self.who.look("/balance")["units"]
        with app.app_context():
            words = text("SELECT unit, SUM(points) FROM entry WHERE member_id = :of GROUP BY unit")
            found = db.session.execute(words, {"of": ids.from_text(self.who.member_id)})
            booked = {unit: int(points) for unit, points in found}
        for unit, figures in shown.items():
            assert figures["available"] + figures["held"] - figures["debt"] == booked.get(unit, 0), unit

    def _check_sale(self, sale, mode):
        paid = Counter({t["kind"]: minors(t["amount"]) for t in sale.tenders if t["kind"] != "points"})
        points = next((t["points"] for t in sale.tenders if t["kind"] == "points"), 0)
        given = sum(sale.answer["award"]["units"].values())
        whole = sale.cancelled or sale.left == 0
        assert all(sale.refunded[kind] <= paid[kind] for kind in sale.refunded)
        assert sale.points <= points
        assert sale.taken <= given
        if whole and sum(sale.lines):
            assert +sale.refunded == +paid
            assert sale.reversed_by_hand or sale.points == points
            if mode != "pending_only":
                assert sale.taken == given


@pytest.mark.parametrize("changes", CLUBS, ids=["debt", "clamp", "pending_only", "inactivity"])
@pytest.mark.parametrize("examples", [3, pytest.param(400, marks=LONG)])
def test_p9_p10_p17_p18_any_life_at_the_tills_adds_up(make, app, clock, changes, examples):
    make.club(**{k: v for k, v in (CLUB | changes).items() if v is not GONE})
    till, mode = make.till(), changes.get("unit.reward.on_return", "debt")

    @settings(max_examples=examples, deadline=None, phases=PHASES, suppress_health_check=CHECKS)
    @given(ACTS, st.integers(0, 3_000))
    def holds(acts, start):
        life = Life(make, clock, till)
        if start:
            life.who.adjust(start)
        for act in acts:
            life.act(*act)
        life.check(app, mode)

    holds()
    make.run("ledger", "verify")
