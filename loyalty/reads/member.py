"""A member as the outside sees them: the whole, or the share of it that a till gets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from loyalty import members, tiers
from loyalty.decide.programme import Editions
from loyalty.members import ConsentState, IdentityDocument, Member
from loyalty.reads.balance import UnitBalance
from loyalty.reads.card import CardView, card_view
from loyalty.reads.print_lines import print_lines


@dataclass(frozen=True, slots=True)
class CardFace:
    """The active card: its number stays, its tier and validity are the member's (M3)."""

    number: str
    tier: str | None
    valid_until: datetime | None
    last_day: date | None
    issued_at: datetime
    blocked: bool

    @property
    def masked_number(self) -> str:
        """The last four digits."""
        return members.masked(self.number)


@dataclass(frozen=True, slots=True)
class MemberView:
    """A member with person, card, tier and consents."""

    member_id: int
    state: str
    stopped: bool  #: their books broke a law: nothing is written of their points until they are released
    name: str
    phone: str | None
    email: str | None
    birth_date: date | None
    address: Mapping[str, Any] | None
    identity: Sequence[IdentityDocument]
    references: Sequence[str]
    locale: str | None
    attributes: Mapping[str, Any]
    card: CardFace | None
    tier: str | None
    consents: Sequence[ConsentState]
    enrolled_at: datetime
    version: int
    merged: Sequence[int]  #: who was merged into them: their history is under their own ids (M6)


@dataclass(frozen=True, slots=True)
class FoundMember:
    """A member who was looked up, with what a till shows and prints."""

    member: MemberView
    balance: Mapping[str, UnitBalance]
    print: Sequence[str]

    @property
    def first_name(self) -> str:
        """What a till may call the member."""
        return members.first_name(self.member.name)

    @property
    def masked_phone(self) -> str | None:
        """The last four digits."""
        return members.masked_phone(self.member.phone)


def member_view(session: Session, editions: Editions, member_id: int, now: datetime) -> MemberView:
    """A member as of now; of whoever was merged, the survivor (M6). Raises NotFound."""
    member = members.survivor_of(session, members.by_id(session, member_id))
    return view_of(session, member, card_view(session, editions, member.member_id, now))


def found_member(
    session: Session, editions: Editions, wanted: Mapping[str, str], language: str, now: datetime
) -> FoundMember:
    """The member behind one of card, token, phone, email, reference.

    Raises NotFound, CardUnknown, CardBlocked, CodeUnknown, MemberAmbiguous; Invalid for a phone that cannot
    be one.
    """
    programme = editions.at(now).programme
    club = programme.club
    region = members.default_region(club.time_zone.key, club.currency)
    member = _wanted(session, wanted, region, now)
    card = card_view(session, editions, member.member_id, now)
    balance = card.balance.units
    available = {unit: points.available for unit, points in balance.items()}
    lines = print_lines(programme, card.tier, available, language)
    return FoundMember(view_of(session, member, card), balance, lines)


def _wanted(session: Session, wanted: Mapping[str, str], region: str, now: datetime) -> Member:
    if "card" in wanted:
        return members.by_card(session, wanted["card"], now)
    if "token" in wanted:
        holder = members.code_holder(session, wanted["token"], now)
        return members.survivor_of(session, members.by_id(session, holder))
    if "reference" in wanted:
        return members.by_reference(session, wanted["reference"])
    return members.by_contact(session, phone=wanted.get("phone"), email=wanted.get("email"), region=region)


def view_of(session: Session, member: Member, shown: CardView) -> MemberView:
    """A member with a card that is at hand."""
    member_id = member.member_id
    person, card = members.person_of(session, member_id), members.active_card(session, member_id)
    face = None
    if card is not None:
        blocked = card.blocked_at is not None
        face = CardFace(card.number, shown.tier, shown.valid_until, shown.last_day, card.issued_at, blocked)
    return MemberView(
        member_id=member_id,
        state=member.state,
        stopped=tiers.is_stopped(session, member_id),
        name=person.name,
        phone=person.phone,
        email=person.email,
        birth_date=person.birth_date,
        address=person.address,
        identity=members.documents(session, member_id),
        references=members.references(session, member_id),
        locale=member.locale,
        attributes=member.attributes,
        card=face,
        tier=shown.tier,
        consents=members.consents(session, member_id),
        enrolled_at=member.enrolled_at,
        version=member.version,
        merged=members.merged_into(session, member_id),
    )
