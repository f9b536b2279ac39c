"""An operator says which members serve at which tills; each link is a line in the chain of acts."""

from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import acts, ids, members, reviews


def link_staff(session: Session, store: str, cashier: str, member_id: int, by: str, now: datetime) -> bool:
    """Link a cashier of a store with a member; whether they were not linked before. Raises NotFound."""
    members.by_id(session, member_id)
    fresh = reviews.link(session, store, cashier, member_id, now)
    if fresh:
        _record(session, "staff.linked", store, cashier, member_id, by, now)
    return fresh


def unlink_staff(session: Session, store: str, cashier: str, member_id: int, by: str, now: datetime) -> None:
    """Undo a link. Raises NotFound."""
    reviews.unlink(session, store, cashier, member_id)
    _record(session, "staff.unlinked", store, cashier, member_id, by, now)


def _record(
    session: Session, kind: str, store: str, cashier: str, member_id: int, by: str, now: datetime
) -> None:
    told = {"store": store, "cashier": cashier}
    acts.record(session, now, actor=by, kind=kind, subject=ids.to_text(member_id), content=told)
