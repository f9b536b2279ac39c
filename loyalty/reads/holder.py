"""Who holds a card, as the clock has made them by now: two statements, unless something is due."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from loyalty import ledger, tiers
from loyalty.calendar import BEGINNING
from loyalty.decide import standing
from loyalty.decide.course import Course
from loyalty.decide.outcome import Snapshot
from loyalty.decide.programme import Editions
from loyalty.errors import NotFound
from loyalty.members import Card, Member, Person
from loyalty.reads.entitled import course_at, with_all_terms
from loyalty.reads.snapshot import load


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
    due = select(func.min(ledger.AccountRow.due_at)).where(ledger.AccountRow.member_id == member_id)
    told = (
        select(Member, Person, Card.number, due.scalar_subquery())
        .join(Person, Person.member_id == Member.member_id)
        .outerjoin(Card, (Card.member_id == Member.member_id) & Card.ended_at.is_(None))
        .where(Member.member_id == member_id)
    )
    found = session.execute(told).one_or_none()
    if found is None:
        raise NotFound
    member, person, card, due_at = found
    terms = tiers.terms_since(session, member_id, BEGINNING)
    plain = Snapshot(
        member_id, member.enrolled_at, person.birth_date, {}, {}, terms, attributes=member.attributes
    )
    course = Course(editions, plain, count(1))
    dues = [at for at in (due_at, standing.next_review(course)) if at is not None]
    if any(at <= now for at in dues):
        whole = with_all_terms(session, load(session, editions, member_id, now)[0])
        course = course_at(editions, whole, now)
    return Holder(course, card, person.address, person.mail_returned_at)
