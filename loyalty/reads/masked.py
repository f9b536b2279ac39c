"""What is shown of a member to who has not opened them: no whole name, no number, no contact."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from loyalty import members
from loyalty.members import FoundPerson


@dataclass(frozen=True, slots=True)
class MaskedMember:
    """Enough to tell one from another, and no more."""

    member_id: int
    name: str
    state: str
    card: str | None  #: its last four digits, as `masked` writes them
    phone: str | None
    enrolled_on: date


def masked_member(session: Session, member_id: int) -> MaskedMember:
    """A member, masked. Raises NotFound, for whoever was forgotten, too."""
    member, person = members.by_id(session, member_id), members.person_of(session, member_id)
    card = members.active_card(session, member_id)
    number = card.number if card else None
    return masked_of(
        FoundPerson(member_id, member.state, person.name, person.phone, number, member.enrolled_on)
    )


def masked_of(found: FoundPerson) -> MaskedMember:
    """One of those found, masked."""
    return MaskedMember(
        found.member_id,
        members.masked_name(found.name),
        found.state,
        members.masked(found.card) if found.card else None,
        members.masked_phone(found.phone),
        found.enrolled_on,
    )
