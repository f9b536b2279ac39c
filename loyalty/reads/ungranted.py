"""Whose card gives what is not written down yet: what the night looks for (B1)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from loyalty.benefits import EntitlementRow as Entitlement
from loyalty.members import Member, who_may
from loyalty.tiers import Standing, TermRow


def ungranted(
    session: Session, tiers_of: Mapping[str, Collection[str]], after_id: int, limit: int, now: datetime
) -> Sequence[int]:
    """Up to `limit` members above `after_id`, in order, who miss one of these benefits of their card.

    `tiers_of` are the tiers that each benefit, by its code, is for. What was not written down since the
    running term was is missing, too: an upgrade may have raised it (B4). Nobody misses anything who may not
    act (M9).
    """
    missing = (
        and_(Standing.tier.in_(sorted(tiers)), ~_written(code, now)) for code, tiers in tiers_of.items()
    )
    running = (TermRow.member_id == Standing.member_id) & (TermRow.term_no == Standing.term_no)
    rows = (
        select(Standing.member_id)
        .join(TermRow, running)
        .join(Member, Member.member_id == Standing.member_id)
        .where(
            Standing.member_id > after_id, Standing.stopped_at.is_(None), Member.state.in_(who_may("serve"))
        )
        .where(or_(False, *missing))
        .order_by(Standing.member_id)
        .limit(limit)
    )
    return session.scalars(rows).all()


def _written(code: str, now: datetime) -> ColumnElement[bool]:
    return exists().where(
        Entitlement.member_id == Standing.member_id,
        Entitlement.benefit == code,
        Entitlement.subject == "",
        Entitlement.from_at <= now,
        or_(Entitlement.until_at.is_(None), Entitlement.until_at > now),
        Entitlement.booked_at > TermRow.booked_at,
    )
