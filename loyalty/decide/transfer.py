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
from loyalty.ledger.lots import Account, Move, Portion, awake, choose, receive, take
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
    op_id, number = source.new_id(), editions.at(now).number
    portions = choose(source.account(unit), points)
    _check_lasts(portions, target.account(unit), target.day(now))
    moves = tuple(Move(portion.lot, -portion.points, "transferred") for portion in portions)
    left = take(source.account(unit), portions)
    got = receive(target.account(unit), portions, target.day(now))

    def book(course: Course, kind: str, moves: tuple[Move, ...], account: Account, other: int) -> Outcome:
        reasons: Mapping[str, object] = {"with": ids.to_text(other), "reference": reference}
        part = Part(unit, points, moves)
        standing.book(
            course, Operation(op_id, kind, number, now, (part,), reasons=reasons), {unit: account}, now
        )
        return course.outcome()

    return (
        book(source, "transfer_out", moves, left, receiver.member_id),
        book(target, "transfer_in", got.moves, got.account, giver.member_id),
    )


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
