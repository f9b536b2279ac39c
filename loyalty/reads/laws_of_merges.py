"""What must hold of whoever was merged: nothing is left with them, and it is the survivor who stands (M6)."""

from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import aliased

from loyalty.law import Law, none_of
from loyalty.ledger import AccountRow as Account
from loyalty.members import Member
from loyalty.tiers import Standing


def _with_points() -> Select[Any]:
    left = (Account.available, Account.held, Account.debt, Account.pending, Account.lowering)
    rows = select(Account.member_id, Account.unit).join(Member, Member.member_id == Account.member_id)
    return rows.where(Member.merged_into.is_not(None), or_(*(column != 0 for column in left)))


def _standing() -> Select[Any]:
    rows = select(Standing.member_id, Standing.tier).join(Member, Member.member_id == Standing.member_id)
    return rows.where(Member.merged_into.is_not(None), Standing.tier.is_not(None))


def _chained() -> Select[Any]:
    """Whom somebody was merged into, though they were merged, too: of all members, whoever is looked at."""
    survivor = aliased(Member.__table__)
    rows = select(Member.member_id, Member.merged_into.label("into"))
    into = rows.join(survivor, survivor.c.member_id == Member.merged_into)
    return into.where(survivor.c.merged_into.is_not(None))


MERGED = Law(
    "merged",
    "of whoever was merged nothing is left but their past, and nobody else is merged into them",
    (Member,),
    (
        none_of(Account, _with_points(), "points are left"),
        none_of(Standing, _standing(), "they stand in {tier}"),
        none_of(Member, _chained(), "they were merged into {into}, who was merged"),
    ),
)
