"""A member passes points on to another (P12)."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from loyalty import ids, usage
from loyalty.actions.answers import balances, standing_after
from loyalty.actions.book import Taken, fresh_ids, write
from loyalty.actions.once import Asking, Told, Wish, once
from loyalty.actions.units import known_unit
from loyalty.actions.who import Bearer, member_of, take_bearer
from loyalty.decide import transfer as decision
from loyalty.decide.outcome import Snapshot
from loyalty.decide.programme import Editions
from loyalty.errors import CodeUnknown, NotFound


def transfer(
    session: Session,
    editions: Editions,
    giver: int,
    receiver: int,
    unit: str,
    points: int,
    *,
    code: str | None,
    reference: str,
    asking: Asking,
) -> tuple[dict[str, Any], bool]:
    """Pass points on, once for the client's reference; the answer shows the giver. `code` is the giver's.

    Raises UnitUnknown, NotTransferable, SameMember, NotFound, CodeNeeded, CodeUnknown, CodePurpose,
    CardBlocked, TransferTooSmall, TransferLimit, InDebt, NotEnoughPoints, KeyReused.
    """
    now = asking.now

    def do() -> Told:
        meant = known_unit(editions, unit, now)
        decision.terms_of(editions, meant, giver, receiver, now)
        bearers = {giver: Bearer(member_id=giver, code=code), receiver: Bearer(member_id=receiver)}
        taken = {
            member_id: _take(session, editions, bearers[member_id], member_id == giver, now)
            for member_id in sorted(bearers)  # the lock order
        }
        snapshots = _with_limits(session, editions, meant, taken, (giver, receiver), now)
        outcomes = decision.transfer(editions, meant, points, *snapshots, now, fresh_ids(now), reference)
        for member_id, outcome in zip((giver, receiver), outcomes, strict=True):
            write(session, editions, taken[member_id], outcome, now)
        booked = outcomes[0].booked("transfer_out")
        answer = {
            "transfer_id": ids.pair_to_text(giver, booked.op_id),
            "from": ids.to_text(giver),
            "to": ids.to_text(receiver),
            "unit": meant,
            "points": points,
            "reference": reference,
            "balance": balances(outcomes[0]),
            **standing_after(editions, outcomes[0]),
            "edition": booked.edition,
        }
        return Told(answer, giver, booked.op_id)

    content = {"from": giver, "to": receiver, "unit": unit, "points": points}
    return once(session, Wish("transfer", asking, (reference,), content), do)


def _take(session: Session, editions: Editions, bearer: Bearer, gives: bool, now: datetime) -> Taken:
    """Lock one of the two, who may act; a code must be the giver's own."""
    if bearer.code is not None and member_of(session, bearer, now) != bearer.member_id:
        raise CodeUnknown
    try:
        return take_bearer(session, editions, bearer, now, purpose="spend" if gives else "earn")
    except NotFound:
        raise NotFound.at("from" if gives else "to") from None


def _with_limits(
    session: Session,
    editions: Editions,
    unit: str,
    taken: dict[int, Taken],
    ends: tuple[int, int],
    now: datetime,
) -> tuple[Snapshot, Snapshot]:
    """Giver and receiver with the counters of their day, which are locked last."""
    used = usage.used(session, decision.limit_keys(editions, unit, *ends, now), locked=True)
    giver, receiver = (replace(taken[member_id].snapshot, used=used) for member_id in ends)
    return giver, receiver
