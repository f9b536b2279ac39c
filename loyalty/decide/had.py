"""What the member of an example had of benefits and bought with points, kept in memory. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import count
from zoneinfo import ZoneInfo

from loyalty import calendar
from loyalty.benefits.facts import State, Wanted
from loyalty.benefits.quota import Entitlement, Visit
from loyalty.benefits.terms import Benefit
from loyalty.decide import entitled, lowered, reward, spend, standing, whose
from loyalty.decide.course import Course
from loyalty.decide.entitled import Known
from loyalty.decide.example_benefits import ClosingFact, VisitFact
from loyalty.decide.example_points import CancelOrderFact, OrderFact
from loyalty.decide.lowered import Booked
from loyalty.decide.outcome import Outcome, Snapshot
from loyalty.decide.programme import Editions
from loyalty.decide.rating import Told
from loyalty.decide.whose import Subject
from loyalty.errors import KeyReused, NotFound, OrderClosed, OutOfStock
from loyalty.rewards.terms import Reward


@dataclass(frozen=True, slots=True)
class _Use:
    """A visit that was booked, or made."""

    terms: Benefit
    subject: Subject
    at: datetime
    told_at: datetime
    state: State
    counts: bool = True


@dataclass(frozen=True, slots=True)
class _Order:
    """A reward that was bought."""

    terms: Reward
    on: date
    spent: spend.Spent
    is_open: bool = True


class Had:
    """Visits and orders of one member, judged as the actions judge them."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._uses: dict[int, _Use] = {}
        self._bookings: dict[str, int] = {}  #: by the names that the example gives them
        self._orders: dict[str, _Order] = {}

    def have(
        self, course: Course, fact: VisitFact, consents: frozenset[str], policies: Mapping[str, Told]
    ) -> None:
        """Keep a visit, booked or made, if the member may have it; the course has come to the fact.

        Raises what speaks against it (see `entitled.verdict`), PlaceForeign, PolicyForeign, KeyReused.
        """
        if fact.booking in self._bookings:
            raise KeyReused
        editions, wanted = course.editions, fact.wanted
        then = standing.true_at(editions, course.outcome().after, wanted.at, count(1))
        entitled.check_place(then, wanted)
        subject = _whose(then, wanted, policies)
        visits = [self._visit(no) for no in self._counting(course, wanted.benefit, subject.key, fact.at)]
        given = self._given_in_year(course, wanted.at, fact.at)
        left = reward.value_left(editions.at(fact.at).programme, given)
        known = Known(visits, subject.anchor, consents, left_minor=left)
        had = entitled.verdict(then, wanted, known, fact.at).allowed()
        number = len(self._uses)
        state: State = "reserved" if wanted.reserve else "used"
        self._uses[number] = _Use(had.terms, subject, wanted.at, fact.at, state)
        if fact.booking is not None:
            self._bookings[fact.booking] = number

    def close(self, course: Course, fact: ClosingFact) -> None:
        """A booking is used, cancelled or missed. Raises NotFound, UseClosed, CancelTooLate."""
        if fact.booking not in self._bookings:
            raise NotFound
        number = self._bookings[fact.booking]
        was = self._uses[number]
        let_go = was.counts and number not in self._counting(course, was.terms.code, was.subject.key, fact.at)
        state: State = "cancelled" if let_go else was.state
        counts = entitled.closed(course.editions, was.terms, state, fact.state, was.at, fact.at)
        self._uses[number] = replace(was, state=fact.state, counts=counts)

    def entitlement(self, course: Course, code: str, at: datetime) -> Entitlement | None:
        """What the member's card gives of a benefit, and what is left; the course has come to the instant."""
        subjects = {one.subject.key for one in self._uses.values() if one.terms.code == code}
        visits = [self._visit(no) for key in subjects for no in self._counting(course, code, key, at)]
        return entitled.entitled(course.editions, course, code, visits, at, whose.joined_on(course))

    def order(self, editions: Editions, fact: OrderFact, snapshot: Snapshot, ids: Iterator[int]) -> Outcome:
        """A reward is bought. Raises what `reward.buy` does, OutOfStock, KeyReused."""
        if fact.order in self._orders:
            raise KeyReused
        before = [reward.Bought(one.terms.code, one.on) for one in self._orders.values() if one.is_open]
        course = standing.true_at(editions, snapshot, fact.at, count(1))
        given = self._given_in_year(course, fact.at, fact.at)
        outcome = reward.buy(editions, fact.reward, before, given, snapshot, fact.at, ids, fact.order)
        terms = editions.at(fact.at).programme.reward(fact.reward)
        if terms.stock is not None and terms.stock <= sum(one.reward == fact.reward for one in before):
            raise OutOfStock(reward=fact.reward)  # nobody else buys any in an example
        spent = spend.spent_by(outcome.booked("redeem"))
        self._orders[fact.order] = _Order(terms, calendar.local_day(fact.at, self._zone), spent)
        return outcome

    def cancel_order(
        self, editions: Editions, fact: CancelOrderFact, snapshot: Snapshot, ids: Iterator[int]
    ) -> Outcome:
        """The points of an order come back (P9). Raises NotFound, OrderClosed."""
        was = self._orders.get(fact.order)
        if was is None:
            raise NotFound
        if not was.is_open:
            raise OrderClosed(state="cancelled")
        outcome = spend.reverse(editions, was.spent, None, snapshot, fact.at, ids)
        self._orders[fact.order] = replace(was, is_open=False)
        return outcome

    def _counting(self, course: Course, code: str, subject: str, by: datetime) -> set[int]:
        """The uses that take from a right, without the bookings that the card let go of by then (B3)."""
        mine = {
            number: one
            for number, one in self._uses.items()
            if one.counts and (one.terms.code, one.subject.key) == (code, subject)
        }
        if not mine:
            return set()
        booked = [Booked(number, self._visit(number), one.told_at) for number, one in mine.items()]
        anchor = next(iter(mine.values())).subject.anchor
        return mine.keys() - lowered.lost(course, code, booked, anchor, by).keys()

    def _visit(self, number: int) -> Visit:
        one = self._uses[number]
        return Visit(one.at, one.state == "reserved")

    def _given_in_year(self, course: Course, at: datetime, by: datetime) -> int:
        """What the club gave the member in the calendar year of an instant, in minor units (B10)."""
        year = calendar.local_day(at, self._zone).year
        rights = {(one.terms.code, one.subject.key) for one in self._uses.values()}
        uses = [self._uses[number] for right in rights for number in self._counting(course, *right, by)]
        costs = [one.terms.cost_minor for one in uses if calendar.local_day(one.at, self._zone).year == year]
        orders = [one for one in self._orders.values() if one.is_open and one.on.year == year]
        return sum(cost or 0 for cost in (*costs, *(one.terms.cost_minor for one in orders)))


def _whose(course: Course, wanted: Wanted, policies: Mapping[str, Told]) -> Subject:
    kind = whose.kind_of(course, wanted)
    if kind == "policy":
        return whose.of_policy(course, wanted, policies.get(wanted.policy_no or "", Told(())))
    return whose.of_member(course, "the member's" if kind == "card" else None)
