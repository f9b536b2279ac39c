"""What must hold of days and instants: laws 8, 9 and 12.

Only the club's zone says when a day is over: rows about that are walked here, not judged in SQL.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, func, not_, or_, select
from sqlalchemy.orm import Session

from loyalty.calendar import FOREVER, day_after
from loyalty.law import STREAMED, Finding, Law, alike, none_of, place
from loyalty.ledger.models import Account, Entry, Hold, Lot, Operation, Pending, Tally

_OF_THE_CLOCK = ("open", "release")  #: at the instant a lot dies they still pay debt from it (N7)


def _operation_of(table: Any) -> ColumnElement[bool]:
    return and_(table.member_id == Operation.member_id, table.op_id == Operation.op_id)


def _from_the_dead(session: Session, zone: ZoneInfo) -> Iterator[Finding]:
    """Points that left a lot which was dead by then, but for expiry and for captures of what was pinned.

    UTC days narrow the rows down to those spent around a lot's last day or later; the club's days decide.
    """
    query = (
        select(
            Entry.member_id,
            Entry.unit,
            Entry.seq,
            Entry.expires_on,
            Entry.happened_at,
            Entry.contra,
            Operation.kind.label("what"),
        )
        .join(Operation, _operation_of(Entry))
        .where(
            Entry.points < 0,
            Entry.kind != "debt",
            Entry.contra != "expired",
            not_(and_(Operation.kind == "capture", Entry.contra == "redeemed")),
            func.date(Entry.happened_at) >= Entry.expires_on,
        )
    )
    for row in session.execute(query, execution_options=STREAMED).mappings():
        death = day_after(row["expires_on"], zone)
        dying = row["happened_at"] == death and row["what"] in _OF_THE_CLOCK
        if row["happened_at"] >= death and not dying:
            yield place(Entry, row), f"{row['contra']} at {row['happened_at']} from a lot dead since {death}"


def _written_off_alive(session: Session, zone: ZoneInfo) -> Iterator[Finding]:
    """Points that expired before their last day was over."""
    lots = (
        select(Entry.unit, Entry.expires_on, Entry.happened_at, func.count().label("entries"))
        .where(Entry.contra == "expired")
        .group_by(Entry.unit, Entry.expires_on, Entry.happened_at)
    )
    for row in session.execute(lots, execution_options=STREAMED).mappings():
        last_day, at = row["expires_on"], row["happened_at"]
        if last_day == FOREVER or at < day_after(last_day, zone):
            yield place(Entry, row), f"{row['entries']} entries wrote points of {last_day} off at {at}"


def _out_of_order() -> Select[Any]:
    """Redemptions that took a lot before one that expires earlier (P4)."""
    before = func.lag(Entry.expires_on).over(
        partition_by=(Entry.member_id, Entry.op_id, Entry.unit), order_by=Entry.seq
    )
    spent = (
        select(Entry.member_id, Entry.unit, Entry.seq, Entry.expires_on, before.label("before"))
        .join(Operation, _operation_of(Entry))
        .where(Operation.kind == "redeem", Entry.contra == "redeemed")
        .subquery()
    )
    return select(spent).where(spent.c.before > spent.c.expires_on)


LAW_8 = Law(
    "8",
    "nothing is spent from a dead lot unless pinned before; nothing expires alive; the earliest goes first",
    (Entry,),
    (
        _from_the_dead,
        _written_off_alive,
        none_of(Entry, _out_of_order(), "spent from {expires_on} after {before}"),
    ),
)


def _dues() -> Select[Any]:
    """Accounts with what the clock will change, per kind the earliest."""

    def first(column: Any, *conditions: Any) -> Any:
        table = column.class_
        return (
            select(func.min(column))
            .where(table.member_id == Account.member_id, table.unit == Account.unit, *conditions)
            .correlate(Account)
            .scalar_subquery()
        )

    dues = select(
        Account.member_id,
        Account.unit,
        Account.due_at,
        first(Lot.expires_on, Lot.remaining > 0, Lot.expires_on < FOREVER).label("dies_after"),
        first(Hold.ends_at, Hold.state == "open").label("ends_at"),
        first(Pending.opens_at, Pending.state == "pending").label("opens_at"),
    ).subquery()
    return select(dues).where(or_(*(dues.c[name].is_not(None) for name in list(dues.c.keys())[2:])))


def _misses_its_time(session: Session, zone: ZoneInfo) -> Iterator[Finding]:
    for row in session.execute(_dues(), execution_options=STREAMED).mappings():
        dies_at = row["dies_after"] and day_after(row["dies_after"], zone)
        instants: list[datetime | None] = [dies_at, row["ends_at"], row["opens_at"]]
        due_at = min((at for at in instants if at is not None), default=None)
        if row["due_at"] != due_at:
            yield place(Account, row), f"due at {row['due_at']}, the clock changes it at {due_at}"


LAW_9 = Law(
    "9",
    "an account knows when the clock next changes it, so that the night finds it",
    (Account, Lot, Hold, Pending),
    (_misses_its_time,),
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
