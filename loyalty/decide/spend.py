"""What spending leads to: redeem, hold, capture, void, reverse, adjust. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from loyalty.decide import standing
from loyalty.decide.course import Course
from loyalty.decide.outcome import Outcome, Snapshot
from loyalty.decide.programme import Edition, Editions
from loyalty.errors import HoldClosed, TooMuchCaptured, TooMuchReversed
from loyalty.ledger.lots import (
    Hold,
    LotKey,
    Portion,
    awake,
    choose,
    credit,
    lot_for,
    pin,
    spend,
    unpin,
)
from loyalty.ledger.operations import HoldClosing, Operation, Part
from loyalty.ledger.undoing import give_back


@dataclass(frozen=True, slots=True)
class Spent:
    """A redemption or capture as its reversals find it: what it took from which lot, in order."""

    op_id: int
    edition: int
    unit: str
    portions: tuple[Portion, ...]
    reversed: int

    @property
    def left(self) -> int:
        """What can still be given back."""
        return sum(portion.points for portion in self.portions) - self.reversed


def redeem(
    editions: Editions,
    unit: str,
    points: int,
    snapshot: Snapshot,
    now: datetime,
    ids: Iterator[int],
    reasons: Mapping[str, object],
) -> Outcome:
    """Spend points at once (P4). Raises InDebt (P8), NotEnoughPoints."""
    course = standing.true_at(editions, snapshot, now, ids)
    redeem_on(course, unit, points, now, reasons)
    return course.outcome()


def redeem_on(
    course: Course, unit: str, points: int, now: datetime, reasons: Mapping[str, object]
) -> Operation:
    """Spend points on the way through a decision. Raises InDebt (P8), NotEnoughPoints."""
    change = spend(course.account(unit), points, "redeemed")
    operation = Operation(
        course.new_id(),
        "redeem",
        course.editions.at(now).number,
        now,
        (Part(unit, points, change.moves),),
        reasons=reasons,
    )
    standing.book(course, operation, {unit: change.account}, now)
    return operation


def hold(
    editions: Editions,
    unit: str,
    points: int,
    lasts: timedelta,
    snapshot: Snapshot,
    now: datetime,
    ids: Iterator[int],
) -> Outcome:
    """Set points aside until `now + lasts` (P6). Raises InDebt (P8), NotEnoughPoints."""
    course = standing.true_at(editions, snapshot, now, ids)
    pins = choose(course.account(unit), points)
    edition = editions.at(now).number
    taken = Hold(course.new_id(), points, now + lasts, pins, edition)
    operation = Operation(taken.op_id, "hold", edition, now, (Part(unit, points),), takes=(unit, taken))
    standing.book(course, operation, {unit: pin(course.account(unit), taken)}, now)
    return course.outcome()


def close_hold(
    editions: Editions,
    unit: str,
    op_id: int,
    captured: int | None,
    snapshot: Snapshot,
    now: datetime,
    ids: Iterator[int],
) -> Outcome:
    """Capture a hold, in part or (None) whole, or void it (0); the rest is released (P6).

    Raises HoldClosed, also when it ended by the clock; TooMuchCaptured (P10).
    """
    course = standing.true_at(editions, snapshot, now, ids)
    close_hold_on(course, unit, op_id, captured, now)
    return course.outcome()


def close_hold_on(course: Course, unit: str, op_id: int, captured: int | None, now: datetime) -> Operation:
    """Close a hold on the way through a decision, under the edition it was taken under (P13).

    Raises HoldClosed, TooMuchCaptured.
    """
    account = course.account(unit)
    taken = next((h for h in account.holds if h.op_id == op_id), None)
    if taken is None:
        raise HoldClosed()
    points = taken.points if captured is None else captured
    if points > taken.points:
        raise TooMuchCaptured(asked=points, held=taken.points)
    change = unpin(account, taken, points, course.day(now))
    operation = Operation(
        course.new_id(),
        "capture" if points else "void",
        taken.edition,
        now,
        (Part(unit, points or taken.points, change.moves),),
        refers_to=op_id,
        closes=HoldClosing(op_id, unit, "captured" if points else "voided", points),
    )
    standing.book(course, operation, {unit: change.account}, now)
    return operation


def reverse(
    editions: Editions,
    spent: Spent,
    points: int | None,
    snapshot: Snapshot,
    now: datetime,
    ids: Iterator[int],
) -> Outcome:
    """Give redeemed points back, in part or (None) all that is left: last taken first, to their lots (P9).

    Raises TooMuchReversed (P10).
    """
    course = standing.true_at(editions, snapshot, now, ids)
    give_back_on(course, spent, points, now)
    return course.outcome()


def give_back_on(course: Course, spent: Spent, points: int | None, now: datetime) -> Operation:
    """Give redeemed points back on the way through a decision. Raises TooMuchReversed (P10)."""
    asked = spent.left if points is None else points
    if asked > spent.left or not spent.left:
        raise TooMuchReversed(asked=asked, left=spent.left)
    return put_back_on(course, spent, asked, now, "reverse", course.new_id())


def put_back_on(
    course: Course,
    spent: Spent,
    asked: int,
    now: datetime,
    kind: str,
    op_id: int,
    reasons: Mapping[str, object] | None = None,
) -> Operation:
    """Put so many points back that an operation spent, as an operation of that kind and number."""
    today = course.day(now)
    grace_days = course.editions.number(spent.edition).programme.units[spent.unit].give_back_days
    grace = LotKey(today + timedelta(days=grace_days))
    change = give_back(course.account(spent.unit), _last_taken(spent, asked), today, grace)
    operation = Operation(
        op_id,
        kind,
        spent.edition,
        now,
        (Part(spent.unit, asked, change.moves),),
        refers_to=spent.op_id,
        reasons=reasons,
        undoes=((spent.unit, asked),),
    )
    standing.book(course, operation, {spent.unit: change.account}, now)
    return operation


def spent_by(operation: Operation) -> Spent:
    """What a redemption took, none of it given back yet."""
    [part] = operation.parts
    portions = tuple(Portion(move.lot, -move.points) for move in part.moves if move.contra == "redeemed")
    return Spent(operation.op_id, operation.edition, part.unit, portions, 0)


def adjust(
    editions: Editions,
    unit: str,
    points: int,
    snapshot: Snapshot,
    now: datetime,
    ids: Iterator[int],
    reasons: Mapping[str, object],
) -> Outcome:
    """Correct an account by hand, up or down; the tally of the unit follows.

    Raises InDebt, NotEnoughPoints when more is taken than is there.
    """
    course = standing.true_at(editions, snapshot, now, ids)
    edition, day = editions.at(now), course.day(now)
    if points > 0:
        change = credit(course.account(unit), _fresh_lot(edition, unit, course, now), points, "adjusted", day)
    else:
        change = spend(course.account(unit), -points, "adjusted", day)
    operation = Operation(
        course.new_id(),
        "adjust",
        edition.number,
        now,
        (Part(unit, abs(points), change.moves),),
        reasons=reasons,
    )
    standing.book(course, operation, {unit: change.account}, now)
    return course.outcome()


def _fresh_lot(edition: Edition, unit: str, course: Course, now: datetime) -> LotKey:
    day = course.day(now)
    return awake(course.account(unit), lot_for(edition.programme.units[unit], day), day)


def _last_taken(spent: Spent, points: int) -> Iterator[Portion]:
    skip = spent.reversed
    for portion in reversed(spent.portions):
        passed = min(skip, portion.points)
        skip -= passed
        if part := min(portion.points - passed, points):
            points -= part
            yield Portion(portion.lot, part)
