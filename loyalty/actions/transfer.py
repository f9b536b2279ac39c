"""A member passes points on to another (P12)."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from loyalty import ids, members
from loyalty.actions.answers import balances, standing_after
from loyalty.actions.book import Taken, fresh_ids, write
from loyalty.actions.once import Asking, Told, Wish, once
from loyalty.actions.units import known_unit
from loyalty.actions.who import Bearer, member_of, take_bearer
from loyalty.decide import transfer as decision
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
    CardBlocked, SpendLocked, TransferTooSmall, TransferLimit, InDebt, NotEnoughPoints, KeyReused.
    """
    now = asking.now

    def do() -> Told:
        meant = known_unit(editions, unit, now)
        source, target = members.current(session, giver), members.current(session, receiver)
        decision.terms_of(editions, meant, source, target, now)
        ends: dict[int, tuple[Bearer, decision.Way]] = {
            source: (Bearer(member_id=source, code=code), "out"),
            target: (Bearer(member_id=target), "in"),
        }
        taken = {one: _take(session, editions, meant, *ends[one], now) for one in sorted(ends)}  # lock order
        snapshots = (taken[source].snapshot, taken[target].snapshot)
        outcomes = decision.transfer(editions, meant, points, *snapshots, now, fresh_ids(now), reference)
        for member_id, outcome in zip((source, target), outcomes, strict=True):
            write(session, editions, taken[member_id], outcome, now)
        booked = outcomes[0].booked("transfer_out")
        answer = {
            "transfer_id": ids.pair_to_text(source, booked.op_id),
            "from": ids.to_text(source),
            "to": ids.to_text(target),
            "unit": meant,
            "points": points,
            "reference": reference,
            "balance": balances(outcomes[0]),
            **standing_after(editions, outcomes[0]),
            "edition": booked.edition,
        }
        return Told(answer, source, booked.op_id)

    content = {"from": giver, "to": receiver, "unit": unit, "points": points}
    return once(session, Wish("transfer", asking, (reference,), content), do, editions)


def _take(
    session: Session, editions: Editions, unit: str, bearer: Bearer, way: decision.Way, now: datetime
) -> Taken:
    """Lock one of the two, who may act, with the counter of their day; a code must be the giver's own."""
    if bearer.code is not None and member_of(session, bearer, now) != bearer.member_id:
        raise CodeUnknown
    try:
        return take_bearer(
            session,
            editions,
            bearer,
            now,
            limits=lambda member_id: {decision.limit_key(editions, unit, way, member_id, now)},
            purpose="spend" if way == "out" else "earn",
        )
    except NotFound:
        raise NotFound.at("from" if way == "out" else "to") from None
