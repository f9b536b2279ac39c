"""All that the counter sees of one member who was opened: who they are, what they hold, what waits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import approvals, members, reviews, staff
from loyalty.approvals import ApprovalRequest
from loyalty.decide.programme import Editions
from loyalty.members import Card, SpendGuard
from loyalty.reads.booked_lines import newest
from loyalty.reads.given import given_in_year
from loyalty.reads.held_policies import HeldPolicies, held_policies
from loyalty.reads.lines import Line, Sought
from loyalty.reads.member import MemberView, member_view
from loyalty.reads.notes import NoteView, notes_shown
from loyalty.reads.own_benefits import OwnBenefits, own_benefits
from loyalty.reads.own_tier import OwnTier, own_tier
from loyalty.reads.own_visits import VisitsPage, visits_page
from loyalty.reads.points import UnitPoints, all_points
from loyalty.reads.profile import ConsentShown, consents_of
from loyalty.reads.vouchers import Ordered, orders_page
from loyalty.reviews import Review

MOST = 6  #: lines of a panel; a list's own page has the rest


@dataclass(frozen=True, slots=True)
class MemberFile:
    """One member, panel by panel."""

    member: MemberView
    stands: str  #: the state, or that a deceased member's estate is settled (M9)
    guard: SpendGuard
    tier: OwnTier
    points: tuple[UnitPoints, ...]
    lines: Sequence[Line]  #: the latest of all units
    policies: HeldPolicies | None  #: None: this club follows none
    benefits: OwnBenefits
    visits: VisitsPage
    orders: Sequence[Ordered]
    consents: Sequence[ConsentShown]
    cards: Sequence[Card]
    notes: Sequence[NoteView]
    given_minor: int  #: what the club gave this calendar year, in minor units
    asked: Sequence[ApprovalRequest]  #: what waits for a second person
    held_back: Sequence[Review]  #: sales that wait for a person
    names: Mapping[str, str]  #: what colleagues are called, by what acts call them


def member_file(session: Session, editions: Editions, member_id: int, now: datetime) -> MemberFile:
    """A member as of now. Raises NotFound, for whoever was forgotten, too."""
    member, programme = members.by_id(session, member_id), editions.at(now).programme
    points = all_points(session, editions, member_id, now)
    orders, _ = orders_page(session, editions, member_id, None, now)
    return MemberFile(
        member_view(session, editions, member_id, now),
        members.stands(member),
        members.spend_guard(member),
        own_tier(session, editions, member_id, now),
        points,
        _latest(session, editions, member_id, [one.terms.code for one in points]),
        held_policies(session, editions, member_id, now) if programme.follows_policies else None,
        own_benefits(session, editions, member_id, now),
        visits_page(session, editions, member_id, None, MOST, now),
        orders[:MOST],
        consents_of(session, editions, member_id, now),
        members.cards_of(session, member_id),
        notes_shown(session, member_id)[:MOST],
        given_in_year(session, member_id, now, editions.zone),
        [one for one in approvals.waiting_of(session, member_id) if one.void_at > now],
        reviews.open_of(session, member_id),
        names_of_colleagues(session),
    )


def names_of_colleagues(session: Session) -> dict[str, str]:
    """What colleagues are called, by what acts call them."""
    return {staff.actor(one.account_id): one.name for one in staff.colleagues(session)}


def _latest(session: Session, editions: Editions, member_id: int, units: Sequence[str]) -> list[Line]:
    """The latest booked lines of all units together."""
    found = [
        line for unit in units for line in newest(session, editions, member_id, unit, Sought(), None, MOST)
    ]
    return sorted(found, key=lambda line: (line.happened_at, line.seq), reverse=True)[:MOST]
