"""Finding members by what somebody at the counter was told of them (M5)."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from loyalty.members.identity import phone_e164, search_key
from loyalty.members.models import Card, Member, Person, Reference
from loyalty.tables import family

LEAST_OF_A_NAME = 2  #: letters of a name that are looked for
_LAST_LETTER = "\U0010ffff"  #: no letter comes after it


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """One of those found; what of it is shown, and how, is for the page to decide."""

    member_id: int
    state: str
    name: str
    phone: str | None
    card: str | None  #: the number of the card that is not ended
    enrolled_on: date


def search(session: Session, text: str, region: str, limit: int) -> list[FoundPerson]:
    """Up to `limit` members of a card (whatever became of it), phone, e-mail or reference, or a name's start.

    All but the name must be told whole. Whoever was forgotten is not found.
    """
    found: set[int] = set()
    for column, is_so in _ways(text, region):
        room = limit - len(found)
        if room > 0:
            wanted = select(column).where(is_so, column.not_in(found)).distinct()
            found.update(session.scalars(wanted.order_by(column).limit(room)))
    return _persons(session, found)


def persons(session: Session, member_ids: Collection[int]) -> dict[int, FoundPerson]:
    """Some members by the ids that are asked for; the survivor stands for whoever was merged (M6).

    Whoever was forgotten is left out.
    """
    whose = select(Member.member_id, func.coalesce(Member.merged_into, Member.member_id))
    asked = dict(session.execute(whose.where(Member.member_id.in_(member_ids))).tuples().all())
    found = {one.member_id: one for one in _persons(session, set(asked.values()))}
    return {member_id: found[current] for member_id, current in asked.items() if current in found}


def has_email(session: Session, member_id: int, email: str) -> bool:
    """Whether a member, or who was merged into them, has that e-mail address, however it is written."""
    mine = (Person.member_id.in_(family(member_id)), Person.email_key == search_key(email))
    return session.scalar(select(Person.member_id).where(*mine).limit(1)) is not None


def _ways(text: str, region: str) -> Iterator[tuple[ColumnElement[int], ColumnElement[bool]]]:
    """What a text may be: the column of members to look in, and what must be true."""
    plain = "".join(text.split())
    yield Card.member_id.expression, Card.number.in_({plain, plain.replace("-", "")})
    yield Reference.member_id.expression, Reference.value == text
    key = search_key(text)
    if "@" in text:
        yield Person.member_id.expression, Person.email_key == key
    elif (phone := phone_e164(text, region)) is not None:
        yield Person.member_id.expression, Person.phone_e164 == phone
    elif len(key) >= LEAST_OF_A_NAME:
        yield Person.member_id.expression, Person.name_key.between(key, key + _LAST_LETTER)


def _persons(session: Session, found: Collection[int]) -> list[FoundPerson]:
    if not found:
        return []
    asked = (
        select(Member.member_id, Member.state, Person.name, Person.phone, Card.number, Member.enrolled_on)
        .join(Person, Person.member_id == Member.member_id)
        .outerjoin(Card, (Card.member_id == Member.member_id) & Card.ended_at.is_(None))
        .where(Member.member_id.in_(found))
        .order_by(Person.name_key, Member.member_id)
    )
    return [FoundPerson(*row) for row in session.execute(asked)]
