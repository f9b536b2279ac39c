"""One member's life in memory: the same decisions as in the books, applied to a snapshot (examples). Pure."""

from dataclasses import replace
from datetime import datetime
from itertools import count

from loyalty.benefits.quota import Entitlement
from loyalty.calendar import BEGINNING
from loyalty.decide import occasion, policy, purchase, rating, spend, standing
from loyalty.decide.course import Course
from loyalty.decide.example_benefits import ClosingFact, VisitFact
from loyalty.decide.example_points import AdjustFact, CancelOrderFact, OrderFact, RedeemFact
from loyalty.decide.example_policies import HOLDER, PolicyFact
from loyalty.decide.example_sales import PurchaseFact, ReturnFact
from loyalty.decide.examples import ActivityFact, EnrolFact, ExampleFact, YearlyFact
from loyalty.decide.had import Had
from loyalty.decide.outcome import Outcome, Snapshot
from loyalty.decide.programme import Edition, Editions, Programme
from loyalty.decide.rating import Told
from loyalty.decide.resuming import Gone, added_by
from loyalty.decide.take_back import Sold, give_back_goods, issues_of, taken_by
from loyalty.errors import NotFound, NotSpendable
from loyalty.ledger.lots import Account
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
        self.consents: frozenset[str] = frozenset()
        self.had = Had(programme.club.time_zone)

    def tell(self, fact: ExampleFact) -> Outcome:
        """What one fact leads to, and live on from there. Raises a Refusal; then nothing has happened."""
        outcome = self._decide(fact)
        self.snapshot = outcome.after
        self.operations.extend(outcome.operations)
        return outcome

    def at(self, instant: datetime) -> Snapshot:
        """The member as the clock alone has made them by then."""
        return self._course(instant).outcome().after

    def entitlement(self, benefit: str, instant: datetime) -> Entitlement | None:
        """What the member has of a benefit by then; None where their card does not give it (B1)."""
        return self.had.entitlement(self._course(instant), benefit, instant)

    def _decide(self, fact: ExampleFact) -> Outcome:
        match fact:
            case EnrolFact():
                return self._enrol(fact)
            case PurchaseFact():
                return self._buy(fact)
            case ReturnFact():
                return self._return(fact)
            case RedeemFact():
                return self._redeem(fact)
            case OrderFact():
                return self.had.order(self.editions, fact, self._alive(), self.ids)
            case CancelOrderFact():
                return self.had.cancel_order(self.editions, fact, self._alive(), self.ids)
            case VisitFact() | ClosingFact():
                return self._visit(fact)
            case ActivityFact():
                return self._act(fact)
            case PolicyFact():
                return self._insure(fact)
            case YearlyFact():
                return occasion.yearly(self.editions, fact.on, fact.at, self._alive(), fact.at, self.ids)
            case _:
                return self._adjust(fact)

    def _enrol(self, fact: EnrolFact) -> Outcome:
        self.consents = frozenset(fact.consents)
        accounts = {unit: Account(unit) for unit in self.programme.units}
        unborn = Snapshot(1, fact.at, fact.birth_date, accounts, {}, (), attributes=fact.attributes)
        return occasion.enrolment(self.editions, unborn, fact.at, self.ids)

    def _visit(self, fact: VisitFact | ClosingFact) -> Outcome:
        course = self._course(fact.at)
        if isinstance(fact, VisitFact):
            policies = {number: told for number, (told, _) in self.insured.items()}
            self.had.have(course, fact, self.consents, policies)
        else:
            self.had.close(course, fact)
        return course.outcome()

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
        paid = [spend.spent_by(operation) for operation in outcome.operations if operation.kind == "redeem"]
        self.sold[fact.receipt] = replace(kept, spent=next(iter(paid), None))
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

    def _course(self, at: datetime) -> Course:
        return standing.true_at(self.editions, self._alive(), at, self.ids)

    def _alive(self) -> Snapshot:
        if self.snapshot is None:
            raise NotFound()
        return self.snapshot
