"""What a member from another system arrives with: the running tier, and points with their dates. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from loyalty.decide import standing
from loyalty.decide.course import Course
from loyalty.decide.outcome import Outcome, Snapshot
from loyalty.decide.programme import Editions
from loyalty.ledger.lots import Move, credit, lot_for
from loyalty.ledger.operations import Operation, Part


@dataclass(frozen=True, slots=True)
class RunningTerm:
    """The tier a member holds where they come from."""

    tier: str
    from_at: datetime
    until_at: datetime


@dataclass(frozen=True, slots=True)
class OpeningLot:
    """Points a member brings. Without a last day they live as if given here on the day they were earned.

    They count towards a window only when that day is known; without it, they are given today.
    """

    unit: str
    points: int
    last_day: date | None = None
    earned_on: date | None = None


@dataclass(frozen=True, slots=True)
class Luggage:
    """All that a member brings."""

    term: RunningTerm | None = None
    lots: tuple[OpeningLot, ...] = ()


NOTHING = Luggage()


def arrive(
    editions: Editions,
    luggage: Luggage,
    snapshot: Snapshot,
    now: datetime,
    ids: Iterator[int],
    *,
    referred: bool = False,
) -> Outcome:
    """The first term, brought along or made by the points that were, and these points in their lots.

    `referred`: a core system knows the member. Nothing is earned by arriving. Raises TierUnknown,
    TooManyPoints.
    """
    course = Course(editions, snapshot, ids)
    if luggage.lots:
        _unpack(course, luggage.lots, now)
    if luggage.term is None:
        standing.join(course, now)
    else:
        standing.take_over(course, luggage.term.tier, luggage.term.from_at, luggage.term.until_at, now)
    if referred:
        course.ask_for_policies(now)
    return course.outcome()


def _unpack(course: Course, lots: Sequence[OpeningLot], now: datetime) -> None:
    edition, parts, accounts = course.editions.at(now), [], {}
    for unit in sorted({lot.unit for lot in lots}):
        account, moves = course.account(unit), list[Move]()
        for lot in (lot for lot in lots if lot.unit == unit):
            key = lot_for(edition.programme.units[unit], lot.earned_on or course.day(now))
            key = key if lot.last_day is None else key._replace(last_day=lot.last_day)
            change = credit(account, key, lot.points, "imported", lot.earned_on)
            account = change.account
            moves.extend(change.moves)
        parts.append(Part(unit, sum(move.points for move in moves), tuple(moves)))
        accounts[unit] = account
    course.note(Operation(course.new_id(), "import", edition.number, now, tuple(parts)), accounts)
