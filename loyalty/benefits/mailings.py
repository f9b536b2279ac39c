"""The rows of mailings: made by the night, written into a file for the printer, returned by the post."""

from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import CursorResult, insert, update
from sqlalchemy.orm import Session

from loyalty.benefits.models import Mailing
from loyalty.errors import NotFound
from loyalty.guard import books_of
from loyalty.tables import table_of

_MAILING = table_of(Mailing)


def mailed(session: Session, member_id: int, benefit: str, year: int) -> bool:
    """Whether a member has this year's already."""
    return session.get(Mailing, (member_id, benefit, year)) is not None


def keep_mailing(
    session: Session, member_id: int, benefit: str, day: date, use_id: int, now: datetime
) -> None:
    """A piece of post is made for a day."""
    row = {"member_id": member_id, "benefit": benefit, "year": day.year, "use_id": use_id, "for_day": day}
    with books_of(member_id):
        session.execute(insert(_MAILING), [row | {"state": "made", "made_at": now}])


def mark_written(session: Session, one: Mailing, now: datetime) -> None:
    """A file holds it now."""
    _turn(session, one.member_id, one.benefit, one.year, "made", state="written", written_at=now)


def mark_returned(session: Session, member_id: int, benefit: str, year: int, now: datetime) -> None:
    """The post brought it back. Raises NotFound unless it was sent and not returned before."""
    _turn(session, member_id, benefit, year, "written", state="returned", returned_at=now)


def _turn(session: Session, member_id: int, benefit: str, year: int, was: str, **values: Any) -> None:
    mine = (_MAILING.c.member_id == member_id, _MAILING.c.benefit == benefit, _MAILING.c.year == year)
    done = session.execute(update(_MAILING).where(*mine, _MAILING.c.state == was).values(values))
    if cast("CursorResult[Any]", done).rowcount != 1:
        raise NotFound
