"""Staff correct a member's points, with a reason."""

from typing import Any

from sqlalchemy.orm import Session

from loyalty import acts, ids, members
from loyalty.actions.answers import balances, standing_after
from loyalty.actions.book import fresh_ids, take, write
from loyalty.actions.once import Asking, Told, Wish, once
from loyalty.actions.units import known_unit
from loyalty.decide import spend
from loyalty.decide.ceilings import watch
from loyalty.decide.programme import Editions
from loyalty.errors import NotFound


def adjust(
    session: Session,
    editions: Editions,
    member_id: int,
    unit: str,
    points: int,
    *,
    reason_code: str,
    note: str,
    reference: str,
    asking: Asking,
) -> tuple[dict[str, Any], bool]:
    """Add or take points by hand, once for the client's reference.

    Raises UnitUnknown, NotFound, InDebt, NotEnoughPoints, CeilingExceeded, KeyReused.
    """
    now = asking.now

    def do() -> Told:
        meant = known_unit(editions, unit, now)
        ceilings = watch(editions, "manual", asking.client, now, now)
        try:
            whose = members.current(session, member_id)
            taken = take(session, editions, whose, now, limits=ceilings.keys(whose))
        except NotFound:
            raise NotFound.at("member_id") from None
        reasons = {"reason_code": reason_code, "note": note, "reference": reference, "by": asking.client}
        outcome = spend.adjust(editions, meant, points, taken.snapshot, now, fresh_ids(now), reasons)
        outcome = ceilings.passed(outcome, {meant: abs(points)})
        write(session, editions, taken, outcome, now)
        booked = outcome.booked("adjust")
        answer = {
            "adjustment_id": ids.pair_to_text(whose, booked.op_id),
            "member_id": ids.to_text(whose),
            "unit": meant,
            "points": points,
            "reason_code": reason_code,
            "reference": reference,
            "balance": balances(outcome),
            **standing_after(editions, outcome),
            "edition": booked.edition,
        }
        name = ids.to_text(whose)
        told = {"unit": meant, "points": points, "reason": reason_code, "operation": answer["adjustment_id"]}
        acts.record(session, now, actor=asking.client, kind="points.adjusted", subject=name, content=told)
        return Told(answer, whose, booked.op_id)

    content = {"member": member_id, "unit": unit, "points": points, "reason": reason_code, "note": note}
    return once(session, Wish("adjustment", asking, (reference,), content), do)
