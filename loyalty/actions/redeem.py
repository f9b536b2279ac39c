"""Points are spent at once, and given back when that is reversed (P4, P9)."""

from typing import Any

from sqlalchemy.orm import Session

from loyalty import ids, rewards
from loyalty.actions.answers import balances, standing_after
from loyalty.actions.book import fresh_ids, take, write
from loyalty.actions.once import Asking, Told, Wish, once
from loyalty.actions.pool import give_back, give_shares, hold_sharers, take_payers
from loyalty.actions.units import spendable_unit
from loyalty.actions.who import Bearer
from loyalty.decide import spend
from loyalty.decide.ceilings import watch
from loyalty.decide.programme import Editions
from loyalty.errors import NotFound


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
    pooled: bool = False,
) -> tuple[dict[str, Any], bool]:
    """Spend points, once for the client's reference; `pooled` with those of the household (M8).

    Ceilings count the whole on whoever asks. Raises UnitUnknown, NotSpendable, CardUnknown, CardBlocked,
    SpendLocked, InDebt, NotEnoughPoints, CeilingExceeded, KeyReused; pooled NotPooled, NoHousehold.
    """
    now = asking.now

    def do() -> Told:
        spent = spendable_unit(editions, unit, now)
        ceilings = watch(editions, "spend", asking.client, now, now)
        paid = take_payers(session, editions, bearer, spent, points, now, ceilings.keys, pooled=pooled)
        member_id, own = paid.asker.snapshot.member_id, paid.shares.own
        reasons = {"reference": reference, "for": purpose, **paid.shares.told}
        outcome = spend.redeem(editions, spent, own, paid.asker.snapshot, now, fresh_ids(now), reasons)
        outcome = ceilings.passed(outcome, {spent: points})
        write(session, editions, paid.asker, outcome, now)
        booked = outcome.booked("redeem")
        give_shares(session, editions, paid, booked.op_id, reference, now)
        answer = {
            "redemption_id": ids.pair_to_text(member_id, booked.op_id),
            "unit": spent,
            "points": points,
            "pooled": points - own,
            "reversed": 0,
            "reference": reference,
            "balance": balances(outcome),
            **standing_after(editions, outcome),
            "edition": booked.edition,
        }
        return Told(answer, member_id, booked.op_id)

    content = {"bearer": bearer.content, "unit": unit, "points": points, "for": purpose}
    content |= {"pool": True} if pooled else {}
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
        hold_sharers(session, member_id, op_id)
        taken = take(session, editions, member_id, now)
        if rewards.is_order(session, member_id, op_id):
            raise NotFound  # an order is cancelled as a whole, with its voucher
        back = give_back(session, editions, taken, op_id, points, now)
        write(session, editions, back.taken, back.outcome, now)
        booked = back.outcome.booked("reverse")
        answer = {
            "reversal_id": ids.pair_to_text(member_id, booked.op_id),
            "redemption_id": ids.pair_to_text(member_id, op_id),
            "unit": back.unit,
            "points": back.points,
            "pooled": back.others,
            "reversed": back.reversed,
            "reference": reference,
            "balance": balances(back.outcome),
            **standing_after(editions, back.outcome),
            "edition": booked.edition,
        }
        return Told(answer, member_id, booked.op_id)

    content = {"redemption": ids.pair_to_text(member_id, op_id), "points": points}
    return once(session, Wish("reversal", asking, (reference,), content), do, editions)
