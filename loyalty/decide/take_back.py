"""What goods coming back lead to: the points the sale gave are taken back. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from loyalty.decide import resuming, standing
from loyalty.decide.course import Course
from loyalty.decide.milestones import Sums
from loyalty.decide.outcome import Outcome, Snapshot
from loyalty.decide.programme import Editions
from loyalty.decide.resuming import Gone
from loyalty.decide.spend import Spent, give_back_on
from loyalty.ledger.lots import Account, LotKey, Move
from loyalty.ledger.operations import Operation, Part
from loyalty.ledger.terms import OnReturn
from loyalty.ledger.undoing import take_back, withdraw_pending
from loyalty.rules.evaluation import Awarded, kept
from loyalty.sales.facts import Line, Refund, Return, Returned, Tender, check_returned, remaining_share
from loyalty.sales.refunds import further, refunded

UNDOINGS = ("return", "cancel")  #: kinds of operation that take back what a sale gave


@dataclass(frozen=True, slots=True)
class Issue:
    """Points the sale put into a lot, and the day they count on in the tally."""

    lot: LotKey
    points: int
    counts_on: date


@dataclass(frozen=True, slots=True)
class Sold:
    """A sale as its returns find it."""

    op_id: int
    edition: int
    lines: tuple[Line, ...]
    award: tuple[Awarded, ...]
    returns: tuple[Return, ...]
    issues: Mapping[str, tuple[Issue, ...]]  #: per unit, in the order they were given, as booked so far
    taken: Mapping[str, int]  #: per unit: what earlier returns took of these
    tenders: tuple[Tender, ...] = ()
    spent: Spent | None = None  #: the points it was paid with
    sums: Sums = ()  #: what it added to milestones

    def refund(self, after: Returned | None) -> Refund:
        """What goes back now that so much came back in all (None: all); points as far as still spent."""
        bought_minor = sum(line.amount_minor for line in self.lines)
        back_minor = bought_minor if after is None else after.in_all_minor
        before = refunded(self.tenders, bought_minor, Returned.of(self.returns).in_all_minor)
        due = further(refunded(self.tenders, bought_minor, back_minor), before)
        left = self.spent.left if self.spent else 0
        return replace(due, points={unit: min(points, left) for unit, points in due.points.items()})


def give_back_goods(
    editions: Editions,
    sold: Sold,
    fact: Return,
    snapshot: Snapshot,
    now: datetime,
    ids: Iterator[int],
    gone: Gone | None = None,
) -> Outcome:
    """Take back what the sale gave for what is returned now, and give back what was paid in points (P7, P9).

    `gone`: where the terms say that a return undoes what it alone caused (T10).
    Raises LineUnknown, TooMuchReturned (P10).
    """
    course = standing.true_at(editions, snapshot, now, ids)
    before, after = Returned.of(sold.returns), Returned.of([*sold.returns, fact])
    check_returned(sold.lines, after)
    pay_back(course, sold, sold.refund(after), now)
    taken = take(course, sold, _due(sold, before, after))
    happened_at = min(fact.returned_at, now)
    undo(course, sold, "return", happened_at, taken, gone, now)
    return course.outcome()


def pay_back(course: Course, sold: Sold, due: Refund, now: datetime) -> None:
    """Give points back that the sale was paid with, before the earned ones are taken (P9)."""
    points = sum(due.points.values())
    if sold.spent is not None and points:
        give_back_on(course, sold.spent, points, now)


def take(
    course: Course, sold: Sold, due: Mapping[str, int], void: bool = False
) -> dict[str, tuple[Part, Account]]:
    """Take so much of each unit back as the unit says; of a void sale nothing is left with the member."""
    opened = issues_of(course.operations, sold.op_id)
    units = course.editions.number(sold.edition).programme.units
    taken = {}
    for unit, points in sorted(due.items()):
        issues = sold.issues.get(unit, ()) + opened.get(unit, ())
        mode = units[unit].on_return
        if void and mode == "pending_only":
            mode = "clamp"
        taken[unit] = _take_unit(course, sold, issues, Part(unit, points), mode)
    return taken


def undo(
    course: Course,
    sold: Sold,
    kind: str,
    happened_at: datetime,
    taken: Mapping[str, tuple[Part, Account]],
    gone: Gone | None,
    now: datetime,
) -> None:
    """Book what was taken back of a sale as one operation."""
    operation = Operation(
        course.new_id(),
        kind,
        sold.edition,
        happened_at,
        tuple(part for part, _ in taken.values()),
        refers_to=sold.op_id,
        undoes=tuple((part.unit, part.points) for part, _ in taken.values()),
    )
    resuming.book(course, operation, {unit: account for unit, (_, account) in taken.items()}, gone, now)


def issues_of(operations: Iterable[Operation], op_id: int) -> dict[str, tuple[Issue, ...]]:
    """What an operation, and the openings of what it promised, put into lots, per unit."""
    issues: dict[str, tuple[Issue, ...]] = {}
    for operation in operations:
        if operation.op_id == op_id or (operation.kind == "open" and operation.refers_to == op_id):
            for part in operation.parts:
                given = tuple(
                    Issue(move.lot, move.points, move.counts_on)
                    for move in part.moves
                    if move.contra == "issued" and move.counts_on is not None
                )
                issues[part.unit] = issues.get(part.unit, ()) + given
    return issues


def taken_by(operations: Iterable[Operation], op_id: int) -> dict[str, int]:
    """What was taken back of an operation's points after they had become usable, per unit."""
    taken: dict[str, int] = {}
    for operation in operations:
        if operation.kind in UNDOINGS and operation.refers_to == op_id:
            for part in operation.parts:
                withdrawn = sum(pending.points for pending in part.withdrawn)
                taken[part.unit] = taken.get(part.unit, 0) + part.points - withdrawn
    return taken


def _due(sold: Sold, before: Returned, after: Returned) -> dict[str, int]:
    """Per unit, what each rule's award was still worth, less what it is worth now (N4)."""
    due: dict[str, int] = {}
    for given in sold.award:
        was = kept(given, remaining_share(sold.lines, given.lines, before))
        stays = kept(given, remaining_share(sold.lines, given.lines, after))
        if was != stays:
            due[given.unit] = due.get(given.unit, 0) + was - stays
    return due


def _take_unit(
    course: Course, sold: Sold, issues: tuple[Issue, ...], due: Part, mode: OnReturn
) -> tuple[Part, Account]:
    """From what is still pending of the sale, then its own lots, then others, then as the mode says (P7)."""
    unit, points = due.unit, due.points
    account, withdrawn = withdraw_pending(course.account(unit), sold.op_id, points)
    missing = points - sum(pending.points for pending in withdrawn)
    if mode == "pending_only":
        return Part(unit, points - missing, withdrawn=withdrawn), account
    moves: list[Move] = []
    shortfall = 0
    for issue in _latest(issues, sold.taken.get(unit, 0), missing):
        own = (issue.lot,)  # what another issue of the sale put into another lot is not this one's
        change = take_back(account, issue.points, own, clamp=mode == "clamp", counts_on=issue.counts_on)
        account = change.account
        moves.extend(change.moves)
        shortfall += change.shortfall
    return Part(unit, points, tuple(moves), withdrawn=withdrawn, shortfall=shortfall), account


def _latest(issues: tuple[Issue, ...], skip: int, points: int) -> Iterator[Issue]:
    """The last `points` given, newest first, after the `skip` that earlier returns took."""
    for issue in reversed(issues):
        passed = min(skip, issue.points)
        skip -= passed
        if part := min(issue.points - passed, points):
            points -= part
            yield Issue(issue.lot, part, issue.counts_on)
