"""Approval requests as people look at them: what is asked, and whether it can still be decided."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy.orm import Session

from loyalty import approvals, ids, programme, tiers
from loyalty.approvals import ApprovalRequest, Void
from loyalty.errors import NotFound

_LONG = ("document", "value", "salt")  #: of a content: not in lists


def voided(session: Session, requests: Sequence[ApprovalRequest], now: datetime) -> dict[int, Void]:
    """Which of these requests are void at `now`, and why: as their rows say, or as the night will write."""
    open_ones = [one for one in requests if one.state == "waiting"]
    asked_for = {one.member_id for one in open_ones if one.member_id is not None}
    alive = set(tiers.alive(session, asked_for)) if asked_for else set()
    published = any(one.kind == "publication" for one in open_ones)
    latest = programme.latest_number(session) if published else 0
    found = {one.approval_id: cast(Void, one.because) for one in requests if one.because is not None}
    for one in open_ones:
        if one.void_at <= now:
            found[one.approval_id] = "too_old"
        elif one.member_id is not None and one.member_id not in alive:
            found[one.approval_id] = "member_erased"
        elif one.kind == "publication" and one.content["base"] != latest:
            found[one.approval_id] = "another_edition"
        elif one.kind == "publication" and _is_late(one.content, now):
            found[one.approval_id] = "too_late"
    return found


def approval_view(
    session: Session, approval_id: int, now: datetime, maker: str | None = None
) -> dict[str, Any]:
    """A request and what became of it. Raises NotFound, also for one of another `maker` (A3)."""
    found = approvals.by_id(session, approval_id)
    if maker not in (None, found.maker):
        raise NotFound
    return _shown(found, voided(session, [found], now))


def approvals_view(
    session: Session,
    maker: str | None,
    state: str | None,
    kind: str | None,
    before: int | None,
    limit: int,
    now: datetime,
    *,
    not_of: str | None = None,
) -> list[dict[str, Any]]:
    """Up to `limit` requests of a maker, of all, or of all but one, the newest first, without documents,
    and without contacts.

    The state asked for is that of the rows: what is void since the last night is among those that wait.
    """
    found = approvals.newest(session, maker, state, kind, before, limit, not_of=not_of)
    void = voided(session, found, now)
    shown = [_shown(one, void) for one in found]
    return [
        one | {"content": {name: told for name, told in one["content"].items() if name not in _LONG}}
        for one in shown
    ]


def approved_file(session: Session, sha256: str) -> dict[str, Any] | None:
    """The approved request for the bulk file of that SHA-256; None where no second person has seen it."""
    found = approvals.of_file(session, sha256)
    return _shown(found, {}) if found else None


def _is_late(content: Mapping[str, Any], now: datetime) -> bool:
    told = content["in_force_from"]
    return content["base"] > 0 and told is not None and datetime.fromisoformat(told) < now + programme.NOTICE


def _shown(one: ApprovalRequest, void: Mapping[int, Void]) -> dict[str, Any]:
    because, booked = void.get(one.approval_id), one.op_id or 0
    is_correction = one.kind == "adjustment" and one.op_id is not None
    return {
        "approval_id": one.approval_id,
        "kind": one.kind,
        "state": "void" if because else one.state,
        "because": because,
        "content": one.content,
        "digest": one.digest,
        "maker": one.maker,
        "asked_at": one.asked_at,
        "void_at": one.void_at,
        "checker": one.checker,
        "decided_at": one.decided_at,
        "member_id": one.member_id,
        "adjustment_id": ids.pair_to_text(cast(int, one.member_id), booked) if is_correction else None,
        "edition": one.edition,
    }
