"""Somebody joins the club."""

from dataclasses import asdict
from datetime import date, datetime

from sqlalchemy.orm import Session

from loyalty import ledger, members
from loyalty.actions.join import open_books
from loyalty.actions.once import Asking, Told, Wish, header_claim, once
from loyalty.calendar import local_day
from loyalty.decide.programme import Editions
from loyalty.errors import Invalid
from loyalty.ids import from_text, to_text
from loyalty.members import Newcomer


def enrol(
    session: Session,
    editions: Editions,
    newcomer: Newcomer,
    *,
    asking: Asking,
    identity_key: bytes,
) -> tuple[int, bool]:
    """Take a person in, once, with accounts, a standing and, when the first tier asks for nothing, a card.

    The first reference is the business key. Gives the member's id, and whether this was answered before.
    Raises AlreadyMember, PersonErased; Invalid for what cannot be; KeyMissing, KeyReused.
    """
    now = asking.now
    check_birth_date(editions, newcomer.birth_date, now)

    def join() -> Told:
        member_id = _join(session, editions, newcomer, asking, identity_key)
        # A stored answer holds nothing personal, so that forgetting a person need not look into it (M7).
        return Told({"member_id": to_text(member_id)}, member_id)

    wish = Wish("enrol", asking, newcomer.references[:1] or None, asdict(newcomer))
    answer, replayed = once(session, wish, join)
    return from_text(str(answer["member_id"])) or 0, replayed


def enrolled_by(session: Session, asking: Asking) -> int | None:
    """The member who was taken in under this very key before; None if nobody was."""
    claim = header_claim(Wish("enrol", asking, None, None))
    taken = ledger.claims.find(session, *claim) if claim else None
    return taken.member_id if taken else None


def check_birth_date(editions: Editions, birth_date: date | None, now: datetime) -> None:
    """Raises Invalid for one that lies in the future."""
    if birth_date is not None and birth_date > local_day(now, editions.zone):
        raise Invalid(fields={"birth_date": "lies in the future"})


def enrol_holder(
    session: Session, editions: Editions, newcomer: Newcomer, asking: Asking, identity_key: bytes
) -> int:
    """Take in somebody of whom the core system tells; the member's id (I8).

    A policy tells no more than a reference: that is the name until the core system tells another.
    """
    return _join(session, editions, newcomer, asking, identity_key)


def _join(
    session: Session, editions: Editions, newcomer: Newcomer, asking: Asking, identity_key: bytes
) -> int:
    now = asking.now
    club = editions.at(now).programme.club
    member = members.add(
        session,
        newcomer,
        now,
        enrolled_on=local_day(now, club.time_zone),
        region=members.default_region(club.time_zone.key, club.currency),
        identity_key=identity_key,
    )
    open_books(session, editions, member, now, asking.imported_at)
    return member.member_id
