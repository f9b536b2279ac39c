"""Lots that die by their day alone, of many members at once: the rows of `post`, in a few statements."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    CTE,
    JSON,
    BigInteger,
    ColumnElement,
    Date,
    Delete,
    Insert,
    Integer,
    Update,
    and_,
    case,
    cast,
    delete,
    distinct,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from loyalty.calendar import FOREVER, day_after
from loyalty.ledger import models
from loyalty.ledger.lots import BASE
from loyalty.questions import Table, told_rows
from loyalty.tables import Document, Moment, any_of, table_of

_ACCOUNT, _LOT, _ENTRY = table_of(models.Account), table_of(models.Lot), table_of(models.Entry)
_OPERATION, _PART = table_of(models.Operation), table_of(models.OperationPart)
_SAME = and_(_LOT.c.member_id == _ACCOUNT.c.member_id, _LOT.c.unit == _ACCOUNT.c.unit)
_NIL = literal(0, BigInteger)


@dataclass(frozen=True, slots=True)
class Deaths:
    """What is dead by now: lots of these units whose last usable day is before `today`."""

    units: Collection[str]  #: whose lots die by their day alone
    oldest_first: Collection[str]  #: those of them that are spent by the day earned (P4)
    today: date
    zone: ZoneInfo
    edition_at: Callable[[datetime], int]  #: the number of the edition in force at an instant

    @property
    def dead(self) -> ColumnElement[bool]:
        """Whether a lot is dead, and has something to lose."""
        return and_(_LOT.c.unit.in_(self.units), _LOT.c.expires_on < self.today, _LOT.c.remaining > 0)


@dataclass(frozen=True, slots=True)
class WritingOff:
    """Statements that write off what is dead of some members; to be carried out together.

    What is added is told as of before anything `changed`, of which the last removes the lots.
    """

    done: CTE  #: operations to be: member_id, op_id, unit, points; their `place` and, of the member's, `turn`
    added: tuple[Insert, ...]
    changed: tuple[Update | Delete, ...]
    values: Mapping[str, str]  #: that the statements name


def dying_alone(
    session: Session, member_ids: Collection[int], deaths: Deaths, now: datetime
) -> dict[int, int]:
    """How many lots are dead of each of these members, where nothing else of an account is due by `now`.

    Takes their accounts, in order. Left out is whoever has anything pending or held, or any account that its
    lots do not come to: they are walked through one by one.
    """
    mine = any_of(_ACCOUNT.c.member_id, member_ids)
    keys = (_ACCOUNT.c.member_id, _ACCOUNT.c.unit)
    session.execute(select(*keys).where(mine).order_by(*keys).with_for_update()).all()
    lots = _lots_of(member_ids, deaths)
    of_account, dead = _ACCOUNT.c, func.coalesce(lots.c.dead, 0)
    unfit = or_(
        of_account.available != func.coalesce(lots.c.remaining, 0),
        lots.c.least < 0,
        func.coalesce(lots.c.held, 0) != 0,
        *(of_account[name] != 0 for name in ("held", "pending", "lowering")),
        and_(of_account.debt > 0, of_account.available > 0),
        and_(of_account.unit.not_in(deaths.units), func.coalesce(of_account.due_at <= now, False)),
    )
    same = and_(lots.c.member_id == of_account.member_id, lots.c.unit == of_account.unit)
    found = (
        select(of_account.member_id, func.sum(dead))
        .outerjoin(lots, same)
        .where(mine)
        .group_by(of_account.member_id)
        .having(func.max(case((unfit, 1), else_=0)) == 0, func.sum(dead) > 0)
    )
    return {member_id: int(count) for member_id, count in session.execute(found)}


def _lots_of(member_ids: Collection[int], deaths: Deaths) -> Any:
    sums = {
        "remaining": func.sum(_LOT.c.remaining),
        "held": func.sum(_LOT.c.held),
        "least": func.min(_LOT.c.remaining),
        "dead": func.sum(case((deaths.dead, 1), else_=0)),
    }
    keys = (_LOT.c.member_id, _LOT.c.unit)
    summed = select(*keys, *(amount.label(name) for name, amount in sums.items()))
    return summed.where(any_of(_LOT.c.member_id, member_ids)).group_by(*keys).subquery()


def to_write_off(
    session: Session, dying: Mapping[int, int], deaths: Deaths, first_id: int, now: datetime
) -> WritingOff:
    """What writes off what is dead of members, as `dying_alone` found them.

    Operations are numbered from `first_id`, at most one for each dead lot: in the order of a member's deaths,
    unit by unit.
    """
    days, told = _days(session, [*dying], deaths)
    gone = _gone([*dying], deaths, first_id, days)
    row = gone.c
    whole = (row.member_id, row.op_id, row.unit, row.place, row.turn, row.died_at, row.edition)
    sums = {
        "points": cast(func.sum(row.remaining), BigInteger),
        "lots": func.count(),
        "seq_from": func.min(row.seq),
        "seq_to": func.max(row.seq),
    }
    summed = (amount.label(name) for name, amount in sums.items())
    done = select(*whole, *summed).group_by(*whole).cte("done")
    emptied = delete(_LOT).where(any_of(_LOT.c.member_id, dying), deaths.dead)
    lowered = _lower_accounts(done, deaths, days)
    return WritingOff(done, _added(gone, done, now), (lowered, emptied), told)


def _days(session: Session, member_ids: Sequence[int], deaths: Deaths) -> tuple[CTE, dict[str, str]]:
    """The last days of their lots: when what dies with each is dead, by which edition; told by a value."""
    mine = any_of(_LOT.c.member_id, member_ids), _LOT.c.unit.in_(deaths.units), _LOT.c.expires_on < FOREVER
    found = session.scalars(select(distinct(_LOT.c.expires_on)).where(*mine, _LOT.c.remaining > 0)).all()
    at = {day: day_after(day, deaths.zone) for day in found}
    rows = Table([(day, instant, deaths.edition_at(instant)) for day, instant in at.items()])
    days = told_rows("days", day=Date(), at=Moment(), edition=Integer())
    return select(*days.c).cte("last_days"), {"days": rows.told(session.connection().dialect.name)}


def _gone(member_ids: Sequence[int], deaths: Deaths, first_id: int, days: CTE) -> CTE:
    """The entries to be, one for each dead lot, each with the operation it belongs to."""
    lot, account = _LOT.c, _ACCOUNT.c
    age = case((and_(lot.unit.in_(deaths.oldest_first), lot.kind == BASE), ""), else_=lot.kind)
    of_account, order = (lot.member_id, lot.unit), (lot.expires_on, age)
    taken = func.sum(lot.remaining).over(partition_by=of_account, order_by=order)
    number = func.row_number().over(partition_by=of_account, order_by=order)
    place = func.dense_rank().over(order_by=(lot.member_id, lot.expires_on, lot.unit))
    turn = func.dense_rank().over(partition_by=lot.member_id, order_by=(lot.expires_on, lot.unit))
    return (
        select(
            *(lot.member_id, lot.unit, lot.expires_on, lot.kind, lot.remaining),
            (account.version + number).label("seq"),
            (account.available + account.held - account.debt - cast(taken, BigInteger)).label("balance"),
            (literal(first_id - 1, BigInteger) + place).label("op_id"),
            *(place.label("place"), turn.label("turn")),
            *(days.c.at.label("died_at"), days.c.edition),
        )
        .join(_ACCOUNT, _SAME)
        .join(days, days.c.day == lot.expires_on)
        .where(any_of(lot.member_id, member_ids), deaths.dead)
        .cte("gone")
    )


def _added(gone: CTE, done: CTE, now: datetime) -> tuple[Insert, ...]:
    """An operation a death, its part, and an entry a lot."""
    row, lost, booked_at = done.c, gone.c, literal(now, Moment)
    heads = {
        "member_id": row.member_id,
        "op_id": row.op_id,
        "kind": literal("expire"),
        "edition": row.edition,
        "happened_at": row.died_at,
        "booked_at": booked_at,
        "reasons": literal(JSON.NULL, Document),
    }
    parts = {
        "member_id": row.member_id,
        "op_id": row.op_id,
        "unit": row.unit,
        "points": row.points,
        **dict.fromkeys(("undone", "withdrawn", "shortfall"), _NIL),
        "seq_from": row.seq_from,
        "seq_to": row.seq_to,
    }
    entries = {
        "member_id": lost.member_id,
        "unit": lost.unit,
        "seq": lost.seq,
        "op_id": lost.op_id,
        "expires_on": lost.expires_on,
        "kind": lost.kind,
        "points": -lost.remaining,
        "contra": literal("expired"),
        "balance_after": lost.balance,
        "happened_at": lost.died_at,
        "booked_at": booked_at,
    }
    into = ((_OPERATION, heads), (_PART, parts), (_ENTRY, entries))
    return tuple(insert(table).from_select([*values], select(*values.values())) for table, values in into)


def _lower_accounts(done: CTE, deaths: Deaths, days: CTE) -> Update:
    """Accounts without what is dead, and when the next lot dies."""
    lot, keys = _LOT.c, (done.c.member_id, done.c.unit)
    lives = and_(lot.expires_on >= deaths.today, lot.expires_on < FOREVER, lot.remaining > 0)
    of_account = and_(lot.member_id == done.c.member_id, lot.unit == done.c.unit)
    first = select(func.min(lot.expires_on)).where(of_account, lives).scalar_subquery()
    lost = select(*keys, func.sum(done.c.points).label("points"), func.sum(done.c.lots).label("lots"))
    lost_of = lost.add_columns(first.label("day")).group_by(*keys).subquery("lost")
    left = select(*lost_of.c, days.c.at).outerjoin(days, days.c.day == lost_of.c.day).subquery("left_over")
    return (
        update(_ACCOUNT)
        .where(_ACCOUNT.c.member_id == left.c.member_id, _ACCOUNT.c.unit == left.c.unit)
        .values(
            available=_ACCOUNT.c.available - left.c.points,
            version=_ACCOUNT.c.version + left.c.lots,
            due_at=left.c.at,
        )
    )
