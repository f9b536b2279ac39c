"""Points are spent at once, and given back when that is reversed (P4, P9)."""

from typing import Any

from sqlalchemy.orm import Session

from loyalty import ids, ledger, rewards
from loyalty.actions.answers import balances, standing_after
from loyalty.actions.book import fresh_ids, take, write
from loyalty.actions.once import Asking, Told, Wish, once
from loyalty.actions.units import spendable_unit
from loyalty.actions.who import Bearer, take_bearer
from loyalty.decide import spend
from loyalty.decide.ceilings import watch
from loyalty.decide.programme import Editions
from loyalty.errors import NotFound
from loyalty.ledger import Portion
from loyalty.reads.spending import SPENT


def redeem(
    session: Session,
    editions: Editions,
    bearer: Bearer,
    points: int,
    *,
    unit: str | None,
    purpose: str | None,
    reference: str,
    asking: Asking,
) -> tuple[dict[str, Any], bool]:
    """Spend points, once for the client's reference.

    Raises UnitUnknown, NotSpendable, CardUnknown, CardBlocked, SpendLocked, InDebt, NotEnoughPoints,
    CeilingExceeded, KeyReused.
    """
    now = asking.now

    def do() -> Told:
        spent = spendable_unit(editions, unit, now)
        ceilings = watch(editions, "spend", asking.client, now, now)
        taken = take_bearer(session, editions, bearer, now, limits=ceilings.keys, purpose="spend")
        reasons = {"reference": reference, "for": purpose}
        outcome = spend.redeem(editions, spent, points, taken.snapshot, now, fresh_ids(now), reasons)
        outcome = ceilings.passed(outcome, {spent: points})
        write(session, editions, taken, outcome, now)
        booked = outcome.booked("redeem")
        answer = {
            "redemption_id": ids.pair_to_text(taken.snapshot.member_id, booked.op_id),
            "unit": spent,
            "points": points,
            "reversed": 0,
            "reference": reference,
            "balance": balances(outcome),
            **standing_after(editions, outcome),
            "edition": booked.edition,
        }
        return Told(answer, taken.snapshot.member_id, booked.op_id)

    content = {"bearer": bearer.content, "unit": unit, "points": points, "for": purpose}
    return once(session, Wish("redemption", asking, (reference,), content), do, editions)


def reverse(
    session: Session,
    editions: Editions,
    member_id: int,
    op_id: int,
    points: int | None,
    *,
    reference: str,
    asking: Asking,
) -> tuple[dict[str, Any], bool]:
    """Give redeemed or captured points back, in part or all that is left, once for the client's reference.

    Raises NotFound, TooMuchReversed, KeyReused.
    """
    now = asking.now

    def do() -> Told:
        taken = take(session, editions, member_id, now)
        if rewards.is_order(session, member_id, op_id):
            raise NotFound  # an order is cancelled as a whole, with its voucher
        before = spent_by(session, member_id, op_id)
        outcome = spend.reverse(editions, before, points, taken.snapshot, now, fresh_ids(now))
        write(session, editions, taken, outcome, now)
        booked = outcome.booked("reverse")
        given_back = booked.parts[0].points
        answer = {
            "reversal_id": ids.pair_to_text(member_id, booked.op_id),
            "redemption_id": ids.pair_to_text(member_id, op_id),
            "unit": before.unit,
            "points": given_back,
            "reversed": before.reversed + given_back,
            "reference": reference,
            "balance": balances(outcome),
            **standing_after(editions, outcome),
            "edition": booked.edition,
        }
        return Told(answer, member_id, booked.op_id)

    content = {"redemption": ids.pair_to_text(member_id, op_id), "points": points}
    return once(session, Wish("reversal", asking, (reference,), content), do, editions)


def spent_by(session: Session, member_id: int, op_id: int) -> spend.Spent:
    """A redemption or a capture, as what gives it back finds it. Raises NotFound."""
    done = ledger.history.operation(session, member_id, op_id)
    if done is None or done.kind not in SPENT:
        raise NotFound
    part = done.parts[0]
    lines = ledger.history.entries_of(session, member_id, part.unit, part)
    portions = tuple(Portion(line.lot, -line.points) for line in lines if line.contra == "redeemed")
    return spend.Spent(op_id, done.edition, part.unit, portions, part.undone)
