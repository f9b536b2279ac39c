"""Points are set aside for a till, then captured or let go (P6)."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from loyalty import calendar, ids, ledger
from loyalty.actions.answers import balances, standing_after
from loyalty.actions.book import Taken, fresh_ids, take, write
from loyalty.actions.once import Asking, Told, Wish, once
from loyalty.actions.units import spendable_unit
from loyalty.actions.who import Bearer, take_bearer
from loyalty.decide import spend
from loyalty.decide.ceilings import watch
from loyalty.decide.programme import Editions
from loyalty.errors import Busy, HoldClosed, NotFound
from loyalty.reads.merged import hold_now


def hold(
    session: Session,
    editions: Editions,
    bearer: Bearer,
    points: int,
    lasts: timedelta,
    *,
    unit: str | None,
    reference: str,
    asking: Asking,
) -> tuple[dict[str, Any], bool]:
    """Set points aside, once for the client's reference.

    Raises UnitUnknown, NotSpendable, CardUnknown, CardBlocked, SpendLocked, InDebt, NotEnoughPoints,
    CeilingExceeded, KeyReused. What is held counts against the ceilings of the day, whatever becomes of it.
    """
    now = asking.now

    def do() -> Told:
        meant = spendable_unit(editions, unit, now)
        ceilings = watch(editions, "spend", asking.client, now, now)
        taken = take_bearer(session, editions, bearer, now, limits=ceilings.keys, purpose="spend")
        outcome = spend.hold(editions, meant, points, lasts, taken.snapshot, now, fresh_ids(now))
        outcome = ceilings.passed(outcome, {meant: points})
        write(session, editions, taken, outcome, now)
        booked = outcome.booked("hold")
        answer = {
            "hold_id": ids.pair_to_text(taken.snapshot.member_id, booked.op_id),
            "redemption_id": None,
            "unit": meant,
            "points": points,
            "captured": 0,
            "state": "open",
            "ends_at": calendar.instant_text(now + lasts),
            "reference": reference,
            "balance": balances(outcome),
            **standing_after(editions, outcome),
            "edition": booked.edition,
        }
        return Told(answer, taken.snapshot.member_id, booked.op_id)

    content = {"bearer": bearer.content, "unit": unit, "points": points, "seconds": lasts.total_seconds()}
    return once(session, Wish("hold", asking, (reference,), content), do, editions)


def close_hold(
    session: Session,
    editions: Editions,
    member_id: int,
    op_id: int,
    captured: int | None,
    *,
    asking: Asking,
) -> tuple[dict[str, Any], bool]:
    """Capture a hold in part or (None) whole, or void it (0); it leaves `open` once (P6).

    What was held before spending was locked is captured all the same. The hold is the key if no header is.
    Raises NotFound, HoldClosed, TooMuchCaptured, KeyReused.
    """
    now = asking.now
    hold_id = ids.pair_to_text(member_id, op_id)
    kind = "void" if captured == 0 else "capture"

    def do() -> Told:
        taken, unit, held = _open_hold(session, editions, member_id, op_id, now)
        whose = taken.stand.member_id
        outcome = spend.close_hold(editions, unit, held.op_id, captured, taken.snapshot, now, fresh_ids(now))
        write(session, editions, taken, outcome, now)
        booked = outcome.booked(kind)
        closing = booked.closes
        answer = {
            "hold_id": hold_id,
            "redemption_id": ids.pair_to_text(whose, booked.op_id) if kind == "capture" else None,
            "unit": unit,
            "points": held.points,
            "captured": closing.captured if closing else 0,
            "state": closing.state if closing else "open",
            "ends_at": calendar.instant_text(held.ends_at),
            "balance": balances(outcome),
            **standing_after(editions, outcome),
            "edition": booked.edition,
        }
        return Told(answer, whose, booked.op_id)

    content = {"hold": hold_id, "captured": captured}
    business_key = (hold_id,) if asking.header_key is None else None
    wish = Wish(kind, asking, business_key, content, club_wide=True)
    return once(session, wish, do, editions)


def _open_hold(
    session: Session, editions: Editions, member_id: int, op_id: int, now: datetime
) -> tuple[Taken, str, ledger.Hold]:
    """Whose hold it is, under their lock, its unit, and the hold, wherever it was made again (M6).

    Raises NotFound, HoldClosed, Busy.
    """
    whose, number = hold_now(session, member_id, op_id)
    taken = take(session, editions, whose, now, alone=True)
    for unit, account in taken.snapshot.accounts.items():
        for hold in account.holds:
            if hold.op_id == number:
                return taken, unit, hold
    closed = ledger.history.hold(session, whose, number)
    if closed is None:
        raise NotFound
    if closed.state == "merged":  # while this waited for the lock
        raise Busy
    raise HoldClosed(state=closed.state)
