"""Staff settle what somebody deceased left: an heir gets the points, or they are forfeited (M9)."""

from dataclasses import replace

from sqlalchemy.orm import Session

from loyalty import members, rewards
from loyalty.actions.book import fresh_ids, take, write
from loyalty.actions.buy_reward import cancel_order
from loyalty.actions.once import Asking
from loyalty.actions.turn import Turned, Why, turn
from loyalty.decide import leftover, standing
from loyalty.decide.programme import Editions
from loyalty.errors import SameMember
from loyalty.ids import to_text
from loyalty.members import Member


def settle_estate(
    session: Session,
    editions: Editions,
    member_id: int,
    heir: int | None,
    why: Why,
    *,
    reference: str,
    asking: Asking,
) -> bool:
    """Settle the estate of a deceased member, once for the client's reference; whether that was done before.

    Open orders are cancelled, their points come back; all points that can be spent pass on to the heir, who
    may earn, or are forfeited. Nothing is corrected afterwards. Raises NotFound, SameMember, StateForbids,
    HoldOpen, AccountStopped; CardBlocked for an heir who may not earn; KeyReused.
    """
    now = asking.now

    def do(member: Member) -> Turned:
        member_id, whose = member.member_id, members.current(session, heir) if heir else None
        if whose == member_id:
            raise SameMember
        _end_orders(session, editions, member_id, asking)
        op_id = None
        if whose is None:
            taken = take(session, editions, member_id, now)
            course = standing.true_at(editions, taken.snapshot, now, fresh_ids(now))
            leftover.refuse_held(course)
            leftover.forfeit_estate(course, now)
            write(session, editions, taken, course.outcome(), now)
        else:
            op_id = _pass_on(session, editions, member_id, whose, reference, asking)
        members.settle(member, now)
        return Turned((), {"heir": to_text(whose) if whose else None}, op_id)

    return turn(
        session, "settle", member_id, why, "estate.settled", do, reference=reference, asking=asking, heir=heir
    )


def _pass_on(
    session: Session, editions: Editions, member_id: int, heir: int, reference: str, asking: Asking
) -> int | None:
    """Pass all on; the number of the operation, None where there was nothing."""
    now = asking.now
    members.check(members.stands(members.locked(session, heir)), "earn")
    estate, into = (take(session, editions, one, now) for one in (member_id, heir))
    outcomes = leftover.bequeath(editions, estate.snapshot, into.snapshot, now, fresh_ids(now), reference)
    for taken, outcome in zip((estate, into), outcomes, strict=True):
        write(session, editions, taken, outcome, now)
    passed = [one.op_id for one in outcomes[0].operations if one.kind == "transfer_out"]
    return passed[0] if passed else None


def _end_orders(session: Session, editions: Editions, member_id: int, asking: Asking) -> None:
    """Nobody collects what was ordered: its points come back to the estate."""
    for order in rewards.orders(session, member_id):
        if order.state == "open":
            cancel_order(
                session, editions, order.member_id, order.op_id, asking=replace(asking, header_key=None)
            )
