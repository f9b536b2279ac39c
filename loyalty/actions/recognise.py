"""A place is shown a card or a code, and keeps in mind for some minutes whose it is."""

from datetime import datetime

from sqlalchemy.orm import Session

from loyalty.actions.who import Bearer, take_bearer
from loyalty.decide.programme import Editions


def recognise(session: Session, editions: Editions, bearer: Bearer, now: datetime) -> int:
    """The member behind a card or a code, who may act; a code is used up with that (M4).

    Raises CardUnknown, CodeUnknown, CodePurpose, CardBlocked.
    """
    return take_bearer(session, editions, bearer, now).snapshot.member_id
