"""The link between members who are one person (M6): one step long, so that there are no circles."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from loyalty.errors import AlreadyMerged, NotMerged
from loyalty.members.models import Member
from loyalty.tables import any_of


def current(session: Session, member_id: int, at: datetime | None = None) -> int:
    """The survivor, where a member is merged, or was by an instant; else the member, be there one or not."""
    mine = select(Member.merged_into).where(Member.member_id == member_id)
    into = session.scalar(mine if at is None else mine.where(Member.merged_at <= at))
    return member_id if into is None else into


def survivor_of(session: Session, member: Member) -> Member:
    """The survivor, where a member was merged; else the member."""
    return member if member.merged_into is None else session.get_one(Member, member.merged_into)


def merged_into(session: Session, member_id: int) -> list[int]:
    """Who was merged into a member, in order."""
    mine = select(Member.member_id).where(Member.merged_into == member_id)
    return list(session.scalars(mine.order_by(Member.member_id)))


def unmerged(session: Session, member_ids: Collection[int]) -> list[int]:
    """Those of some members who speak for themselves, in order."""
    mine = select(Member.member_id).where(any_of(Member.member_id, member_ids), Member.merged_into.is_(None))
    return list(session.scalars(mine.order_by(Member.member_id)))


def merge(session: Session, gone: Member, stays: Member, now: datetime) -> None:
    """Let a locked member be another locked one from now on.

    Raises AlreadyMerged where either was merged, or others were merged into the first.
    """
    if gone.merged_into is not None or stays.merged_into is not None or merged_into(session, gone.member_id):
        raise AlreadyMerged
    gone.merged_into, gone.merged_at = stays.member_id, now
    gone.version += 1
    stays.version += 1
    session.flush()


def part(session: Session, gone: Member, stays: Member) -> datetime:
    """Let a locked member be somebody else again than the locked survivor; when they were merged.

    Raises NotMerged.
    """
    if gone.merged_into != stays.member_id or gone.merged_at is None:
        raise NotMerged
    merged_at = gone.merged_at
    gone.merged_into = gone.merged_at = None
    gone.version += 1
    stays.version += 1
    session.flush()
    return merged_at
