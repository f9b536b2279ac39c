"""Editions as rows: added one after the other, and read."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from loyalty.errors import Busy
from loyalty.programme.models import StoredEdition

NOTICE = timedelta(seconds=10)  #: every process looks for new editions well within this time


def add(session: Session, edition: StoredEdition) -> None:
    """Keep a new edition. Raises Busy when somebody else published that number meanwhile."""
    try:
        with session.begin_nested():
            session.add(edition)
    except IntegrityError as taken:
        raise Busy from taken


def after(session: Session, number: int) -> Sequence[StoredEdition]:
    """The editions above a number, lowest first."""
    query = select(StoredEdition).where(StoredEdition.number > number).order_by(StoredEdition.number)
    return session.scalars(query).all()


def by_number(session: Session, number: int) -> StoredEdition | None:
    """The edition of that number."""
    return session.get(StoredEdition, number)


def latest(session: Session) -> StoredEdition | None:
    """The edition published last, in force or not yet."""
    return session.scalars(select(StoredEdition).order_by(StoredEdition.number.desc()).limit(1)).first()


def latest_number(session: Session) -> int:
    """The number of the edition published last; 0 before the first."""
    return session.scalar(select(func.max(StoredEdition.number))) or 0
