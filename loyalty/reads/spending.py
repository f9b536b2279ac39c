"""Holds and redemptions in the books, by their id or by the caller's own reference."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from loyalty import ids, ledger
from loyalty.decide.pool import OUT
from loyalty.decide.spend import Spent
from loyalty.errors import NotFound
from loyalty.ledger import Portion
from loyalty.reads.merged import hold_now

SPENT = frozenset({"redeem", "capture"})  #: operations that spend, and can be reversed


def hold_view(session: Session, member_id: int, op_id: int, now: datetime) -> dict[str, Any]:
    """A hold as the clock has left it, wherever it was made again (M6). Raises NotFound."""
    hold = ledger.history.hold(session, *hold_now(session, member_id, op_id))
    if hold is None:
        raise NotFound
    over = hold.state == "open" and hold.ends_at <= now
    return {
        "hold_id": ids.pair_to_text(member_id, op_id),
        "unit": hold.unit,
        "points": hold.points,
        "captured": hold.captured,
        "state": "ended" if over else hold.state,
        "taken_at": hold.taken_at,
        "ends_at": hold.ends_at,
    }


def hold_by_reference(session: Session, client: str, reference: str, now: datetime) -> dict[str, Any]:
    """A client's own hold. Raises NotFound."""
    return hold_view(session, *_referred(session, "hold", client, reference), now)


def redemption_view(session: Session, member_id: int, op_id: int) -> dict[str, Any]:
    """A redemption or a capture, and what of it was given back. Raises NotFound."""
    done = ledger.history.operation(session, member_id, op_id)
    if done is None or done.kind not in SPENT:
        raise NotFound
    part, others = done.parts[0], _of_others(session, member_id, op_id)
    pooled = sum(one.points for one in others)
    return {
        "redemption_id": ids.pair_to_text(member_id, op_id),
        "unit": part.unit,
        "points": part.points + pooled,
        "pooled": pooled,
        "reversed": part.undone + sum(one.undone for one in others),
        "reference": done.reasons.get("reference"),
        "for": done.reasons.get("for"),
        "redeemed_at": done.happened_at,
        "edition": done.edition,
    }


def spent_by(session: Session, member_id: int, op_id: int, *kinds: str) -> Spent:
    """A redemption or a capture, or one of these kinds, as what gives it back finds it. Raises NotFound."""
    done = ledger.history.operation(session, member_id, op_id)
    if done is None or done.kind not in (kinds or SPENT):
        raise NotFound
    part = done.parts[0]
    lines = ledger.history.entries_of(session, member_id, part.unit, part)
    portions = tuple(Portion(line.lot, -line.points) for line in lines if line.contra == "redeemed")
    return Spent(op_id, done.edition, part.unit, portions, part.undone)


def sharers(session: Session, member_id: int, op_id: int) -> list[int]:
    """Who paid an operation besides the member, in the order in which they did (M8)."""
    done = ledger.history.operation(session, member_id, op_id)
    told = done.reasons.get("pool", ()) if done is not None else ()
    return [number for name, _ in told if (number := ids.from_text(name)) is not None]


def redemption_by_reference(session: Session, client: str, reference: str) -> dict[str, Any]:
    """A client's own redemption. Raises NotFound."""
    return redemption_view(session, *_referred(session, "redemption", client, reference))


def _of_others(session: Session, member_id: int, op_id: int) -> list[ledger.history.PartDone]:
    """What others paid of an operation, and what of it they got back."""
    found = [
        done
        for one in sharers(session, member_id, op_id)
        if (done := ledger.history.operation(session, one, op_id)) is not None and done.kind == OUT
    ]
    return [part for done in found for part in done.parts]


def _referred(session: Session, kind: str, client: str, reference: str) -> tuple[int, int]:
    claims = ledger.claims
    claimed = claims.find(session, claims.scope_of(kind, client), claims.key_of((reference,)))
    if claimed is None or claimed.member_id is None or claimed.op_id is None:
        raise NotFound
    return claimed.member_id, claimed.op_id
