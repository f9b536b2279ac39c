"""A member whose books broke a law is stopped: nothing is written of them until an operator releases them."""

from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import acts, ids, outbox, tiers
from loyalty.decide.course import RELEASED, STOPPED
from loyalty.errors import NotFound

BY = "the ledger"  #: who stops


def stop_account(session: Session, member_id: int, law: str, detail: str, now: datetime) -> bool:
    """Stop a member, and tell of it; whether they were not stopped before. Raises NotFound."""
    before = _locked(session, member_id)
    if not tiers.stop(session, member_id, law, detail, now):
        return False
    _tell(session, before, STOPPED, {"law": law}, now)
    _record(session, member_id, BY, STOPPED, {"law": law, "detail": detail}, now)
    return True


def release_account(session: Session, member_id: int, by: str, reason: str, now: datetime) -> bool:
    """Let a member go on whose books are sound again; whether they were stopped. Raises NotFound."""
    before = _locked(session, member_id)
    if not tiers.release(session, member_id, by, reason, now):
        return False
    _tell(session, before, RELEASED, {}, now)
    _record(session, member_id, by, RELEASED, {"reason": reason}, now)
    return True


def _locked(session: Session, member_id: int) -> tiers.Stand:
    stand = tiers.stand(session, member_id, locked=True)
    if stand is None:
        raise NotFound
    return stand


def _tell(session: Session, before: tiers.Stand, kind: str, body: dict[str, object], now: datetime) -> None:
    """Where the standing's count of events is what broke, the event still finds a number of its own."""
    last = max(before.event_seq, outbox.last_seq(session, before.member_id))
    outbox.add(session, before.member_id, last, [(kind, body)], now)


def _record(
    session: Session, member_id: int, by: str, kind: str, content: dict[str, object], now: datetime
) -> None:
    acts.record(session, now, actor=by, kind=kind, subject=ids.to_text(member_id), content=content)
