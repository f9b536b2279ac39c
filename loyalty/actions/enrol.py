"""Somebody joins the club."""

from dataclasses import asdict

from sqlalchemy.orm import Session

from loyalty import members
from loyalty.actions.join import open_books
from loyalty.actions.once import Asking, Told, Wish, once
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
    Raises AlreadyMember; Invalid for what cannot be; KeyMissing, KeyReused.
    """
    now = asking.now
    club = editions.at(now).programme.club
    today = local_day(now, club.time_zone)
    if newcomer.birth_date is not None and newcomer.birth_date > today:
        raise Invalid(fields={"birth_date": "lies in the future"})

    def join() -> Told:
        member_id = _join(session, editions, newcomer, asking, identity_key)
        # A stored answer holds nothing personal, so that forgetting a person need not look into it (M7).
        return Told({"member_id": to_text(member_id)}, member_id)

    wish = Wish("enrol", asking, newcomer.references[:1] or None, asdict(newcomer))
    answer, replayed = once(session, wish, join)
    return from_text(str(answer["member_id"])) or 0, replayed


def enrol_holder(
    session: Session, editions: Editions, reference: str, asking: Asking, identity_key: bytes
) -> int:
    """Take in a holder of whom the core system has told no more than a reference; the member's id (I8)."""
    newcomer = Newcomer(name=reference, references=(reference,))
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
