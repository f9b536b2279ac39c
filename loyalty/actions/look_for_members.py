"""A colleague looks for members by what they were told; who finds nobody too often waits."""

from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import acts, members, staff
from loyalty.decide.programme import Editions
from loyalty.members import FoundPerson
from loyalty.reads.region import region_of


def look_for_members(
    session: Session, editions: Editions, text: str, limit: int, account_id: int, key: bytes, now: datetime
) -> list[FoundPerson]:
    """Up to `limit` members of a card, phone, e-mail or reference, or a name's start.

    After twenty looks within minutes that found nobody the colleague waits, longer each time; the first wait
    is a line in the chain of acts. Raises TriedTooOften.
    """
    staff.check_looking(session, key, account_id, now)
    found = members.search(session, text, region_of(editions, now), limit)
    if not found and staff.note_miss(session, key, account_id, now):
        name = staff.actor(account_id)
        acts.record(session, now, actor=name, kind="members.not_found", subject=name)
    return found
