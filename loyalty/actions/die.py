"""A member died: card, bookings, letters stop at once and the estate waits for staff; or not so (M9)."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import members
from loyalty.actions.keep_household import end_seat
from loyalty.actions.let_go import DECEASED as BY_DEATH
from loyalty.actions.let_go import say_goodbye
from loyalty.actions.once import Asking
from loyalty.actions.turn import Turned, Why, turn
from loyalty.decide.outcome import Event
from loyalty.members import DECEASED, Member

DIED, RESTORED = "member.deceased", "member.restored"


def report_death(session: Session, member_id: int, why: Why, *, reference: str, asking: Asking) -> bool:
    """Staff were told that a member died, once for the client's reference; whether that was done before.

    Points, tier and vouchers stay as they are, and nobody uses them until the estate is settled. Raises
    NotFound, StateForbids, KeyReused.
    """

    def do(member: Member) -> Turned:
        members.die(member)
        end_seat(session, member.member_id, "deceased", asking.now)
        return Turned(say_goodbye(session, member.member_id, asking.now, BY_DEATH))

    return turn(session, "die", member_id, why, DIED, do, reference=reference, asking=asking)


def take_death_back(session: Session, member_id: int, why: Why, *, reference: str, asking: Asking) -> bool:
    """A death was reported in error, once for the client's reference; whether that was taken back before.

    The member is what they were; bookings that ended stay so, and what a settled estate lost is corrected by
    hand. Raises NotFound, StateForbids, KeyReused.
    """

    def do(member: Member) -> Turned:
        members.restore(member)
        return Turned(())

    return turn(session, "restore", member_id, why, RESTORED, do, reference=reference, asking=asking)


def tell_death(session: Session, member: Member, deceased: bool | None, now: datetime) -> Iterator[Event]:
    """The core system says whether a locked member died: what follows, and its news last; none if known."""
    if deceased and member.state != DECEASED:
        members.die(member)
        end_seat(session, member.member_id, "deceased", now)
        yield from say_goodbye(session, member.member_id, now, BY_DEATH)
        yield Event(DIED, {})
    elif deceased is False and member.state == DECEASED:
        members.restore(member)
        yield Event(RESTORED, {})
