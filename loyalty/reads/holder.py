"""Who holds a card, as the clock has made them by now: one statement, unless something is due."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from loyalty import ledger
from loyalty.calendar import BEGINNING
from loyalty.decide.course import Course
from loyalty.decide.outcome import Snapshot
from loyalty.decide.programme import Editions
from loyalty.members import Card, Person
from loyalty.reads.entitled import course_at
from loyalty.reads.snapshot import load, look


@dataclass(frozen=True, slots=True)
class Holder:
    """A member with every term there ever was. Where nothing was due, `course` knows no points (P5)."""

    course: Course  #: has come to now
    card: str | None  #: the number of the card that is not ended
    address: Mapping[str, Any] | None
    mail_returned_at: datetime | None  #: the post brought a letter back from that address


def holder_now(session: Session, editions: Editions, member_id: int, now: datetime) -> Holder:
    """Whose card it is, and which terms they have had. Raises NotFound.

    Points move terms only when something is due; the accounts are looked at then, and not otherwise.
    """
    account, mine = ledger.AccountRow, (Card.member_id == member_id) & Card.ended_at.is_(None)
    due = select(func.min(account.due_at)).where(account.member_id == member_id).scalar_subquery()
    number = select(Card.number).where(mine).scalar_subquery()
    looked = look(session, member_id, BEGINNING, due, number, Person.address, Person.mail_returned_at)
    points_due, card, address, mail_returned_at = looked.also
    if any(at is not None and at <= now for at in (looked.stand.due_at, points_due)):
        whole, _ = load(session, editions, member_id, now, every_term=True)
        course = course_at(editions, whole, now)
    else:
        born, asked = looked.birth_date, looked.attributes
        plain = Snapshot(member_id, looked.enrolled_at, born, {}, {}, looked.terms, attributes=asked)
        course = Course(editions, plain, count(1))
    return Holder(course, card, address, mail_returned_at)
