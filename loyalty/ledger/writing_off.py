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
    Select,
    and_,
    case,
    cast,
    delete,
    distinct,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from loyalty.calendar import FOREVER, day_after
from loyalty.guard import BooksDisturbed
from loyalty.ledger import models
from loyalty.ledger.lots import BASE
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


def write_off(
    session: Session, dying: Mapping[int, int], deaths: Deaths, first_id: int, now: datetime
) -> Select[Any]:
    """Write off what is dead of members, as `dying_alone` found them; a query of what was: operations' parts.

    Operations are numbered from `first_id`, at most one for each dead lot: in the order of a member's deaths,
    unit by unit. Raises BooksDisturbed when rows were not as they were found, IntegrityError where the
    database refuses what broken books lead to: who it was, walking through them one by one tells.
    """
    member_ids, lots = [*dying], sum(dying.values())
    mine = any_of(_LOT.c.member_id, member_ids)
    gone = _gone(member_ids, deaths, first_id)
    days = session.scalars(select(distinct(_LOT.c.expires_on)).where(mine, deaths.dead)).all()
    _write_operations(session, gone, days, deaths, now)
    part = _PART.c
    written = select(part.member_id, part.op_id, part.unit, part.points).where(
        any_of(part.member_id, member_ids), part.op_id >= first_id, part.op_id < first_id + lots
    )
    _write_accounts(session, member_ids, deaths)
    emptied: Any = session.execute(delete(_LOT).where(mine, deaths.dead))
    if emptied.rowcount != lots:
        raise BooksDisturbed("2", f"{emptied.rowcount} lots were dead where {lots} were found")
    return written


def _gone(member_ids: Sequence[int], deaths: Deaths, first_id: int) -> CTE:
    """The entries to be, one for each dead lot, each with the operation it belongs to."""
    lot, account = _LOT.c, _ACCOUNT.c
    age = case((and_(lot.unit.in_(deaths.oldest_first), lot.kind == BASE), ""), else_=lot.kind)
    of_account, turn = (lot.member_id, lot.unit), (lot.expires_on, age)
    taken = func.sum(lot.remaining).over(partition_by=of_account, order_by=turn)
    number = func.row_number().over(partition_by=of_account, order_by=turn)
    place = func.dense_rank().over(order_by=(lot.member_id, lot.expires_on, lot.unit))
    return (
        select(
            *(lot.member_id, lot.unit, lot.expires_on, lot.kind, lot.remaining),
            (account.version + number).label("seq"),
            (account.available + account.held - account.debt - cast(taken, BigInteger)).label("balance"),
            (literal(first_id - 1, BigInteger) + place).label("op_id"),
        )
        .join(_ACCOUNT, _SAME)
        .where(any_of(lot.member_id, member_ids), deaths.dead)
        .cte("gone")
    )


def _write_operations(
    session: Session, gone: CTE, days: Sequence[date], deaths: Deaths, now: datetime
) -> None:
    """An operation a death, its part, and an entry a lot."""
    row, at = gone.c, {day: day_after(day, deaths.zone) for day in days}
    died_at = case({day: literal(instant, Moment) for day, instant in at.items()}, value=row.expires_on)
    edition = case({day: deaths.edition_at(instant) for day, instant in at.items()}, value=row.expires_on)
    booked_at, nothing = literal(now, Moment), literal(JSON.NULL, Document)
    heads = {
        "member_id": row.member_id,
        "op_id": row.op_id,
        "kind": literal("expire"),
        "edition": edition,
        "happened_at": died_at,
        "booked_at": booked_at,
        "reasons": nothing,
    }
    parts = {
        "member_id": row.member_id,
        "op_id": row.op_id,
        "unit": row.unit,
        "points": cast(func.sum(row.remaining), BigInteger),
        **dict.fromkeys(("undone", "withdrawn", "shortfall"), _NIL),
        "seq_from": func.min(row.seq),
        "seq_to": func.max(row.seq),
    }
    entries = {
        "member_id": row.member_id,
        "unit": row.unit,
        "seq": row.seq,
        "op_id": row.op_id,
        "expires_on": row.expires_on,
        "kind": row.kind,
        "points": -row.remaining,
        "contra": literal("expired"),
        "balance_after": row.balance,
        "happened_at": died_at,
        "booked_at": booked_at,
    }
    key = (row.member_id, row.op_id, row.unit)
    for table, values, grouped in (
        (_OPERATION, heads, (*key, row.expires_on)),
        (_PART, parts, key),
        (_ENTRY, entries, ()),
    ):
        session.execute(insert(table).from_select([*values], select(*values.values()).group_by(*grouped)))


def _write_accounts(session: Session, member_ids: Sequence[int], deaths: Deaths) -> None:
    """Accounts without what is dead, and when the next lot dies."""
    of_account, day = select(_LOT.c.member_id).where(_SAME), _LOT.c.expires_on
    lives = and_(_LOT.c.unit.in_(deaths.units), day >= deaths.today, day < FOREVER, _LOT.c.remaining > 0)
    firsts = select(func.min(day).label("day"))
    firsts = firsts.where(any_of(_LOT.c.member_id, member_ids), lives).group_by(_LOT.c.member_id, _LOT.c.unit)
    first = of_account.where(lives).with_only_columns(func.min(day)).scalar_subquery()
    days = session.scalars(select(distinct(firsts.subquery().c.day))).all()
    dies_at = {last: literal(day_after(last, deaths.zone), Moment) for last in days if last is not None}
    dead = of_account.where(deaths.dead)
    points = dead.with_only_columns(func.sum(_LOT.c.remaining)).scalar_subquery()
    lots = dead.with_only_columns(func.count()).scalar_subquery()
    session.execute(
        update(_ACCOUNT)
        .where(any_of(_ACCOUNT.c.member_id, member_ids), dead.exists())
        .values(
            available=_ACCOUNT.c.available - points,
            version=_ACCOUNT.c.version + lots,
            due_at=case(dies_at, value=first) if dies_at else null(),
        )
    )
