"""The rows of members and persons."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, bindparam, extract, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from loyalty.errors import AlreadyMember, Invalid, MemberAmbiguous, NotFound, VersionStale
from loyalty.ids import new_id
from loyalty.members import identity
from loyalty.members.erasure_store import refuse_erased
from loyalty.members.facts import ConsentAct, ConsentState, Newcomer, standing_consents
from loyalty.members.life import who_may
from loyalty.members.merge_store import survivor_of
from loyalty.members.models import Consent, IdentityDocument, Member, Person, Reference
from loyalty.tables import family, table_of

MOST_SHARING = 20  #: so many who share a contact are looked at, to see whether all are one person
_ACT = tuple(field.name for field in fields(ConsentAct))
_MEMBER, _PERSON = table_of(Member), table_of(Person)
_ASKED = (
    select(_MEMBER.c.enrolled_at, _PERSON.c.birth_date, _MEMBER.c.attributes, _MEMBER.c.merged_into)
    .outerjoin(_PERSON, _PERSON.c.member_id == _MEMBER.c.member_id)
    .where(_MEMBER.c.member_id == bindparam("of_member"))
)


def add(
    session: Session,
    newcomer: Newcomer,
    now: datetime,
    *,
    enrolled_on: date,
    region: str,
    identity_key: bytes,
) -> Member:
    """A new member without a card.

    Raises AlreadyMember, PersonErased; Invalid for a phone or document that cannot be.
    """
    member = Member(
        member_id=new_id(now),
        state="enrolled",
        enrolled_at=now,
        enrolled_on=enrolled_on,
        locale=newcomer.locale,
        attributes=dict(newcomer.attributes),
        version=1,
    )
    session.add(member)
    session.flush()
    person = Person(
        member_id=member.member_id, name=newcomer.name, name_key=identity.search_key(newcomer.name)
    )
    person.birth_date, person.birth_mmdd = newcomer.birth_date, identity.birth_mmdd(newcomer.birth_date)
    person.address = dict(newcomer.address) if newcomer.address is not None else None
    _set_phone(person, newcomer.phone, region)
    _set_email(person, newcomer.email)
    session.add(person)
    take_references(session, member.member_id, newcomer.references)
    proofs = identity.documents_of(newcomer.identity, identity_key, "identity")
    take_documents(session, member.member_id, proofs)
    refuse_erased(session, newcomer.references, proofs, identity_key)
    add_consents(session, member.member_id, newcomer.consents, now)
    session.flush()
    return member


def by_id(session: Session, member_id: int) -> Member:
    """The member of that id, whatever its state. Raises NotFound."""
    member = session.get(Member, member_id)
    if member is None:
        raise NotFound
    return member


def locked(session: Session, member_id: int) -> Member:
    """The member as it is now that nobody else can change it. Raises NotFound."""
    mine = select(Member).where(Member.member_id == member_id).with_for_update(key_share=True)
    member = session.scalar(mine, execution_options={"populate_existing": True})
    if member is None:
        raise NotFound
    return member


def person_of(session: Session, member_id: int) -> Person:
    """The human being behind a member. Raises NotFound, for whoever was forgotten, too."""
    person = session.get(Person, member_id)
    if person is None:
        raise NotFound
    return person


def dates(session: Session, member_id: int) -> tuple[datetime, date | None]:
    """When a member joined, and the birth date if it is known: what windows ask for."""
    enrolled_at, birth_date, *_ = asked_of(session, member_id)
    return enrolled_at, birth_date


def asked_of(session: Session, member_id: int) -> tuple[datetime, date | None, dict[str, Any], int | None]:
    """When a member joined, the birth date if known, the attributes, the survivor: what rules ask for."""
    found: tuple[datetime, date | None, dict[str, Any], int | None]
    found = session.execute(_ASKED, {"of_member": member_id}).tuples().one()
    return found


def by_reference(session: Session, value: str) -> Member:
    """The member a core system calls so, or the survivor. Raises NotFound."""
    return survivor_of(session, called(session, value))


def called(session: Session, value: str) -> Member:
    """The very member that a core system calls so, merged or not. Raises NotFound."""
    member = session.scalar(
        select(Member)
        .join(Reference, Reference.member_id == Member.member_id)
        .where(Reference.value == value)
    )
    if member is None:
        raise NotFound
    return member


def by_contact(
    session: Session, *, phone: str | None = None, email: str | None = None, region: str = "CN"
) -> Member:
    """The one member with this phone or e-mail, however written. Raises NotFound, MemberAmbiguous (M5)."""
    wanted = select(Member).join(Person, Person.member_id == Member.member_id).limit(MOST_SHARING)
    if phone is not None:
        wanted = wanted.where(Person.phone_e164 == _phone_key(phone, region))
    if email is not None:
        wanted = wanted.where(Person.email_key == identity.search_key(email))
    found = {survivor_of(session, member) for member in session.scalars(wanted)}
    if not found:
        raise NotFound
    if len(found) > 1:
        raise MemberAmbiguous
    return found.pop()


def sharing(session: Session, kind: str, value: str, *, doubted: bool = False) -> list[int]:
    """The ids, in order, of those who have this `phone` or `email`, in its one form, and may sign in by it.

    Nobody signs in by a contact of whoever was merged. While a member is frozen, a contact that came with or
    after the notice signs nobody in: it may be a thief's. `doubted` counts those, too.
    """
    if kind == "phone":
        mine, since = Person.phone_e164 == value, Person.phone_since
    else:
        mine, since = Person.email_key == value, Person.email_since
    wanted = select(Member.member_id).join(Person, Person.member_id == Member.member_id)
    wanted = wanted.where(mine, Member.state.in_(who_may("look")), Member.merged_into.is_(None))
    if not doubted:
        wanted = wanted.where(
            or_(Member.frozen_since.is_(None), since.is_(None), since < Member.frozen_since)
        )
    return list(session.scalars(wanted.order_by(Member.member_id)))


def change(
    session: Session, member_id: int, version: int, changes: Mapping[str, Any], now: datetime, *, region: str
) -> Member:
    """Carry out the given ones of phone, email, address, locale, attributes, consents; None empties a field.

    Raises NotFound; VersionStale when the member was changed since `version` was read.
    """
    member = locked(session, member_id)
    if member.version != version:
        raise VersionStale
    person = person_of(session, member_id)
    set_contacts(person, changes, region)
    if "locale" in changes:
        member.locale = changes["locale"]
    if "attributes" in changes:
        member.attributes = changes["attributes"]
    add_consents(session, member_id, changes.get("consents", ()), now)
    member.version += 1
    session.flush()
    return member


def set_contacts(person: Person, changes: Mapping[str, Any], region: str) -> None:
    """Change the given ones of phone, email, address. Raises Invalid for a phone that cannot be one."""
    if "phone" in changes:
        _set_phone(person, changes["phone"], region)
    if "email" in changes:
        _set_email(person, changes["email"])
    if "address" in changes and changes["address"] != person.address:
        person.address, person.mail_returned_at = changes["address"], None


def take_references(session: Session, member_id: int, values: Iterable[str]) -> None:
    """Let core systems call a member so. Raises AlreadyMember for a name that is in use."""
    for value in values:
        _take(session, Reference, value=value, member_id=member_id)


def take_documents(session: Session, member_id: int, proofs: Iterable[identity.Document]) -> None:
    """Keep what proves who a member is. Raises AlreadyMember for what is kept of somebody already."""
    for proof in proofs:
        _take(session, IdentityDocument, **asdict(proof), member_id=member_id)


def add_consents(session: Session, member_id: int, acts: Iterable[ConsentAct], now: datetime) -> None:
    """Write acts of consent down, in their order (M10)."""
    for act in acts:
        session.add(Consent(member_id=member_id, consent_id=new_id(now), told_at=now, **asdict(act)))
        session.flush()


def consents(session: Session, member_id: int) -> list[ConsentState]:
    """Where each consent of a member stands."""
    told = select(Consent).where(Consent.member_id == member_id).order_by(Consent.told_at, Consent.consent_id)
    return standing_consents(
        (row.told_at, ConsentAct(**{name: getattr(row, name) for name in _ACT}))
        for row in session.scalars(told)
    )


def documents(session: Session, member_id: int) -> Sequence[IdentityDocument]:
    """What proved who a member is, and whoever was merged into them."""
    kept = select(IdentityDocument).where(IdentityDocument.member_id.in_(family(member_id)))
    return session.scalars(kept.order_by(IdentityDocument.kind, IdentityDocument.digest)).all()


def references(session: Session, member_id: int) -> list[str]:
    """What core systems call a member, and whoever was merged into them."""
    kept = select(Reference.value).where(Reference.member_id.in_(family(member_id)))
    return list(session.scalars(kept.order_by(Reference.value)))


def members_with_birthday(
    session: Session, mmdds: Iterable[int], joined_before: datetime, after_id: int, limit: int
) -> list[int]:
    """Up to `limit` ids above `after_id`, in order, of acting members born on such a day (228, 229 …; N8)."""
    born = _acting(joined_before, after_id).join(Person, Person.member_id == Member.member_id)
    return list(session.scalars(born.where(Person.birth_mmdd.in_(list(mmdds))).limit(limit)))


def members_with_anniversary(
    session: Session, mmdds: Iterable[int], joined_before: datetime, after_id: int, limit: int
) -> list[int]:
    """The same for members who joined on such a day of an earlier year."""
    mmdd = extract("month", Member.enrolled_on) * 100 + extract("day", Member.enrolled_on)
    return list(session.scalars(_acting(joined_before, after_id).where(mmdd.in_(list(mmdds))).limit(limit)))


def ids_above(session: Session, after_id: int, limit: int) -> list[int]:
    """Up to `limit` ids of members above `after_id`, in order."""
    rows = select(Member.member_id).where(Member.member_id > after_id).order_by(Member.member_id)
    return list(session.scalars(rows.limit(limit)))


def how_many(session: Session) -> int:
    """How many members there are, and ever were."""
    return session.scalar(select(func.count()).select_from(Member)) or 0


def _acting(joined_before: datetime, after_id: int) -> Select[tuple[int]]:
    return (
        select(Member.member_id)
        .where(
            Member.state.in_(who_may("serve")),
            Member.merged_into.is_(None),
            Member.enrolled_at < joined_before,
            Member.member_id > after_id,
        )
        .order_by(Member.member_id)
    )


def _phone_key(phone: str, region: str) -> str:
    key = identity.phone_e164(phone, region)
    if key is None:
        raise Invalid(fields={"phone": "is not a phone number"})
    return key


def _set_phone(person: Person, phone: str | None, region: str) -> None:
    person.phone = phone
    person.phone_e164 = None if phone is None else _phone_key(phone, region)


def _set_email(person: Person, email: str | None) -> None:
    person.email = email
    person.email_key = None if email is None else identity.search_key(email)


def _take(session: Session, table: type[IdentityDocument] | type[Reference], **values: Any) -> None:
    # A check before the insert would let two enrolments at once both pass; this waits for the other one.
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    taken = insert.values(**values).on_conflict_do_nothing().returning(table.member_id)
    if session.execute(taken).first() is None:
        raise AlreadyMember
