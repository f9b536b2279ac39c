"""Whom nobody looks after though their card says so: what the night looks for (B8)."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from loyalty.benefits import Assignment, Manager
from loyalty.members import Member, who_may
from loyalty.tiers import Standing


def unattended(
    session: Session, tiers_of: Mapping[str, Collection[str]], after_id: int, limit: int
) -> Sequence[int]:
    """Up to `limit` members above `after_id`, in order, who wait, whose manager left, or who may miss one.

    `tiers_of` are the tiers that each benefit that is a person, by its code, is for in any edition: whether
    it is promised by the one that the card keeps to is for the caller to say. Left out is whoever may not
    act (M9), or is stopped.
    """
    if not tiers_of:
        return ()
    missing = (
        and_(Standing.tier.in_(sorted(tiers)), ~_open(Assignment.benefit == code))
        for code, tiers in tiers_of.items()
    )
    gone = select(Manager.code).where(Manager.left_at.is_not(None))
    waits = _open(or_(Assignment.manager.is_(None), Assignment.manager.in_(gone)))
    rows = (
        select(Standing.member_id)
        .join(Member, Member.member_id == Standing.member_id)
        .where(
            Standing.member_id > after_id, Standing.stopped_at.is_(None), Member.state.in_(who_may("serve"))
        )
        .where(or_(waits, *missing))
        .order_by(Standing.member_id)
        .limit(limit)
    )
    return session.scalars(rows).all()


def _open(such: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether the member has such an assignment that has not ended."""
    return exists().where(Assignment.member_id == Standing.member_id, Assignment.until.is_(None), such)
