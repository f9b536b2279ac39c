"""A hold or a redemption is cancelled by the caller's own reference, or before it was told (P18)."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from loyalty import ids, ledger
from loyalty.actions.answers import balances, standing_after
from loyalty.actions.book import Taken, fresh_ids, take, write
from loyalty.actions.once import Asking, Told, Wish, once
from loyalty.actions.pool import give_back, hold_sharers
from loyalty.decide import spend
from loyalty.decide.outcome import Outcome
from loyalty.decide.programme import Editions
from loyalty.errors import Busy, HoldClosed, NotFound, ReferenceCancelled, TooMuchReversed
from loyalty.reads.merged import hold_now
from loyalty.reads.spending import spent_by


def cancel_hold(
    session: Session, editions: Editions, reference: str, *, asking: Asking
) -> tuple[dict[str, Any], bool]:
    """Let go of what is held, or give back what was captured of it; cancelling it again changes nothing.

    A hold that was not told yet is refused when it comes. Raises KeyReused.
    """

    def undo(member_id: int, op_id: int) -> Told:
        member_id, op_id = hold_now(session, member_id, op_id)
        taken = take(session, editions, member_id, asking.now)
        hold = ledger.history.hold(session, member_id, op_id)
        if hold is None:
            raise NotFound
        told: dict[str, Any] = {"hold_id": ids.pair_to_text(member_id, op_id), "unit": hold.unit}
        if hold.state == "merged":  # while this waited for the lock
            raise Busy
        capture = ledger.history.captured_by(session, member_id, op_id)
        if capture is not None:
            return _give_back(session, editions, taken, capture, told | {"was": "captured"}, asking)
        if hold.state != "open":
            return Told(_answer(editions, asking, told | {"was": hold.state}))
        try:
            outcome = spend.close_hold(
                editions, hold.unit, op_id, 0, taken.snapshot, asking.now, fresh_ids(asking.now)
            )
        except HoldClosed:
            return Told(_answer(editions, asking, told | {"was": "ended"}))
        write(session, editions, taken, outcome, asking.now)
        told |= {"was": "open", "points": hold.points}
        return _undone(editions, outcome, "void", told, asking)

    return _cancel(session, editions, "hold", reference, undo, asking)


def cancel_redemption(
    session: Session, editions: Editions, reference: str, *, asking: Asking
) -> tuple[dict[str, Any], bool]:
    """Give back all that is left of a redemption; cancelling it again changes nothing.

    A redemption that was not told yet is refused when it comes. Raises KeyReused.
    """

    def undo(member_id: int, op_id: int) -> Told:
        hold_sharers(session, member_id, op_id)
        taken = take(session, editions, member_id, asking.now)
        return _give_back(session, editions, taken, op_id, {"was": "redeemed"}, asking)

    return _cancel(session, editions, "redemption", reference, undo, asking)


def _cancel(
    session: Session,
    editions: Editions,
    kind: str,
    reference: str,
    undo: Callable[[int, int], Told],
    asking: Asking,
) -> tuple[dict[str, Any], bool]:
    """Undo what the client's reference led to, or bury it."""
    claims = ledger.claims
    scope, key = claims.scope_of(kind, asking.client), claims.key_of((reference,))

    def do() -> Told:
        earlier = claims.take(session, scope, key, claims.ANY, asking.now)
        if earlier is not None and earlier.member_id is not None and earlier.op_id is not None:
            told = undo(earlier.member_id, earlier.op_id)
        else:
            claims.bury(session, scope, key, {"code": ReferenceCancelled.code, "facts": {}})
            told = Told(_answer(editions, asking, {"was": "cancelled" if earlier else "unseen"}))
        return Told(told.answer | {"reference": reference}, told.member_id, told.op_id)

    wish = Wish(f"{kind}_cancellation", asking, (reference,), {"reference": reference})
    return once(session, wish, do, editions)


def _give_back(
    session: Session, editions: Editions, taken: Taken, op_id: int, told: dict[str, Any], asking: Asking
) -> Told:
    """All that is left of what an operation spent."""
    member_id = taken.snapshot.member_id
    unit = spent_by(session, member_id, op_id).unit
    told = told | {"redemption_id": ids.pair_to_text(member_id, op_id), "unit": unit}
    try:
        back = give_back(session, editions, taken, op_id, None, asking.now)
    except TooMuchReversed:
        return Told(_answer(editions, asking, told | {"was": "reversed"}))
    write(session, editions, back.taken, back.outcome, asking.now)
    return _undone(editions, back.outcome, "reverse", told | {"points": back.points}, asking)


def _undone(editions: Editions, outcome: Outcome, kind: str, told: dict[str, Any], asking: Asking) -> Told:
    """The operation that undid it, by the edition it was booked under, and the member as that left them."""
    booked = outcome.booked(kind)
    shown = {"balance": balances(outcome), **standing_after(editions, outcome), "edition": booked.edition}
    return Told(_answer(editions, asking, told | shown), outcome.after.member_id, booked.op_id)


def _answer(editions: Editions, asking: Asking, told: dict[str, Any]) -> dict[str, Any]:
    """What a till hears; of a member only where something was undone."""
    nothing: dict[str, Any] = {
        "hold_id": None,
        "redemption_id": None,
        "unit": None,
        "points": 0,
        "balance": {},
        "tier": None,
        "tier_change": None,
        "edition": editions.at(asking.now).number,
    }
    return nothing | told
