"""Editions as rows: added one after the other, and read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from loyalty.errors import Busy
from loyalty.programme.models import StoredEdition

NOTICE = timedelta(seconds=10)  #: every process looks for new editions well within this time


@dataclass(frozen=True, slots=True)
class Heading:
    """An edition without its document."""

    number: int
    in_force_from: datetime
    published_at: datetime
    published_by: str
    approved_by: str | None


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


def headings(session: Session, below: int | None, most: int) -> list[Heading]:
    """The latest editions, or the latest ones below a number, highest first."""
    row = StoredEdition
    query = select(row.number, row.in_force_from, row.published_at, row.published_by, row.approved_by)
    if below is not None:
        query = query.where(row.number < below)
    return [Heading(*one) for one in session.execute(query.order_by(row.number.desc()).limit(most))]


def number_in_force(session: Session, now: datetime) -> int | None:
    """Which edition is in force; None before the first one."""
    begun = StoredEdition.in_force_from <= now
    return session.scalar(select(func.max(StoredEdition.number)).where(begun))


def latest_number(session: Session) -> int:
    """The number of the edition published last; 0 before the first."""
    return session.scalar(select(func.max(StoredEdition.number))) or 0
