"""Staff correct a member's points, with a reason."""

from typing import Any

from sqlalchemy.orm import Session

from loyalty import ids
from loyalty.actions.answers import balances, standing_after
from loyalty.actions.book import fresh_ids, take, write
from loyalty.actions.once import Asking, Told, Wish, once
from loyalty.actions.units import known_unit
from loyalty.decide import spend
from loyalty.decide.programme import Editions


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

    Raises UnitUnknown, NotFound, InDebt, NotEnoughPoints, KeyReused.
    """
    now = asking.now

    def do() -> Told:
        meant = known_unit(editions, unit, now)
        taken = take(session, editions, member_id, now)
        reasons = {"reason_code": reason_code, "note": note, "reference": reference}
        outcome = spend.adjust(editions, meant, points, taken.snapshot, now, fresh_ids(now), reasons)
        write(session, editions, taken, outcome, now)
        booked = outcome.booked("adjust")
        answer = {
            "adjustment_id": ids.pair_to_text(member_id, booked.op_id),
            "member_id": ids.to_text(member_id),
            "unit": meant,
            "points": points,
            "reason_code": reason_code,
            "reference": reference,
            "balance": balances(outcome),
            **standing_after(editions, outcome),
            "edition": booked.edition,
        }
        return Told(answer, member_id, booked.op_id)

    content = {"member": member_id, "unit": unit, "points": points, "reason": reason_code, "note": note}
    return once(session, Wish("adjustment", asking, (reference,), content), do)
