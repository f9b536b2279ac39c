"""What must hold of order and of days: laws 8 and 12."""

from typing import Any

from sqlalchemy import Select, and_, case, func, not_, select

from loyalty.law import Law, alike, none, none_of, where_not
from loyalty.ledger.lots import BASE
from loyalty.ledger.models import Entry, Operation, Tally

_SPENT = ("redeemed", "transferred", "forfeited")
_SPENDS = ("redeem", "pool_out", "transfer_out", "tier_price", "forfeit")


def _out_of_order() -> Select[Any]:
    """Lots that were spent after one that expires later and is not older either (P4)."""
    age = case((Entry.kind == BASE, ""), else_=Entry.kind)
    same = (Entry.member_id, Entry.op_id, Entry.unit)
    spent = (
        select(
            Entry.member_id,
            Entry.unit,
            Entry.seq,
            Entry.expires_on,
            age.label("age"),
            func.lag(Entry.expires_on).over(partition_by=same, order_by=Entry.seq).label("before"),
            func.lag(age).over(partition_by=same, order_by=Entry.seq).label("age_before"),
        )
        .join(Operation, and_(Entry.member_id == Operation.member_id, Entry.op_id == Operation.op_id))
        .where(Operation.kind.in_(_SPENDS), Entry.contra.in_(_SPENT))
        .subquery()
    )
    row = spent.c
    return select(spent).where(row.before > row.expires_on, not_(row.age_before < row.age))


LAW_8 = Law(
    "8",
    "the lot that expires first is spent first, or the oldest one where age decides",
    (Entry,),
    (
        where_not(
            none(select(Entry.seq).where(Entry.contra.in_(_SPENT))),
            none_of(Entry, _out_of_order(), "spent from {expires_on} after {before}"),
        ),
    ),
)


def _earned() -> Select[Any]:
    """What entries put on each day."""
    return select(Entry.member_id, Entry.unit, Entry.counts_on, Entry.points).where(
        Entry.counts_on.is_not(None)
    )


LAW_12 = Law(
    "12",
    "each day's tally is the sum of the entries that count on it",
    (Tally, Entry),
    (alike(Tally, "earned", select(Tally.member_id, Tally.unit, Tally.day, Tally.earned), _earned()),),
)
