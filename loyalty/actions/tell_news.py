"""News of a member that is no fact of their points: locked, counted and told."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import outbox, tiers
from loyalty.errors import NotFound


def hold_still(session: Session, member_id: int) -> tiers.Stand:
    """Lock a member as every writer does, stopped or not. Raises NotFound, for whoever was forgotten, too."""
    stand = tiers.stand(session, member_id, locked=True)
    if stand is None or stand.erased_at is not None:
        raise NotFound
    return stand


def tell_news(
    session: Session, before: tiers.Stand, kind: str, body: Mapping[str, object], now: datetime
) -> None:
    """Tell one event of a member who is held still; a count that broke does not stop it."""
    last = max(before.event_seq, outbox.last_seq(session, before.member_id))
    tiers.count_event(session, before.member_id)
    outbox.add(session, before.member_id, last, [(kind, body)], now)
