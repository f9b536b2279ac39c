"""Rows of households and their seats."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from loyalty import ids
from loyalty.errors import HouseholdFull, HouseholdTaken, NoHousehold
from loyalty.households.facts import End, How
from loyalty.households.models import Household, Seat


def set_up(session: Session, by: str, now: datetime) -> int:
    """A household without anybody; its number."""
    household_id = ids.new_id(now)
    session.add(Household(household_id=household_id, set_up_at=now, set_up_by=by))
    session.flush()
    return household_id


def take_seat(session: Session, household_id: int, member_id: int, most: int, by: str, now: datetime) -> Seat:
    """A seat for a locked member, last in the order; they have not agreed yet.

    Raises HouseholdTaken where they have one, HouseholdFull where `most` are taken.
    """
    if seat_of(session, member_id) is not None:
        raise HouseholdTaken
    lock(session, household_id)
    taken = seats(session, household_id)
    if len(taken) >= most:
        raise HouseholdFull(most=most)
    rank = max((one.rank for one in taken), default=0) + 1
    return _add(session, household_id, member_id, rank, by, now)


def agree(session: Session, seat: Seat, how: How, now: datetime) -> None:
    """A locked member shares from now on."""
    seat.agreed_at, seat.agreed_how = now, how
    session.flush()


def end(session: Session, seat: Seat, how: End, now: datetime) -> None:
    """A locked member's seat is over."""
    seat.left_at, seat.left_how = now, how
    session.flush()


def hand_on(session: Session, seat: Seat, to: int, by: str, now: datetime) -> None:
    """End a seat, and give another member one in its turn, as agreed to as it was (M6)."""
    end(session, seat, "merged", now)
    handed = _add(session, seat.household_id, to, seat.rank, by, now)
    if seat.agreed_at is not None:
        agree(session, handed, "merge", now)


def put_in_order(session: Session, household_id: int, order: Sequence[int]) -> None:
    """State whose points are spent first, of all who have a seat in a locked household."""
    for seat in seats(session, household_id):
        seat.rank = 1 + order.index(seat.member_id)
    session.flush()


def lock(session: Session, household_id: int) -> None:
    """Hold a household still: nobody else takes a seat in it, or puts its order."""
    this = select(Household.household_id).where(Household.household_id == household_id)
    session.execute(this.with_for_update())


def seat_of(session: Session, member_id: int) -> Seat | None:
    """The open seat of a member, agreed to or not."""
    mine = select(Seat).where(Seat.member_id == member_id, Seat.left_at.is_(None))
    return session.scalars(mine, execution_options={"populate_existing": True}).first()


def needed_seat(session: Session, member_id: int) -> Seat:
    """The same. Raises NoHousehold."""
    seat = seat_of(session, member_id)
    if seat is None:
        raise NoHousehold
    return seat


def seats(session: Session, household_id: int) -> Sequence[Seat]:
    """The open seats of a household, in the order in which their points are spent."""
    theirs = select(Seat).where(Seat.household_id == household_id, Seat.left_at.is_(None))
    found = theirs.order_by(Seat.rank, Seat.seat_id)
    return session.scalars(found, execution_options={"populate_existing": True}).all()


def sharing_with(session: Session, member_id: int) -> list[int]:
    """Whose points a member may spend besides their own, in order; none while they do not share."""
    mine = seat_of(session, member_id)
    if mine is None or mine.agreed_at is None:
        return []
    others = seats(session, mine.household_id)
    return [one.member_id for one in others if one.agreed_at is not None and one.member_id != member_id]


def all_seats(session: Session, member_id: int) -> Sequence[Seat]:
    """Every seat that a member ever had, the first one first."""
    return session.scalars(select(Seat).where(Seat.member_id == member_id).order_by(Seat.seat_id)).all()


def _add(session: Session, household_id: int, member_id: int, rank: int, by: str, now: datetime) -> Seat:
    seat = Seat(
        member_id=member_id,
        seat_id=ids.new_id(now),
        household_id=household_id,
        rank=rank,
        asked_at=now,
        asked_by=by,
    )
    session.add(seat)
    session.flush()
    return seat
