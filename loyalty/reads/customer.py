"""A person as the core system told of them, and what the club keeps of that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from loyalty import members
from loyalty.members import IdentityDocument


@dataclass(frozen=True, slots=True)
class CustomerView:
    """A member by one of their references; version, agent and when are what was told under this one."""

    reference: str
    version: int | None
    agent: str | None
    told_at: datetime | None
    member_id: int
    state: str
    name: str
    phone: str | None
    email: str | None
    birth_date: date | None
    address: Mapping[str, Any] | None
    documents: Sequence[IdentityDocument]
    references: Sequence[str]


def customer_view(session: Session, reference: str) -> CustomerView:
    """The member a core system calls so. Raises NotFound."""
    member = members.by_reference(session, reference)
    person, told = members.person_of(session, member.member_id), members.customer(session, reference)
    return CustomerView(
        reference=reference,
        version=told.version if told else None,
        agent=told.agent if told else None,
        told_at=told.told_at if told else None,
        member_id=member.member_id,
        state=member.state,
        name=person.name,
        phone=person.phone,
        email=person.email,
        birth_date=person.birth_date,
        address=person.address,
        documents=members.documents(session, member.member_id),
        references=members.references(session, member.member_id),
    )
