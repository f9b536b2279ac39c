"""A member is suspended: they may look, and nothing moves until they are resumed (M9)."""

from sqlalchemy.orm import Session

from loyalty import members
from loyalty.actions.once import Asking
from loyalty.actions.turn import Turned, Why, turn
from loyalty.members import Member


def suspend(session: Session, member_id: int, why: Why, *, reference: str, asking: Asking) -> bool:
    """Suspend a member, once for the client's reference; whether that was done before.

    What was booked or set aside before goes on. Raises NotFound, StateForbids, KeyReused.
    """

    def do(member: Member) -> Turned:
        members.suspend(member)
        return Turned(())

    return turn(
        session, "suspend", member_id, why, "member.suspended", do, reference=reference, asking=asking
    )


def resume(session: Session, member_id: int, why: Why, *, reference: str, asking: Asking) -> bool:
    """Let a suspended member act again, once for the client's reference; whether that was done before.

    Raises NotFound, StateForbids, KeyReused.
    """

    def do(member: Member) -> Turned:
        members.resume(session, member)
        return Turned(())

    return turn(session, "resume", member_id, why, "member.resumed", do, reference=reference, asking=asking)
