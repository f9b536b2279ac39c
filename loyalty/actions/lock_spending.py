"""A member's points are kept in: by their own lock, or by a freeze that only the counter lifts.

What was asked for somebody who was merged is done with the survivor (M6).
"""

from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import acts, ids, members
from loyalty.actions.keep_words import keep_words
from loyalty.actions.tell_news import hold_still, tell_news

THE_MEMBER = "the member"  #: who freezes, by the link of a notice


def lock_spending(session: Session, member_id: int, now: datetime) -> bool:
    """Keep a member's points in until they unlock them; whether they were not locked.

    Raises NotFound, StateForbids.
    """
    member_id = members.current(session, member_id)
    hold_still(session, member_id)
    member = members.locked(session, member_id)
    members.check(members.stands(member), "lock")
    return members.lock_spending(member, now)


def unlock_spending(session: Session, member_id: int) -> bool:
    """Take the member's own lock back; a freeze and a pause stay. Whether there was one.

    Raises NotFound, StateForbids.
    """
    member_id = members.current(session, member_id)
    hold_still(session, member_id)
    member = members.locked(session, member_id)
    members.check(members.stands(member), "lock")
    return members.unlock_spending(member)


def freeze_spending(session: Session, member_id: int, written_at: datetime, now: datetime) -> bool:
    """A notice written then was answered with "it was not me": points stay until the counter lifts it.

    Until then no contact that came with or after that notice signs the member in.

    Whether they were not frozen: again, by the same link or another, changes nothing. Raises NotFound.
    """
    member_id = members.current(session, member_id)
    before = hold_still(session, member_id)
    if not members.freeze_spending(members.locked(session, member_id), written_at, now):
        return False
    tell_news(session, before, "member.frozen", {}, now)
    acts.record(session, now, actor=THE_MEMBER, kind="member.frozen", subject=ids.to_text(member_id))
    return True


def unfreeze_spending(
    session: Session, member_id: int, by: str, reason: str, now: datetime, *, approved_by: str | None = None
) -> bool:
    """The counter has seen the member with a document; whether there was a freeze.

    Who saw what is kept as a note, which the chain of acts seals. Raises NotFound.
    """
    member_id = members.current(session, member_id)
    before = hold_still(session, member_id)
    if not members.unfreeze_spending(members.locked(session, member_id)):
        return False
    tell_news(session, before, "member.unfrozen", {}, now)
    who, told = ids.to_text(member_id), keep_words(session, member_id, "state", reason, by, now)
    told |= {"approved_by": approved_by} if approved_by else {}
    acts.record(session, now, actor=by, kind="member.unfrozen", subject=who, content=told)
    return True
