"""How far a member's books are written."""

from datetime import datetime

from sqlalchemy import Column, ScalarSelect, bindparam, select
from sqlalchemy.orm import Session

from loyalty.ledger import OperationRow as Operation
from loyalty.tables import table_of
from loyalty.tiers import TermRow as Term

_OPERATION, _TERM = table_of(Operation).c, table_of(Term).c


def _last(column: Column[datetime], order: Column[int]) -> ScalarSelect[datetime]:
    mine = column.table.c.member_id == bindparam("of_member")
    return select(column).where(mine).order_by(order.desc()).limit(1).scalar_subquery()


_LAST = select(
    _last(_OPERATION.booked_at, _OPERATION.op_id),
    _last(_TERM.booked_at, _TERM.term_no),
    _last(_TERM.measured_booked_at, _TERM.term_no),
)


def booked_until(session: Session, member_id: int) -> datetime | None:
    """The instant of a member's last booking; None for somebody without books.

    Nothing may be written as of an earlier instant, or past views would change (P1).
    """
    found = session.execute(_LAST, {"of_member": member_id}).one()
    return max((instant for instant in found if instant is not None), default=None)
