"""Nobody acts on an account of their own, on one linked with them, or on one they share points with."""

from contextlib import suppress

from sqlalchemy.orm import Session

from loyalty import households, members, reviews, staff
from loyalty.errors import NotFound, SelfDealing


def keep_apart(session: Session, person: str, member_id: int) -> None:
    """Raises SelfDealing where a person is linked with the member, by their name at any store.

    A colleague is kept apart from a member of their own e-mail address, too. Whoever was merged is the
    survivor: what holds of any of them holds of all (M6). So it does of all who have a seat in a household:
    they spend each other's points (M8).
    """
    whose, address = members.current(session, member_id), _address_of(session, person)
    seat = households.seat_of(session, whose)
    beside = [one.member_id for one in households.seats(session, seat.household_id)] if seat else [whose]
    for one in beside:
        if reviews.is_linked(session, person, one) or (address and members.has_email(session, one, address)):
            raise SelfDealing


def _address_of(session: Session, person: str) -> str | None:
    """What a colleague signs in by; None for anybody else."""
    account_id = staff.account_of(person)
    with suppress(NotFound):
        return None if account_id is None else staff.account(session, account_id).email
    return None
