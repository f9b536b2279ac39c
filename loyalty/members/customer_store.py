"""The rows of customers: what a core system has told of persons, by its own references (M5)."""

from datetime import datetime

from sqlalchemy.orm import Session

from loyalty.members import identity
from loyalty.members.erasure_store import refuse_erased
from loyalty.members.facts import AGENT, ToldCustomer
from loyalty.members.models import Customer, Member
from loyalty.members.store import (
    documents,
    person_of,
    references,
    set_contacts,
    take_documents,
    take_references,
)


def customer(session: Session, reference: str) -> Customer | None:
    """What was told last of the person a core system calls so, as it is now."""
    return session.get(Customer, reference, populate_existing=True)


def correct(
    session: Session, member: Member, told: ToldCustomer, now: datetime, *, region: str, identity_key: bytes
) -> bool:
    """Carry out on a locked member what the core system tells; whether that brought a further reference.

    That they died, or live, is left to who calls.

    Raises AlreadyMember for a document or reference of another member, PersonErased for one of somebody who
    was forgotten; Invalid for what cannot be one.
    """
    person = person_of(session, member.member_id)
    person.name, person.name_key = told.name, identity.search_key(told.name)
    if "birth_date" in told.given:
        person.birth_date = told.given["birth_date"]
        person.birth_mmdd = identity.birth_mmdd(person.birth_date)
    set_contacts(person, told.given, region)
    proofs = identity.documents_of(told.documents or (), identity_key, "documents")
    if told.documents is not None:
        _replace_documents(session, member.member_id, proofs)
    _keep(session, member, told, now)
    member.version += 1
    session.flush()
    known = references(session, member.member_id)
    further = [value for value in dict.fromkeys(told.references) if value not in known]
    take_references(session, member.member_id, further)
    refuse_erased(session, further, proofs, identity_key)
    return bool(further)


def _replace_documents(session: Session, member_id: int, proofs: list[identity.Document]) -> None:
    wanted = {(proof.kind, proof.digest): proof for proof in proofs}
    for kept in documents(session, member_id):
        if wanted.pop((kept.kind, kept.digest), None) is None and kept.member_id == member_id:
            session.delete(kept)
    session.flush()
    take_documents(session, member_id, wanted.values())


def _keep(session: Session, member: Member, told: ToldCustomer, now: datetime) -> None:
    row = customer(session, told.reference) or Customer(reference=told.reference)
    row.version, row.member_id, row.told_at = told.version, member.member_id, now
    if AGENT in told.given:
        row.agent = told.given[AGENT]
    session.add(row)
