"""Nobody acts on an account of their own, or on one linked with them."""

from sqlalchemy.orm import Session

from loyalty import reviews
from loyalty.errors import SelfDealing


def keep_apart(session: Session, person: str, member_id: int) -> None:
    """Raises SelfDealing where a person is linked with the member, by their name at any store."""
    if reviews.is_linked(session, person, member_id):
        raise SelfDealing
