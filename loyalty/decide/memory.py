"""One life carried out in memory: where it has come to, and what undoes a fact must find again. Pure."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import count

from loyalty.decide import paying, policy, pool, spend, standing
from loyalty.decide.course import Course
from loyalty.decide.lived import Lived
from loyalty.decide.outcome import Outcome, Snapshot
from loyalty.decide.programme import Editions
from loyalty.decide.rating import Told
from loyalty.decide.resuming import Gone, added_by
from loyalty.decide.take_back import Sold, issues_of, taken_by
from loyalty.errors import NotFound
from loyalty.ledger.operations import Operation

NOWHERE = 0  #: the number of what did not happen here


@dataclass(slots=True)
class Sale:
    """A sale or a premium, as what undoes it finds it."""

    sold: Sold
    at: datetime  #: when it happened; of a premium the instant it was judged by
    spent: int | None = None  #: the operation that paid it with points


@dataclass(frozen=True, slots=True)
class Policy:
    """What a policy gives the member, as it was last worked out."""

    told: Told
    share: policy.Share
    is_void: bool


@dataclass(frozen=True, slots=True)
class Order:
    """A reward that was bought, and what it cost."""

    reward: str
    on: date
    points: int
    cost_minor: int | None


class Memory:
    """One life under some editions; `booked` are its operations, each with the instant of its booking."""

    def __init__(self, editions: Editions, life: Lived) -> None:
        self.editions, self.life = editions, life
        self.booked: list[tuple[datetime, Operation]] = []
        self.awards: Counter[tuple[str, str]] = Counter()  #: (rule, unit) → points
        self.times: Counter[tuple[str, str]] = Counter()  #: the same → how often
        self.refused: Counter[tuple[str, str]] = Counter()  #: (fact, code) → how often
        self.policies: dict[str, Policy] = {}
        self.orders: dict[int, Order] = {}  #: that stand, by their numbers in the books
        self.ids = count(1)
        self.here: dict[int, int] = {}  #: number in the books → number here
        self.sales: dict[int, Sale] = {}  #: by their numbers in the books
        self.premiums: set[int] = set()  #: which of these are premiums
        self.spent: dict[int, spend.Spent] = {}  #: by numbers here, as what is below
        self.held: dict[int, str] = {}  #: hold → unit
        self.undone: dict[int, bool] = {}  #: what came back → whether it is void
        self._about: dict[int, list[Operation]] = {}  #: an operation, and those that refer to it
        self.snapshot = Snapshot(
            life.member_id, life.enrolled_at, life.birth_date, {}, {}, (), attributes=life.attributes
        )

    def advance(self, at: datetime) -> None:
        """Let the clock come to an instant."""
        self.live(self.course(at).outcome(), at)

    def live(self, outcome: Outcome, at: datetime) -> None:
        """Live on from an outcome that is booked at an instant."""
        self.snapshot = outcome.after
        for operation in outcome.operations:
            self.booked.append((at, operation))
            self._about.setdefault(operation.op_id, []).append(operation)
            if (other := operation.refers_to) is not None:
                self._about.setdefault(other, []).append(operation)
            if operation.kind in (*paying.SPENDING, pool.OUT):
                self.spent[operation.op_id] = spend.spent_by(operation)
            elif operation.kind in ("reverse", pool.BACK) and other is not None:
                was = self.spent[other]
                self.spent[other] = replace(was, reversed=was.reversed + operation.parts[0].points)
        for part in outcome.award.parts if outcome.award else ():
            self.awards[part.rule, part.unit] += part.points
            self.times[part.rule, part.unit] += 1

    def course(self, at: datetime) -> Course:
        """A course through a decision at an instant."""
        return standing.true_at(self.editions, self.snapshot, at, self.ids)

    def given(self, op_id: int, outcome: Outcome) -> Sold:
        """What a fact gave, kept under its number in the books."""
        earned = outcome.booked("earn")
        self.here[op_id] = earned.op_id
        award = outcome.award
        parts, sums = (award.parts, award.counted) if award else ((), ())
        return Sold(earned.op_id, earned.edition, (), parts, (), {}, {}, sums=sums)

    def sold(self, op_id: int) -> Sold:
        """A sale or a premium as its undoing finds it. Raises NotFound where it did not happen."""
        sale = self.sales.get(op_id)
        if sale is None:
            raise NotFound()
        about, sold = self._about[sale.sold.op_id], sale.sold
        spent = None if sale.spent is None else self.spent[sale.spent]
        given, taken = issues_of(about, sold.op_id), taken_by(about, sold.op_id)
        return replace(sold, issues=given, taken=taken, spent=spent)

    def gone(self, op_id: int, at: datetime, *, void: bool) -> Gone | None:
        """What counts as never made once that is void, or comes back (T10)."""
        returns_too = self.editions.at(at).programme.ladder.terms.on_reversal == "resume"
        if not (void or returns_too):
            return None
        back = {one for one, is_void in self.undone.items() if is_void or returns_too}
        never = {one.share.op_id for one in self.policies.values() if one.is_void}
        mine = frozenset({op_id, *back, *(one for one in never if one is not None)})
        return Gone(mine, tuple(added_by((operation for _, operation in self.booked), mine, {})))

    def edition_here(self, number: int) -> int:
        """An edition, or the draft in whose place it stands."""
        last = self.editions.items[-1].number
        return number if any(one.number == number for one in self.editions.items) else last
