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
from loyalty.reads.card import card_of
from loyalty.reads.entitled import course_at
from loyalty.reads.given import given_in_year
from loyalty.reads.held_policies import HeldPolicies, policies_called
from loyalty.reads.holder import Holder
from loyalty.reads.household import SeatShown, seats_shown
from loyalty.reads.lines import Line, Sought
from loyalty.reads.member import MemberView, view_of
from loyalty.reads.notes import NoteView, shown_note
from loyalty.reads.own_benefits import OwnBenefits, benefits_of
from loyalty.reads.own_tier import OwnTier, tier_in
from loyalty.reads.own_visits import VisitsPage, visits_of
from loyalty.reads.points import UnitPoints, points_in
from loyalty.reads.profile import ConsentShown, consents_shown
from loyalty.reads.snapshot import load
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
    seats: Sequence[SeatShown] | None  #: of their household; None: this club knows none (M8)
    names: Mapping[str, str]  #: what colleagues are called, by what acts call them


def member_file(session: Session, editions: Editions, member_id: int, now: datetime) -> MemberFile:
    """A member as of now, of whoever was merged the survivor. Raises NotFound, for whoever was forgotten."""
    member = members.survivor_of(session, members.by_id(session, member_id))
    member_id, programme = member.member_id, editions.at(now).programme
    snapshot, _ = load(session, editions, member_id, now, every_term=True)
    course = course_at(editions, snapshot, now)
    after = course.outcome().after
    view, points = view_of(session, member, card_of(after, editions, now)), points_in(after, editions, now)
    holder = Holder(course, view.card.number if view.card else None, view.address, None)
    called = view.references
    orders, _ = orders_page(session, editions, member_id, None, now)
    return MemberFile(
        view,
        members.stands(member),
        members.spend_guard(member),
        tier_in(session, editions, course, now),
        points,
        _latest(session, editions, member_id, [one.terms.code for one in points]),
        policies_called(session, editions, member_id, called, now) if programme.follows_policies else None,
        benefits_of(session, editions, holder, now),
        visits_of(session, editions, holder, None, MOST, now),
        orders[:MOST],
        consents_shown(editions, holder, view.consents, now),
        members.cards_of(session, member_id),
        [shown_note(one) for one in members.notes_of(session, member_id)[:MOST]],
        given_in_year(session, member_id, now, editions.zone),
        [one for one in approvals.waiting_of(session, member_id) if one.void_at > now],
        reviews.open_of(session, member_id),
        seats_shown(session, member_id) if programme.household is not None else None,
        names_of_colleagues(session),
    )


def names_of_colleagues(session: Session) -> dict[str, str]:
    """What colleagues are called, by what acts call them."""
    return {staff.actor(account_id): name for account_id, name in staff.names(session).items()}


def _latest(session: Session, editions: Editions, member_id: int, units: Sequence[str]) -> list[Line]:
    """The latest booked lines of all units together."""
    found = [
        line for unit in units for line in newest(session, editions, member_id, unit, Sought(), None, MOST)
    ]
    return sorted(found, key=lambda line: (line.happened_at, line.seq), reverse=True)[:MOST]
