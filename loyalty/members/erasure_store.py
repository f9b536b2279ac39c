"""Forgetting a person: their rows go, and keyed digests of what they were called stay (M7)."""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from loyalty.errors import PersonErased
from loyalty.members import identity
from loyalty.members.life import LEFT
from loyalty.members.models import (
    Card,
    Customer,
    ErasedPerson,
    IdentityDocument,
    Member,
    MemberCode,
    Person,
    Reference,
)

_ERASED = "erased"  #: why the last card ended


def erased_among(session: Session, references: Collection[str], key: bytes) -> frozenset[str]:
    """Which of these references are of somebody who was forgotten."""
    digests = {identity.reference_digest(value, key): value for value in references}
    if not digests:
        return frozenset()
    found = session.scalars(select(ErasedPerson.digest).where(ErasedPerson.digest.in_(digests)))
    return frozenset(digests[digest] for digest in found)


def keep_called(session: Session, references: Collection[str]) -> None:
    """Let nobody be forgotten who is called so until this transaction ends: what it writes is then found."""
    wanted = select(Reference.value).where(Reference.value.in_(references)).order_by(Reference.value)
    session.execute(wanted.with_for_update(read=True))


def refuse_erased(
    session: Session, references: Collection[str], proofs: Iterable[identity.Document], key: bytes
) -> None:
    """Raises PersonErased where a reference or a document is of somebody who was forgotten.

    To be asked once references and documents are taken: whoever is forgotten meanwhile was waited for.
    """
    digests = {proof.digest for proof in proofs}
    gone = select(ErasedPerson.digest).where(ErasedPerson.digest.in_(digests)).limit(1)
    if (digests and session.scalar(gone)) or erased_among(session, references, key):
        raise PersonErased


def forget_person(session: Session, member: Member, now: datetime, *, identity_key: bytes) -> frozenset[str]:
    """Remove all that says who a locked member is, and end the card; what core systems called them.

    Consents stay, as the law asks; the member's row stays under its id, and says nothing.
    """
    mine = member.member_id
    called = frozenset(
        [
            *session.scalars(select(Reference.value).where(Reference.member_id == mine)),
            *session.scalars(select(Customer.reference).where(Customer.member_id == mine)),
        ]
    )
    proofs = session.scalars(select(IdentityDocument.digest).where(IdentityDocument.member_id == mine))
    _bury(session, {*(identity.reference_digest(value, identity_key) for value in called), *proofs}, now)
    for table in (Person, IdentityDocument, Reference, Customer, MemberCode):
        session.execute(delete(table).where(table.member_id == mine))
    for card in session.scalars(select(Card).where(Card.member_id == mine, Card.ended_at.is_(None))):
        card.ended_at, card.ended_reason = now, _ERASED
    member.state, member.locale, member.attributes = LEFT, None, {}
    member.left_as = member.alive_as = member.forfeits_at = member.settled_at = None
    member.spend_locked_at = member.frozen_at = member.frozen_since = member.spend_paused_until = None
    member.unwanted_letters = []
    member.version += 1
    session.flush()
    return called


def _bury(session: Session, digests: Collection[str], now: datetime) -> None:
    known = set(session.scalars(select(ErasedPerson.digest).where(ErasedPerson.digest.in_(digests))))
    rows = [{"digest": one, "erased_on": now.astimezone(UTC).date()} for one in sorted({*digests} - known)]
    if rows:
        session.execute(insert(ErasedPerson), rows)
