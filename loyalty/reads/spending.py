"""Holds and redemptions in the books, by their id or by the caller's own reference."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from loyalty import ids, ledger
from loyalty.errors import NotFound
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
    part = done.parts[0]
    return {
        "redemption_id": ids.pair_to_text(member_id, op_id),
        "unit": part.unit,
        "points": part.points,
        "reversed": part.undone,
        "reference": done.reasons.get("reference"),
        "for": done.reasons.get("for"),
        "redeemed_at": done.happened_at,
        "edition": done.edition,
    }


def redemption_by_reference(session: Session, client: str, reference: str) -> dict[str, Any]:
    """A client's own redemption. Raises NotFound."""
    return redemption_view(session, *_referred(session, "redemption", client, reference))


def _referred(session: Session, kind: str, client: str, reference: str) -> tuple[int, int]:
    claims = ledger.claims
    claimed = claims.find(session, claims.scope_of(kind, client), claims.key_of((reference,)))
    if claimed is None or claimed.member_id is None or claimed.op_id is None:
        raise NotFound
    return claimed.member_id, claimed.op_id
