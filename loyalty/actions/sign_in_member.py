"""A member signs in by a one-time code that was sent to a contact of theirs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import access, members
from loyalty.access import Asker, Kind
from loyalty.decide.programme import Editions
from loyalty.errors import CardUnknown, ContactMalformed
from loyalty.reads.region import region_of


@dataclass(frozen=True, slots=True)
class Contact:
    """A phone number or an e-mail address in its one form."""

    kind: Kind
    value: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A code that was asked for; `goes_out` where it has a reader: a member, or somebody who may join."""

    code_id: int
    digits: str
    contact: Contact
    goes_out: bool


@dataclass(frozen=True, slots=True)
class Proof:
    """What a browser proved: that it reads what is sent to a contact."""

    code_id: int
    browser: str
    contact: Contact


def contact_of(editions: Editions, text: str, now: datetime) -> Contact:
    """What somebody typed to be reached by. Raises ContactMalformed."""
    plain = text.strip()
    if "@" in plain:
        name, _, domain = plain.rpartition("@")
        is_clean = plain.isprintable() and " " not in plain
        if not name or "." not in domain or len(plain) > members.EMAIL_MOST or not is_clean:
            raise ContactMalformed
        return Contact("email", members.search_key(plain))
    phone = members.phone_e164(plain, region_of(editions, now))
    if phone is None:
        raise ContactMalformed
    return Contact("phone", phone)


def ask_for_code(
    session: Session, editions: Editions, text: str, asker: Asker, key: bytes, now: datetime
) -> Asked:
    """Ask for a code by a contact; for strangers the same is done. Raises ContactMalformed, TooSoon."""
    contact = contact_of(editions, text, now)
    known = whose(session, contact, key)
    code_id, digits = access.ask_code(session, contact.kind, contact.value, asker, key, now)
    joins = editions.at(now).programme.club.joining == "open"
    return Asked(code_id, digits, contact, bool(known) or joins)


def whose(session: Session, contact: Contact, key: bytes) -> Sequence[int]:
    """The members who sign in by a contact: who proved it last and has it still, else all of them (M5)."""
    return among(session, contact, access.login_of(session, contact.kind, contact.value, key))


def among(session: Session, contact: Contact, owner: int | None) -> Sequence[int]:
    """The same, where the owner of the login is at hand."""
    found = members.sharing(session, contact.kind, contact.value)
    return [owner] if owner in found else found


def is_somebodys(session: Session, contact: Contact) -> bool:
    """Whether a member has this contact, even one whom it does not sign in while they are frozen."""
    return bool(members.sharing(session, contact.kind, contact.value, doubted=True))


def check_unused(session: Session, proof: Proof, key: bytes, now: datetime) -> None:
    """That this browser proved its contact, and did not use that yet. Raises CodeExpired."""
    contact = proof.contact
    access.check_proof(session, proof.code_id, proof.browser, contact.kind, contact.value, key, now)


def sign_in(
    session: Session,
    proof: Proof,
    member_id: int,
    device: str,
    key: bytes,
    now: datetime,
    *,
    again: bool = False,
) -> str:
    """The secret of a new session for the browser that proved a contact of this member.

    `again`: the same browser asks for the same once more, its first answer being lost; for a minute.
    Raises CodeExpired where it did not, or used that already; CardUnknown for who may not sign in by it.
    """
    contact = proof.contact
    use = access.use_proof_again if again else access.use_proof
    use(session, proof.code_id, proof.browser, contact.kind, contact.value, key, now)
    members.locked(session, member_id)  # whoever freezes meanwhile ends this session, or is seen here
    before = access.login_of(session, contact.kind, contact.value, key)
    if member_id not in among(session, contact, before):
        raise CardUnknown
    access.take_login(session, member_id, contact.kind, contact.value, key, now, before=before)
    return access.begin_session(session, member_id, device, now)


def by_card(session: Session, among: Sequence[int], card: str) -> int:
    """Which of those who share a contact has this card. Raises CardUnknown."""
    if not card.isprintable():
        raise CardUnknown
    holder = members.current(session, members.holder(session, card))
    if holder not in among:
        raise CardUnknown
    return holder
