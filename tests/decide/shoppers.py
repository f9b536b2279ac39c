"""A shopper in memory: decisions applied one after the other, told on time or late."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from loyalty.decide import purchase, spend
from loyalty.decide.examples import EnrolFact
from loyalty.decide.life import Life
from loyalty.decide.outcome import Outcome
from loyalty.decide.programme import Edition, Editions, compile_programme
from loyalty.decide.take_back import Sold, give_back_goods, issues_of, taken_by
from loyalty.ledger.lots import Portion
from loyalty.sales.facts import Line, Purchase, Receipt, Return, ReturnedLine
from tests.documents import GONE, small

RECEIPT = Receipt("S1", "T1", date(2026, 1, 5), "1")
NOON, DAY = datetime(2026, 1, 5, 12, tzinfo=UTC), timedelta(days=1)


class Shopper(Life):
    """Joined at noon of 5 January 2026; `now` moves as a test says. Amounts are whole euros."""

    def __init__(self, birth_date: date | None = None, **changes: object) -> None:
        super().__init__(compile_programme(small(**({"example": GONE} | changes))))
        self.now = NOON
        self.joined = self.tell(EnrolFact(NOON, birth_date))

    def hears_of(self, since: datetime, **changes: object) -> None:
        """Another edition, in force from an instant."""
        programme = compile_programme(small(**({"example": GONE} | changes)))
        self.editions = Editions((*self.editions.items, Edition(2, since, programme)))

    def buys(self, *euros: int, category: str = "home", sold_at: datetime | None = None) -> Outcome:
        """A sale told now."""
        lines = tuple(Line(no, "", category, 1000, one * 100) for no, one in enumerate(euros, start=1))
        fact = Purchase(RECEIPT, sold_at or self.now, "EUR", lines)
        outcome = purchase.purchase(self.editions, fact, self.alive, self.now, self.ids)
        earned = next(operation for operation in outcome.operations if operation.kind == "earn")
        parts = outcome.award.parts if outcome.award else ()
        self.sale = Sold(earned.op_id, earned.edition, lines, parts, (), {}, {})
        return self.live(outcome)

    def returns(self, *lines: tuple[int, int], euros: int = 0, at: datetime | None = None) -> Outcome:
        """Goods of the last sale come back, by (line, euros) or by an amount."""
        parts = tuple(ReturnedLine(no, 0, one * 100) for no, one in lines)
        back = Return(RECEIPT, at or self.now, parts, euros * 100)
        found = {
            "issues": issues_of(self.operations, self.sale.op_id),
            "taken": taken_by(self.operations, self.sale.op_id),
        }
        sold = replace(self.sale, **found)
        outcome = give_back_goods(self.editions, sold, back, self.alive, self.now, self.ids)
        self.sale = replace(self.sale, returns=(*self.sale.returns, back))
        return self.live(outcome)

    def redeems(self, points: int, unit: str = "reward") -> Outcome:
        return self.live(spend.redeem(self.editions, unit, points, self.alive, self.now, self.ids, {}))

    def reverses(self, redeemed: Outcome, points: int | None = None, reversed: int = 0) -> Outcome:
        done = next(one for one in redeemed.operations if one.kind in ("redeem", "capture"))
        [part] = done.parts
        portions = tuple(Portion(move.lot, -move.points) for move in part.moves if move.contra == "redeemed")
        spent = spend.Spent(done.op_id, done.edition, part.unit, portions, reversed)
        return self.live(spend.reverse(self.editions, spent, points, self.alive, self.now, self.ids))

    def holds(self, points: int, lasts: timedelta = DAY) -> Outcome:
        return self.live(spend.hold(self.editions, "reward", points, lasts, self.alive, self.now, self.ids))

    def closes(self, held: Outcome, captured: int | None) -> Outcome:
        op_id = held.operations[-1].op_id
        outcome = spend.close_hold(self.editions, "reward", op_id, captured, self.alive, self.now, self.ids)
        return self.live(outcome)

    def adjusts(self, points: int, unit: str = "reward") -> Outcome:
        return self.live(spend.adjust(self.editions, unit, points, self.alive, self.now, self.ids, {}))

    def live(self, outcome: Outcome) -> Outcome:
        """Go on from there."""
        self.snapshot = outcome.after
        self.operations.extend(outcome.operations)
        return outcome

    @property
    def alive(self) -> Any:
        return self._alive()

    def figures(self, unit: str = "reward") -> tuple[int, int, int, int]:
        """What is available, held, pending and owed now."""
        account = self.at(self.now).accounts[unit]
        return account.available, account.held, account.promised, account.debt
