"""A member's page shows a code: to earn or to spend, for a minute, once (M4)."""

from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import members
from loyalty.errors import CardBlocked
from loyalty.members import Purpose


def show_code(session: Session, member_id: int, purpose: Purpose, now: datetime) -> tuple[str, datetime]:
    """A fresh code, and when it expires; codes shown before live on to their own end.

    Raises NotFound; CardBlocked when the member may not act or the card is blocked.
    """
    member = members.locked(session, member_id)
    members.check(member.state, "show_code")
    if members.is_silenced(session, member_id, now):
        raise CardBlocked
    return members.show_code(session, member_id, purpose, now)
