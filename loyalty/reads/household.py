"""A member's household: who shares, who has not agreed yet, and what can be spent together (M8)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count

from sqlalchemy.orm import Session

from loyalty import households, members, usage
from loyalty.decide import pool, standing
from loyalty.decide.outcome import Snapshot
from loyalty.decide.programme import Editions
from loyalty.errors import NotFound
from loyalty.households import Seat
from loyalty.reads.snapshot import load


@dataclass(frozen=True, slots=True)
class SeatShown:
    """One open seat; `name` is the person's own."""

    member_id: int
    name: str
    asked_at: datetime
    agreed_at: datetime | None
    agreed_how: str | None  #: as `households.HOW`
    lends: Mapping[str, int]  #: unit → what the others may spend now; {} of whoever looks, or shares nothing


@dataclass(frozen=True, slots=True)
class HouseholdShown:
    """A household as one of its members sees it, in the order in which it gives."""

    household_id: int
    mine: SeatShown
    seats: tuple[SeatShown, ...]  #: mine included
    together: Mapping[str, int]  #: unit → what the member can spend, with what the others lend
    others_month: Mapping[str, int]  #: unit → the most that the others spend of one member in a month


@dataclass(frozen=True, slots=True)
class SeatBefore:
    """A seat that is over."""

    asked_at: datetime
    left_at: datetime
    left_how: str  #: as `households.ENDS`


def household_view(
    session: Session, editions: Editions, member_id: int, now: datetime
) -> HouseholdShown | None:
    """The household in which a member has a seat, agreed to or not; None without one. Raises NotFound."""
    seat = households.seat_of(session, member_id)
    if seat is None:
        return None
    terms = editions.at(now).programme.household
    months = terms.others_month if terms is not None else {}
    shown = []
    for one in households.seats(session, seat.household_id):
        lends: dict[str, int] = {}
        if one.agreed_at is not None and seat.agreed_at is not None and one.member_id != member_id:
            lends = _lent(session, editions, one.member_id, tuple(months), now)
        shown.append(_shown(session, one, lends))
    [mine] = [one for one in shown if one.member_id == member_id]
    own = _own(session, editions, member_id, tuple(months), now)
    sums = {
        unit: points + sum(one.lends.get(unit, 0) for one in shown) if points is not None else 0
        for unit, points in own.items()
    }
    return HouseholdShown(seat.household_id, mine, tuple(shown), sums, months)


def seats_shown(session: Session, member_id: int) -> tuple[SeatShown, ...]:
    """The open seats of a member's household in their order, without what they lend; () without one."""
    seat = households.seat_of(session, member_id)
    if seat is None:
        return ()
    return tuple(_shown(session, one, {}) for one in households.seats(session, seat.household_id))


def pool_view(session: Session, editions: Editions, member_id: int, now: datetime) -> dict[str, int] | None:
    """By unit what a member can spend together with the others now; None who shares with nobody."""
    terms = editions.at(now).programme.household
    seat = households.seat_of(session, member_id) if terms is not None else None
    if terms is None or seat is None or seat.agreed_at is None:
        return None
    units = tuple(terms.others_month)
    own = _own(session, editions, member_id, units, now)
    sums = {unit: points or 0 for unit, points in own.items()}
    for one in households.sharing_with(session, member_id):
        for unit, points in _lent(session, editions, one, units, now).items():
            sums[unit] += points if own[unit] is not None else 0
    return sums


def _shown(session: Session, seat: Seat, lends: Mapping[str, int]) -> SeatShown:
    name = members.person_of(session, seat.member_id).name
    return SeatShown(seat.member_id, name, seat.asked_at, seat.agreed_at, seat.agreed_how, lends)


def _own(
    session: Session, editions: Editions, member_id: int, units: tuple[str, ...], now: datetime
) -> dict[str, int | None]:
    """What a member has to spend, by unit; None while they owe any: then nothing is spent (P8)."""
    snapshot, _ = load(session, editions, member_id, now)
    course = standing.true_at(editions, snapshot, now, count(1))
    accounts = {unit: course.account(unit) for unit in units}
    return {unit: None if account.debt else account.available for unit, account in accounts.items()}


def _lent(
    session: Session, editions: Editions, member_id: int, units: tuple[str, ...], now: datetime
) -> dict[str, int]:
    """What others may spend of a member now, by unit; {} where nothing may leave."""
    member = members.by_id(session, member_id)
    if not members.may(members.stands(member), "spend") or members.spend_guard(member).is_shut(now):
        return {}
    try:
        snapshot, stand = load(session, editions, member_id, now)
    except NotFound:
        return {}
    if stand.stopped_at is not None:
        return {}
    snapshot = _counted(session, editions, snapshot, units, now)
    return {unit: pool.lent(editions, unit, snapshot, now, count(1)) for unit in units}


def _counted(
    session: Session, editions: Editions, snapshot: Snapshot, units: tuple[str, ...], now: datetime
) -> Snapshot:
    keys = {pool.limit_key(unit, snapshot.member_id, editions, now) for unit in units}
    return replace(snapshot, used=usage.used(session, keys))


def seats_before(session: Session, member_id: int) -> list[SeatBefore]:
    """The seats of a member that are over, the latest first."""
    return [
        SeatBefore(one.asked_at, one.left_at, one.left_how)
        for one in reversed(households.all_seats(session, member_id))
        if one.left_at is not None and one.left_how is not None
    ]
