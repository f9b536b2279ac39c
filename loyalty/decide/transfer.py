"""What passing points on leads to, on both sides. Pure."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Literal

from loyalty import calendar, ids
from loyalty.decide import standing
from loyalty.decide.course import Course
from loyalty.decide.outcome import Outcome, Snapshot
from loyalty.decide.programme import Editions
from loyalty.errors import (
    NotEnoughPoints,
    NotTransferable,
    SameMember,
    TransferLimit,
    TransferTooSmall,
)
from loyalty.ledger.lots import Account, Change, Move, Portion, awake, choose, receive, take
from loyalty.ledger.operations import Operation, Part
from loyalty.ledger.terms import Transfer
from loyalty.usage.terms import UsageKey, period_of

Way = Literal["out", "in"]


def limit_key(editions: Editions, unit: str, way: Way, member_id: int, now: datetime) -> UsageKey:
    """The counter of what a member gives away, or gets, on this local day."""
    return _key(way, unit, member_id, calendar.local_day(now, editions.zone))


def terms_of(editions: Editions, unit: str, giver: int, receiver: int, now: datetime) -> Transfer:
    """How members pass points of a unit on. Raises NotTransferable, SameMember."""
    terms = editions.at(now).programme.units[unit].transfer
    if terms is None:
        raise NotTransferable(unit=unit)
    if giver == receiver:
        raise SameMember
    return terms


def transfer(
    editions: Editions,
    unit: str,
    points: int,
    giver: Snapshot,
    receiver: Snapshot,
    now: datetime,
    new_ids: Iterator[int],
    reference: str,
) -> tuple[Outcome, Outcome]:
    """Pass points on: one operation on two members, under one number; lots keep their dates (P12).

    Raises NotTransferable, SameMember, TransferTooSmall, TransferLimit, InDebt (P8), NotEnoughPoints.
    """
    terms = terms_of(editions, unit, giver.member_id, receiver.member_id, now)
    if points < terms.least:
        raise TransferTooSmall(asked=points, least=terms.least)
    source, target = (standing.true_at(editions, one, now, new_ids) for one in (giver, receiver))
    _count(source, "out", unit, points, terms, now)
    _count(target, "in", unit, points, terms, now)
    op_id, portions = source.new_id(), choose(source.account(unit), points)
    _check_lasts(portions, target.account(unit), target.day(now))
    given = {"with": ids.to_text(receiver.member_id), "reference": reference}
    got = {"with": ids.to_text(giver.member_id), "reference": reference}
    return (
        give_away(source, unit, portions, op_id, now, given),
        take_in(target, unit, portions, op_id, now, got),
    )


def give_away(
    course: Course,
    unit: str,
    portions: tuple[Portion, ...],
    op_id: int,
    now: datetime,
    reasons: Mapping[str, object],
) -> Outcome:
    """The giver's side: these portions, chosen from the account, leave it."""
    moves = tuple(Move(portion.lot, -portion.points, "transferred") for portion in portions)
    left = Change(take(course.account(unit), portions), moves)
    return _book(course, "transfer_out", Part(unit, _sum(portions), left.moves), left, op_id, now, reasons)


def take_in(
    course: Course,
    unit: str,
    portions: tuple[Portion, ...],
    op_id: int,
    now: datetime,
    reasons: Mapping[str, object],
) -> Outcome:
    """The receiver's side: these portions come, with their dates."""
    got = receive(course.account(unit), portions, course.day(now))
    return _book(course, "transfer_in", Part(unit, _sum(portions), got.moves), got, op_id, now, reasons)


def _book(
    course: Course,
    kind: str,
    part: Part,
    change: Change,
    op_id: int,
    now: datetime,
    reasons: Mapping[str, object],
) -> Outcome:
    number = course.editions.at(now).number
    operation = Operation(op_id, kind, number, now, (part,), reasons=reasons)
    standing.book(course, operation, {part.unit: change.account}, now)
    return course.outcome()


def _sum(portions: tuple[Portion, ...]) -> int:
    return sum(portion.points for portion in portions)


def _check_lasts(portions: tuple[Portion, ...], receiver: Account, today: date) -> None:
    """What only the giver's tier keeps alive stays with the giver: elsewhere it would be dead at once."""
    lasting = sum(p.points for p in portions if not receiver.is_dead(awake(receiver, p.lot, today), today))
    asked = sum(portion.points for portion in portions)
    if lasting < asked:
        raise NotEnoughPoints(asked=asked, available=lasting)


def _count(course: Course, way: Way, unit: str, points: int, terms: Transfer, now: datetime) -> None:
    """Count points against the day's limit of one side."""
    key = _key(way, unit, course.start.member_id, course.day(now))
    left = terms.member_day - course.used(key).amount
    if points > left:
        side = "giver" if way == "out" else "receiver"
        raise TransferLimit(side=side, least=terms.least, left=max(left, 0))
    course.use(key, 1, points)


def _key(way: Way, unit: str, member_id: int, day: date) -> UsageKey:
    return UsageKey(f"transfer:{unit}:{way}", ids.to_text(member_id), period_of("day", day))
