"""What a member holds, where they stand and why, at any instant; corrections by hand."""

import re
from datetime import datetime
from typing import Any

from flask import jsonify

from loyalty.actions.adjust import Correction
from loyalty.actions.adjust import adjust as correct
from loyalty.actions.hand_tier import hand_tier
from loyalty.api import guessing
from loyalty.api.auth import needs
from loyalty.api.carrying import carry, carry_for_till, look
from loyalty.api.idempotency import answering, takes_key
from loyalty.api.paging import from_cursor, page_schema, to_cursor
from loyalty.api.resource import Resource
from loyalty.api.schemas.points import (
    AdjustmentIn,
    AdjustmentOut,
    AtIn,
    BalanceOut,
    EntriesIn,
    EntryOut,
    HandedTierOut,
    HandTierIn,
    TierOut,
    WaitingAdjustmentOut,
)
from loyalty.errors import Invalid
from loyalty.reads.balance import balance_view
from loyalty.reads.statement import statement
from loyalty.reads.why import tier_view

_SEQ = re.compile(r"[0-9]{1,18}")

points = Resource("points", "", "Balance, tier and statement of a member; corrections.")


@points.route("/members/<opaque:member_id>/balance", methods=["GET"])
@needs("members:read", "points:earn", "points:spend")
@guessing.counted
@points.arguments(AtIn, location="query")
@points.response(200, BalanceOut)
def balance(told: dict[str, datetime | None], member_id: int) -> Any:
    """A member's points now, at a past instant (by what was booked then), or at a future one."""
    return look(
        lambda session, editions, asking: balance_view(
            session, editions, member_id, told["at"] or asking.now, asking.now
        )
    )


@points.route("/members/<opaque:member_id>/tier", methods=["GET"])
@needs("members:read", "points:earn", "points:spend")
@guessing.counted
@points.arguments(AtIn, location="query")
@points.response(200, TierOut)
def tier(told: dict[str, datetime | None], member_id: int) -> Any:
    """A member's tier now, at a past or at a future instant, and why."""
    return look(
        lambda session, editions, asking: tier_view(
            session, editions, member_id, told["at"] or asking.now, asking.now
        )
    )


@points.route("/members/<opaque:member_id>/tier", methods=["POST"])
@needs("members:write")
@takes_key()
@points.arguments(HandTierIn)
@points.response(201, HandedTierOut)
def hand(told: dict[str, Any], member_id: int) -> Any:
    """Give a tier by hand, with a reason and an end; it never stands in the way of a lift."""
    answer, replayed = carry(
        lambda session, editions, asking: hand_tier(
            session,
            editions,
            member_id,
            told["tier"],
            told["until"],
            reason=told["reason"],
            protected=told["protected"],
            asking=asking,
        )
    )
    return answering(answer, 201, replayed=replayed)


@points.route("/members/<opaque:member_id>/entries", methods=["GET"])
@needs("members:read")
@points.arguments(EntriesIn, location="query")
@points.response(200, page_schema(EntryOut))
def entries(told: dict[str, Any], member_id: int) -> Any:
    """A member's statement, newest first; that of whoever was merged ends with the merge."""
    before = _places(told["cursor"])
    lines = look(
        lambda session, editions, asking: statement(
            session, editions, member_id, told["unit"], before, told["limit"] + 1, asking.now
        )
    )
    shown, more = lines[: told["limit"]], len(lines) > told["limit"]
    # Newest first: of several lines of a unit the last one shown is where its next page begins.
    places = before | {line.unit: line.seq for line in shown}
    place = ",".join(f"{unit}:{seq}" for unit, seq in sorted(places.items()))
    return {"items": shown, "next": to_cursor([place]) if more else None}


@points.route("/adjustments", methods=["POST"])
@needs("members:write")
@takes_key(required=False)
@points.arguments(AdjustmentIn)
@points.response(201, AdjustmentOut)
@points.also_answers(202, WaitingAdjustmentOut)
def adjust(told: dict[str, Any]) -> Any:
    """Correct a member's points, up or down, with a reason; `reference` is the key.

    Above what the caller may correct alone, 202: nothing is booked until a second person approves it.
    """
    answer, replayed = carry_for_till(
        lambda session, editions, asking: correct(session, editions, Correction(**told), asking=asking)
    )
    if "approval_id" in answer:
        return answering(jsonify(WaitingAdjustmentOut().dump(answer)), 202, replayed=replayed)
    return answering(answer, 201, replayed=replayed)


def _places(cursor: str | None) -> dict[str, int]:
    """Per unit, below which entry the next page begins."""
    parts = from_cursor(cursor, 1)
    if parts is None:
        return {}
    places = dict(part.rpartition(":")[::2] for part in parts[0].split(","))
    if not all(_SEQ.fullmatch(seq) for seq in places.values()):
        raise Invalid(fields={"cursor": "is not one of ours"})
    return {unit: int(seq) for unit, seq in places.items()}
