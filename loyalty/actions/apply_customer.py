"""The core system tells how it sees a person: names and documents change here, and nowhere else (M5)."""

from dataclasses import asdict
from typing import Any

from sqlalchemy.orm import Session

from loyalty import acts, members
from loyalty.actions.book import fresh_ids, take, write
from loyalty.actions.change_contact import guard_change
from loyalty.actions.die import tell_death
from loyalty.actions.enrol import check_birth_date, enrol_holder
from loyalty.actions.once import Asking, Told, Wish, once
from loyalty.decide.occasion import as_it_is, further_reference
from loyalty.decide.programme import Editions
from loyalty.errors import NotAMember, NotFound
from loyalty.ids import to_text
from loyalty.members import ToldCustomer
from loyalty.reads.region import region_of


def apply_customer(
    session: Session, editions: Editions, told: ToldCustomer, *, asking: Asking, identity_key: bytes
) -> tuple[dict[str, Any], bool]:
    """Apply a version of a person once; one older than what is known changes nothing.

    Somebody new joins where the club takes policy holders in (I8). Raises NotAMember, AlreadyMember for a
    document or reference of another member, PersonErased; Invalid, KeyReused.
    """
    now = asking.now
    check_birth_date(editions, told.given.get("birth_date"), now)

    def do() -> Told:
        member_id, joined = _member(session, editions, told, asking, identity_key)
        taken = take(session, editions, member_id, now)
        member = members.locked(session, member_id)
        known = members.customer(session, told.reference)
        if known is not None and known.version >= told.version:
            return Told(_answer(told, member_id, known.version, applied=False), member_id)
        had = members.contacts_of(members.person_of(session, member_id))
        region = region_of(editions, now)
        further = members.correct(session, member, told, now, region=region, identity_key=identity_key)
        life = list(tell_death(session, member, told.deceased, now))
        news = [*life]
        if not joined and (event := guard_change(session, editions, member, had, now)) is not None:
            news.append(event)
        if further or news:
            lead = further_reference if further else as_it_is
            outcome = lead(editions, taken.snapshot, now, fresh_ids(now))
            write(session, editions, taken, outcome._replace(events=(*outcome.events, *news)), now)
        if life:
            acts.record(session, now, actor=asking.client, kind=life[-1].kind, subject=to_text(member_id))
        return Told(_answer(told, member_id, told.version, applied=True, joined=joined), member_id)

    key = (told.reference, str(told.version))
    return once(session, Wish("customer", asking, key, asdict(told), club_wide=True), do)


def _member(
    session: Session, editions: Editions, told: ToldCustomer, asking: Asking, identity_key: bytes
) -> tuple[int, bool]:
    """The member that the core system calls so, and whether they have only just joined."""
    members.refuse_erased(session, (told.reference, *told.references), (), identity_key)
    try:
        return members.by_reference(session, told.reference).member_id, False
    except NotFound:
        if editions.at(asking.now).programme.club.enrolment != "automatic":
            raise NotAMember from None
        return enrol_holder(session, editions, told.newcomer, asking, identity_key), True


def _answer(
    told: ToldCustomer, member_id: int, known_version: int, *, applied: bool, joined: bool = False
) -> dict[str, Any]:
    return {
        "reference": told.reference,
        "version": told.version,
        "known_version": known_version,
        "applied": applied,
        "joined": joined,
        "member_id": to_text(member_id),
    }
