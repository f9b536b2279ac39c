"""One member's life in memory: the same decisions as in the books, applied to a snapshot (examples). Pure."""

from dataclasses import replace
from datetime import datetime
from itertools import count

from loyalty import calendar
from loyalty.calendar import BEGINNING
from loyalty.decide import occasion, policy, purchase, rating, spend, standing
from loyalty.decide.example_policies import HOLDER, PolicyFact
from loyalty.decide.examples import (
    ActivityFact,
    AdjustFact,
    EnrolFact,
    Example,
    ExampleFact,
    PurchaseFact,
    RedeemFact,
    ReturnFact,
    YearlyFact,
)
from loyalty.decide.outcome import Outcome, Snapshot
from loyalty.decide.programme import Edition, Editions, Programme
from loyalty.decide.rating import Told
from loyalty.decide.resuming import Gone, added_by
from loyalty.decide.take_back import Sold, give_back_goods, issues_of, taken_by
from loyalty.errors import NotFound, NotSpendable, Refusal
from loyalty.ledger.lots import Account, Portion
from loyalty.ledger.operations import Operation
from loyalty.sales.facts import BY_POINTS, Line, Purchase, Receipt, Return, ReturnedLine, Tender


class Life:
    """A member who lives under one programme; every fact is told at the instant it happens."""

    def __init__(self, programme: Programme) -> None:
        self.programme = programme
        self.editions = Editions((Edition(1, BEGINNING, programme),))
        self.ids = count(1)
        self.snapshot: Snapshot | None = None
        self.operations: list[Operation] = []
        self.sold: dict[str, Sold] = {}
        self.insured: dict[str, tuple[Told, policy.Share]] = {}

    def tell(self, fact: ExampleFact) -> Outcome:
        """What one fact leads to, and live on from there. Raises a Refusal; then nothing has happened."""
        outcome = self._decide(fact)
        self.snapshot = outcome.after
        self.operations.extend(outcome.operations)
        return outcome

    def at(self, instant: datetime) -> Snapshot:
        """The member as the clock alone has made them by then."""
        return standing.true_at(self.editions, self._alive(), instant, self.ids).outcome().after

    def _decide(self, fact: ExampleFact) -> Outcome:
        if isinstance(fact, EnrolFact):
            accounts = {unit: Account(unit) for unit in self.programme.units}
            unborn = Snapshot(1, fact.at, fact.birth_date, accounts, {}, (), attributes=fact.attributes)
            return occasion.enrolment(self.editions, unborn, fact.at, self.ids)
        if isinstance(fact, PurchaseFact):
            return self._buy(fact)
        if isinstance(fact, ReturnFact):
            return self._return(fact)
        if isinstance(fact, RedeemFact):
            return self._redeem(fact)
        if isinstance(fact, ActivityFact):
            return self._act(fact)
        if isinstance(fact, PolicyFact):
            return self._insure(fact)
        if isinstance(fact, YearlyFact):
            return occasion.yearly(self.editions, fact.on, fact.at, self._alive(), fact.at, self.ids)
        return self._adjust(fact)

    def _buy(self, fact: PurchaseFact) -> Outcome:
        sale = Purchase(
            Receipt(fact.store, fact.terminal, fact.at.date(), fact.receipt),
            fact.at,
            self.programme.club.currency,
            tuple(
                Line(line.no, line.sku, line.category, int(line.quantity * 1000), line.amount_minor)
                for line in fact.lines
            ),
            tenders=self._tenders(fact),
            attributes=fact.attributes,
        )
        outcome = purchase.purchase(self.editions, sale, self._alive(), fact.at, self.ids)
        earned = outcome.booked("earn")
        award = outcome.award.parts if outcome.award else ()
        kept = Sold(earned.op_id, earned.edition, sale.lines, award, (), {}, {}, sale.tenders)
        self.sold[fact.receipt] = replace(kept, spent=_spent(outcome))
        return outcome

    def _tenders(self, fact: PurchaseFact) -> tuple[Tender, ...]:
        """What points pay, and money for the rest; () where all is money."""
        if fact.paid_with_points is None:
            return ()
        unit, points = fact.paid_with_points
        worth = self.programme.units[unit].worth
        minor = (worth.money(points) if worth else None) or 0
        rest = sum(line.amount_minor for line in fact.lines) - minor
        return Tender(BY_POINTS, minor, unit, points), Tender("cash", rest)

    def _act(self, fact: ActivityFact) -> Outcome:
        about = None
        if fact.about is not None:
            if fact.about not in self.sold:
                raise NotFound()
            about = self.sold[fact.about].op_id
        told = occasion.Activity(fact.kind, "", fact.at, fact.attributes, "", about)
        return occasion.activity(self.editions, told, self._alive(), fact.at, self.ids)

    def _insure(self, fact: PolicyFact) -> Outcome:
        number = fact.state.policy_no
        told, before = self.insured.get(number, (Told(()), policy.Share((), ())))
        told = Told((*told.states, fact.state))
        after = rating.schedule(self.editions, told, HOLDER)
        waiting = rating.waiting(self.editions, told, HOLDER, fact.at)
        share = replace(before, before=before.after, after=after, waiting=waiting)
        gone = None
        if share.op_id is not None and policy.is_void(self.editions, told, fact.at):
            mine = frozenset([share.op_id])
            gone = Gone(mine, tuple(added_by(self.operations, mine, {})))
        happened_at = min(fact.state.effective_at, fact.at)
        outcome = policy.follow(self.editions, share, happened_at, {}, self._alive(), fact.at, self.ids, gone)
        op_id, promises = policy.kept_of(share, outcome)
        self.insured[number] = told, replace(share, op_id=op_id, promises=promises)
        return outcome

    def _return(self, fact: ReturnFact) -> Outcome:
        sold = self.sold.get(fact.receipt)
        if sold is None:
            raise NotFound()
        back = Return(
            Receipt("", "", fact.at.date(), fact.receipt),
            fact.at,
            tuple(ReturnedLine(part.line, 0, part.amount_minor) for part in fact.lines),
            fact.amount_minor or 0,
        )
        given = issues_of(self.operations, sold.op_id)
        taken = taken_by(self.operations, sold.op_id)
        sold = replace(sold, issues=given, taken=taken)
        gone = self._gone(sold)
        outcome = give_back_goods(self.editions, sold, back, self._alive(), fact.at, self.ids, gone)
        given_back = sum(
            part.points for one in outcome.operations if one.kind == "reverse" for part in one.parts
        )
        spent = sold.spent and replace(sold.spent, reversed=sold.spent.reversed + given_back)
        self.sold[fact.receipt] = replace(sold, returns=(*sold.returns, back), spent=spent)
        return outcome

    def _gone(self, sold: Sold) -> Gone | None:
        """The sales that came back, where the terms let that end what they alone caused (T10)."""
        if self.programme.ladder.terms.on_reversal == "keep":
            return None
        back = frozenset([sold.op_id, *(one.op_id for one in self.sold.values() if one.returns)])
        return Gone(back, tuple(added_by(self.operations, back, {})))

    def _redeem(self, fact: RedeemFact) -> Outcome:
        if not self.programme.units[fact.unit].spendable:
            raise NotSpendable(unit=fact.unit)
        return spend.redeem(self.editions, fact.unit, fact.points, self._alive(), fact.at, self.ids, {})

    def _adjust(self, fact: AdjustFact) -> Outcome:
        return spend.adjust(self.editions, fact.unit, fact.points, self._alive(), fact.at, self.ids, {})

    def _alive(self) -> Snapshot:
        if self.snapshot is None:
            raise NotFound()
        return self.snapshot


def _spent(outcome: Outcome) -> spend.Spent | None:
    """The points a sale was paid with."""
    for operation in outcome.operations:
        if operation.kind == "redeem":
            [part] = operation.parts
            portions = tuple(
                Portion(move.lot, -move.points) for move in part.moves if move.contra == "redeemed"
            )
            return spend.Spent(operation.op_id, operation.edition, part.unit, portions, 0)
    return None


def run_example(programme: Programme, example: Example) -> list[str]:
    """Where a programme does not keep what its example says, in words; nothing where it does."""
    life = Life(programme)
    *facts, last = example.facts
    for fact in facts:
        try:
            life.tell(fact)
        except Refusal as refusal:
            return [f"{type(fact).__name__} at {fact.at.isoformat()} is refused: {refusal.code}"]
    code = None
    try:
        life.tell(last)
    except Refusal as refusal:
        code = refusal.code
    faults = [] if code == example.expect.refusal else [_differs("refusal", example.expect.refusal, code)]
    return faults + _compare(example, life.at(example.at), life)


def _compare(example: Example, snapshot: Snapshot, life: Life) -> list[str]:
    expect, term = example.expect, snapshot.terms[-1]
    shown: list[tuple[str, object, object]] = []
    for unit, account in snapshot.accounts.items():
        for name, wanted, got in (
            ("points", expect.points, account.available),
            ("pending", expect.pending, account.promised),
            ("debt", expect.debt, account.debt),
        ):
            if wanted is not None and unit in wanted:
                shown.append((f"{name}.{unit}", wanted[unit], got))
    if expect.tier is not None:
        shown.append(("tier", expect.tier, term.tier or ""))
    if expect.last_day is not None:
        shown.append(("last_day", expect.last_day, _last_day(term.until_at, life)))
    return [_differs(name, wanted, got) for name, wanted, got in shown if wanted != got]


def _last_day(until_at: datetime | None, life: Life) -> object:
    return calendar.last_day_before(until_at, life.editions.zone) if until_at else None


def _differs(name: str, wanted: object, got: object) -> str:
    return f"{name} should be {wanted}, is {got}"
