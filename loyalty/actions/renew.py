"""What answers drop after a while, and how the books tell it anew (P2)."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from loyalty import members
from loyalty.actions.answers import balances, standing_after
from loyalty.decide.programme import Editions
from loyalty.reads.sale import award_view
from loyalty.reads.state import state_at

PARTS = {"": ("balance", "tier", "tier_change"), "purchase": ("award",)}  #: by act; "": of any


def renewed_parts(
    session: Session,
    editions: Editions,
    parts: Collection[str],
    member_id: int,
    op_id: int | None,
    now: datetime,
) -> dict[str, Any]:
    """The parts of an answer as they are now: the points and tier of today, of the survivor where the member
    was merged; what a sale was given is in the books as it was."""
    outcome = state_at(session, editions, members.current(session, member_id), now, now)
    state = {"balance": balances(outcome), **standing_after(editions, outcome), "tier_change": None}
    told = {name: state[name] for name in parts if name in state}
    if "award" in parts and op_id is not None:
        told["award"] = award_view(session, editions, member_id, op_id)
    return told
