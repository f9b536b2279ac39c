"""The rows of managers and of whom they look after."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.orm import Session

from loyalty.benefits.models import Assignment, Manager
from loyalty.errors import NotFound
from loyalty.guard import books_of
from loyalty.tables import table_of

_ASSIGNMENT = table_of(Assignment)


def keep_manager(session: Session, code: str, name: str, in_pool: bool, now: datetime) -> bool:
    """Keep somebody, or what is known of them now; whether they were not there before."""
    row = session.get(Manager, code)
    if row is None:
        session.add(Manager(code=code, name=name, in_pool=in_pool, came_at=now))
        return True
    row.name, row.in_pool, row.left_at = name, in_pool, None
    return False


def manager(session: Session, code: str) -> Manager:
    """A manager, whether or not they have left. Raises NotFound."""
    found = session.get(Manager, code)
    if found is None:
        raise NotFound
    return found


def managers(session: Session) -> Sequence[Manager]:
    """Everybody, by code."""
    return session.scalars(select(Manager).order_by(Manager.code)).all()


def leave(session: Session, code: str, now: datetime) -> bool:
    """Somebody has left; whether they had not before. Raises NotFound."""
    found = manager(session, code)
    if found.left_at is not None:
        return False
    found.left_at = now
    return True


def least_busy(session: Session) -> str | None:
    """Who of the pool looks after the fewest members; the first by code of several, None of nobody.

    The pool is locked, so that nobody else counts until this transaction ends and what it assigns is seen.
    """
    free = (Manager.in_pool, Manager.left_at.is_(None))
    pool = select(Manager.code).where(*free).order_by(Manager.code)
    session.execute(pool.with_for_update(key_share=True))
    open_ones = (_ASSIGNMENT.c.manager == Manager.code) & _ASSIGNMENT.c.until.is_(None)
    load = (
        select(Manager.code, func.count(_ASSIGNMENT.c.member_id).label("members"))
        .outerjoin(_ASSIGNMENT, open_ones)
        .where(*free)
        .group_by(Manager.code)
        .order_by("members", Manager.code)
        .limit(1)
    )
    found: str | None = session.scalar(load)
    return found


def here(session: Session, codes: Iterable[str]) -> str | None:
    """The first of some codes that is a manager who has not left."""
    for code in codes:
        found = session.get(Manager, code)
        if found is not None and found.left_at is None:
            return code
    return None


def assignment(session: Session, member_id: int, benefit: str) -> Assignment | None:
    """Who looks after a member now, or that they wait; None where neither."""
    mine = (Assignment.member_id == member_id, Assignment.benefit == benefit, Assignment.until.is_(None))
    return session.scalar(select(Assignment).where(*mine), execution_options={"populate_existing": True})


def assign(session: Session, member_id: int, benefit: str, manager: str | None, now: datetime) -> None:
    """From now on somebody else looks after a member, or nobody yet."""
    end(session, member_id, benefit, now)
    mine = (_ASSIGNMENT.c.member_id == member_id, _ASSIGNMENT.c.benefit == benefit)
    turns = session.scalar(select(func.count()).select_from(_ASSIGNMENT).where(*mine)) or 0
    row = {"member_id": member_id, "benefit": benefit, "turn": turns + 1, "manager": manager, "since": now}
    with books_of(member_id):
        session.execute(insert(_ASSIGNMENT), [row])


def end(session: Session, member_id: int, benefit: str, now: datetime) -> None:
    """Nobody looks after a member any more, nor is anybody waited for."""
    mine = (_ASSIGNMENT.c.member_id == member_id, _ASSIGNMENT.c.benefit == benefit)
    session.execute(update(_ASSIGNMENT).where(*mine, _ASSIGNMENT.c.until.is_(None)).values(until=now))


def end_all(session: Session, member_id: int, now: datetime) -> None:
    """Nobody looks after a member any more, for any benefit."""
    mine = (_ASSIGNMENT.c.member_id == member_id, _ASSIGNMENT.c.until.is_(None))
    session.execute(update(_ASSIGNMENT).where(*mine).values(until=now))


def persons(session: Session, member_id: int, at: datetime) -> dict[str, str]:
    """Who looked after a member at an instant, by benefit; whoever had left by then did not."""
    here = or_(Manager.left_at.is_(None), Manager.left_at > at)
    ended = or_(Assignment.until.is_(None), Assignment.until > at)
    mine = (
        select(Assignment.benefit, Manager.name)
        .join(Manager, Manager.code == Assignment.manager)
        .where(Assignment.member_id == member_id, Assignment.since <= at, ended, here)
    )
    return dict(session.execute(mine).tuples().all())
