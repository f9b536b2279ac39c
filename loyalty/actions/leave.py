"""A member asks, on their own page, to be forgotten."""

from sqlalchemy.orm import Session

from loyalty import members
from loyalty.actions.erase import erase
from loyalty.actions.once import Asking
from loyalty.decide.programme import Editions


def leave(
    session: Session,
    editions: Editions,
    member_id: int,
    version: int,
    *,
    asking: Asking,
    identity_key: bytes,
) -> None:
    """Forget the member behind a page. What is forfeited is gone: whatever keeps points in keeps them here.

    Raises what `erase` raises, and SpendLocked.
    """
    erase(session, editions, member_id, version, asking=asking, identity_key=identity_key)
    # Looked at once all is locked, in the order that erasing locks in: the refusal undoes the rest.
    members.spend_guard(members.locked(session, member_id)).check(asking.now)
