"""A member arrives from another system, with the card, the tier, the points and the consents held there."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import calendar, members
from loyalty.actions.book import fresh_ids, take, write
from loyalty.actions.join import open_books, open_empty_books
from loyalty.actions.once import Asking, Told, Wish, once
from loyalty.decide.arrival import NOTHING, Luggage, arrive
from loyalty.decide.programme import Editions
from loyalty.errors import CardUnknown, Invalid
from loyalty.ids import to_text
from loyalty.members import ConsentAct, Member, Newcomer

KIND = "import"  #: the scope of their claims, by the reference


@dataclass(frozen=True, slots=True)
class ToldConsent:
    """An act of consent, and when it was told elsewhere."""

    told_at: datetime | None  #: None: when they joined
    act: ConsentAct


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody who was a member elsewhere; the first reference is the business key."""

    newcomer: Newcomer
    enrolled_at: datetime | None = None  #: None: they join now
    card: str | None = None
    luggage: Luggage = NOTHING
    consents: tuple[ToldConsent, ...] = ()


def import_member(
    session: Session, editions: Editions, arrival: Arrival, *, asking: Asking, identity_key: bytes
) -> bool:
    """Take a member over, once; whether that was done before.

    History without luggage joins as anybody did then, with what joining earned; whoever else comes, now or
    with luggage, is given nothing for coming. Raises AlreadyMember, PersonErased; Invalid for a card of
    somebody else; TierUnknown, TooManyPoints, KeyReused.
    """
    now = asking.now
    enrolled_at = arrival.enrolled_at or now

    def come() -> Told:
        club = editions.at(now).programme.club
        member = members.add(
            session,
            arrival.newcomer,
            enrolled_at,
            enrolled_on=calendar.local_day(enrolled_at, club.time_zone),
            region=members.default_region(club.time_zone.key, club.currency),
            identity_key=identity_key,
        )
        if arrival.card is not None:
            _adopt(session, member, arrival.card, enrolled_at)
        for told in arrival.consents:
            members.add_consents(session, member.member_id, [told.act], told.told_at or enrolled_at)
        if asking.imported_at is not None and arrival.luggage == NOTHING:
            open_books(session, editions, member, now, asking.imported_at)
        else:
            _open_books(session, editions, member.member_id, arrival, asking)
        return Told({"member_id": to_text(member.member_id)}, member.member_id)

    wish = Wish(KIND, asking, arrival.newcomer.references[:1], asdict(arrival), club_wide=True)
    _, known = once(session, wish, come)
    return known


def _adopt(session: Session, member: Member, number: str, issued_at: datetime) -> None:
    try:
        members.holder(session, number)
    except CardUnknown:
        members.adopt_card(session, member, number, issued_at)
    else:
        raise Invalid(fields={"card": "speaks for somebody else"})


def _open_books(
    session: Session, editions: Editions, member_id: int, arrival: Arrival, asking: Asking
) -> None:
    now = asking.now
    open_empty_books(session, editions, member_id, now)
    taken = take(session, editions, member_id, now)
    referred = bool(arrival.newcomer.references)
    outcome = arrive(editions, arrival.luggage, taken.snapshot, now, fresh_ids(now), referred=referred)
    write(session, editions, taken, outcome, now, asking.imported_at)
