"""Nobody acts on an account of their own, or on one linked with them."""

from contextlib import suppress

from sqlalchemy.orm import Session

from loyalty import members, reviews, staff
from loyalty.errors import NotFound, SelfDealing
from loyalty.members import search_key


def keep_apart(session: Session, person: str, member_id: int) -> None:
    """Raises SelfDealing where a person is linked with the member, by their name at any store.

    A colleague is kept apart from a member of their own e-mail address, too.
    Whoever was merged is the survivor: a link with any of them is one with all (M6).
    """
    linked = reviews.is_linked(session, person, members.current(session, member_id))
    if linked or _has_address_of(session, person, member_id):
        raise SelfDealing


def _has_address_of(session: Session, person: str, member_id: int) -> bool:
    account_id = staff.account_of(person)
    if account_id is None:
        return False
    with suppress(NotFound):
        address = staff.account(session, account_id).email
        return members.person_of(session, member_id).email_key == search_key(address)
    return False
