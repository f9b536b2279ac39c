"""The rows of members' lives: from state to state, each as the one table allows (M9)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from loyalty.members.card_store import active_card
from loyalty.members.life import ACTIVE, DECEASED, ENROLLED, LEFT, MERGED, SETTLED, SUSPENDED, check
from loyalty.members.models import Member


def stands(member: Member) -> str:
    """Where a member stands: the state, that they are merged, or that a deceased one's estate is settled."""
    if member.merged_into is not None:
        return MERGED
    return SETTLED if member.settled_at is not None else member.state


def suspend(member: Member) -> None:
    """A locked member may look and no more. Raises StateForbids."""
    check(stands(member), "suspend")
    member.state = SUSPENDED


def resume(session: Session, member: Member) -> None:
    """A suspended member may act again. Raises StateForbids."""
    check(stands(member), "resume")
    member.state = ENROLLED if active_card(session, member.member_id) is None else ACTIVE


def leave(member: Member, forfeits_at: datetime | None) -> None:
    """A locked member leaves the club; what is kept of their points goes at that instant, or never.

    Raises StateForbids.
    """
    check(stands(member), "leave")
    member.left_as, member.state, member.forfeits_at = member.state, LEFT, forfeits_at


def come_back(member: Member) -> None:
    """Who left is a member again, in the state they left in. Raises StateForbids."""
    check(stands(member), "come_back")
    member.state, member.left_as, member.forfeits_at = member.left_as or ACTIVE, None, None


def die(member: Member) -> None:
    """A locked member died; the state to come back to is kept, should it be an error. Raises StateForbids."""
    check(stands(member), "die")
    member.alive_as, member.state = member.state, DECEASED


def restore(member: Member) -> None:
    """A member lives whose death was told in error. Raises StateForbids."""
    check(stands(member), "restore")
    member.state, member.alive_as, member.settled_at = member.alive_as or ACTIVE, None, None


def settle(member: Member, now: datetime) -> None:
    """The estate of a deceased member is settled: nothing is corrected any more. Raises StateForbids."""
    check(stands(member), "settle")
    member.settled_at = now


def forfeits(member: Member, now: datetime) -> bool:
    """Whether a locked member left so long ago that their points go."""
    return member.state == LEFT and member.forfeits_at is not None and member.forfeits_at <= now


def due_to_forfeit(session: Session, after_id: int, limit: int, now: datetime) -> Sequence[int]:
    """Up to `limit` ids above `after_id`, in order, of who left so long ago that their points go."""
    due = select(Member.member_id).where(
        Member.forfeits_at <= now, Member.state == LEFT, Member.member_id > after_id
    )
    return session.scalars(due.order_by(Member.member_id).limit(limit)).all()
