"""What goods coming back lead to: the points the sale gave are taken back. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from loyalty.decide import standing
from loyalty.decide.course import Course
from loyalty.decide.outcome import Outcome, Snapshot
from loyalty.decide.programme import Editions
from loyalty.ledger.lots import Account, LotKey, Move, take_back, withdraw_pending
from loyalty.ledger.operations import Operation, Part
from loyalty.rules.evaluation import Awarded, kept
from loyalty.sales.facts import Line, Return, Returned, check_returned, remaining_share


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


def give_back_goods(
    editions: Editions, sold: Sold, fact: Return, snapshot: Snapshot, now: datetime, ids: Iterator[int]
) -> Outcome:
    """Take back what the sale gave for what is returned now (P7, N4).

    Raises LineUnknown, TooMuchReturned (P10).
    """
    course = standing.true_at(editions, snapshot, now, ids)
    before, after = Returned.of(sold.returns), Returned.of([*sold.returns, fact])
    check_returned(sold.lines, after)
    opened = issues_of(course.operations, sold.op_id)
    due = _due(sold, before, after)
    parts, accounts = [], {}
    for unit, points in sorted(due.items()):
        issues = sold.issues.get(unit, ()) + opened.get(unit, ())
        part, account = _take_unit(course, sold, unit, issues, points)
        parts.append(part)
        accounts[unit] = account
    operation = Operation(
        course.new_id(),
        "return",
        sold.edition,
        min(fact.returned_at, now),
        tuple(parts),
        refers_to=sold.op_id,
        undoes=tuple((part.unit, part.points) for part in parts),
    )
    standing.book(course, operation, accounts, now)
    return course.outcome()


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
    """What returns took of an operation's points after they had become usable, per unit."""
    taken: dict[str, int] = {}
    for operation in operations:
        if operation.kind == "return" and operation.refers_to == op_id:
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
    course: Course, sold: Sold, unit: str, issues: tuple[Issue, ...], points: int
) -> tuple[Part, Account]:
    """From what is still pending of the sale, then its own lots, then others, then as the unit says (P7)."""
    mode = course.editions.number(sold.edition).programme.units[unit].on_return
    account, withdrawn = withdraw_pending(course.account(unit), sold.op_id, points)
    missing = points - sum(pending.points for pending in withdrawn)
    if mode == "pending_only":
        return Part(unit, points - missing, withdrawn=withdrawn), account
    moves: list[Move] = []
    shortfall = 0
    own = [issue.lot for issue in issues]
    for issue in _latest(issues, sold.taken.get(unit, 0), missing):
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
