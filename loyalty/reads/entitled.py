"""What is to be known of a member before a visit of a benefit can be judged."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import count

from sqlalchemy.orm import Session

from loyalty import benefits, members, policies, tiers
from loyalty.benefits import Benefit, Use, Visit, Wanted
from loyalty.calendar import BEGINNING
from loyalty.decide import entitled, standing
from loyalty.decide.course import Course
from loyalty.decide.entitled import Verdict
from loyalty.decide.outcome import Snapshot
from loyalty.decide.programme import Editions
from loyalty.decide.rating import Told
from loyalty.errors import BenefitUnknown, PolicyForeign
from loyalty.reads.policy import told_of

CARD_LOWER = "card_lower"  #: why a booking was let go of that a card no longer gives
_OF_POLICY = "policy:"
IN_FORCE = frozenset({"in_force", "grace", "paid_up", "reduced_paid_up", "premium_waived"})


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose right it is, the member's (""), a card's or a policy's, and since when it is reckoned."""

    key: str
    anchor: date

    @property
    def policy_no(self) -> str | None:
        """Of a policy's own right: which one."""
        return policy_of(self.key)


def with_all_terms(session: Session, snapshot: Snapshot) -> Snapshot:
    """The member with every term there ever was: what periods grant follows from them (B1, B4)."""
    return replace(snapshot, terms=tiers.terms_since(session, snapshot.member_id, BEGINNING))


def course_at(editions: Editions, snapshot: Snapshot, at: datetime) -> Course:
    """The member as the clock alone has made them by an instant."""
    return standing.true_at(editions, snapshot, at, count(1))


def verdict_of(
    session: Session, course: Course, wanted: Wanted, told: Sequence[Use], now: datetime
) -> tuple[Subject, Verdict]:
    """Whose right a visit is, and whether it may be had: `course` has come to its instant.

    `told` are all uses of the benefit. Raises BenefitUnknown, PolicyForeign.
    """
    subject = subject_of(session, course, wanted)
    consents = [one.purpose for one in members.consents(session, course.start.member_id) if is_given(one)]
    taken = visits_of(told, wanted.benefit, subject)
    return subject, entitled.verdict(course, wanted, taken, consents, subject.anchor, now)


def visits_of(told: Sequence[Use], benefit: str, subject: Subject) -> list[Visit]:
    """Those of some uses that take from a subject's right to a benefit."""
    return benefits.visits(told, benefit, subject.key)


def lost_bookings(session: Session, course: Course) -> dict[Use, datetime]:
    """The open bookings that a lower card lets go of, each with since when (B3); the course has all terms."""
    member_id = course.start.member_id
    found: dict[Use, datetime] = {}
    for code, subject in {(one.benefit, one.subject) for one in benefits.open_uses(session, member_id)}:
        told = {one.use_id: one for one in benefits.uses(session, member_id, code) if one.subject == subject}
        lost = entitled.lost(course, code, _booked(told.values()), _anchor(session, course, subject))
        found |= {told[name]: since for name, since in lost.items()}
    return found


def _anchor(session: Session, course: Course, subject: str) -> date:
    """Since when a subject's periods are reckoned: a policy's since it was issued, others since joining."""
    policy_no = policy_of(subject)
    if policy_no is None:
        return course.day(course.start.enrolled_at)
    return _issued_on(course, told_of(session, policy_no))


def _issued_on(course: Course, told: Told) -> date:
    return told.states[-1].issued_on or course.day(told.states[-1].effective_at)


def _booked(told: Iterable[Use]) -> list[entitled.Booked]:
    return [
        entitled.Booked(one.use_id, Visit(one.at, one.state == "reserved"), one.booked_at)
        for one in told
        if one.counts
    ]


def promised_now(course: Course, at: datetime) -> list[Benefit]:
    """All that the member's card gives at an instant that the course has come to."""
    edition = course.editions.number(entitled.edition_of(course.editions, course.terms, at))
    promised = (one.given_by(course.term.tier) for one in edition.programme.benefits)
    return [one for one in promised if one is not None]


def policy_of(subject: str) -> str | None:
    """The policy whose right a subject is; None of others."""
    return subject.removeprefix(_OF_POLICY) if subject.startswith(_OF_POLICY) else None


def is_given(consent: members.ConsentState) -> bool:
    """Whether a consent stands."""
    return consent.withdrawn_at is None


def subject_of(session: Session, course: Course, wanted: Wanted) -> Subject:
    """Whose right it is, by the terms of the running card or else of the edition in force.

    Raises BenefitUnknown, PolicyForeign.
    """
    known = {one.code: one for one in course.editions.at(wanted.at).programme.benefits}
    promised = entitled.stretches(course.editions, course.terms, wanted.benefit)
    terms = next((one.terms for one in reversed(promised) if one.holds(wanted.at)), None)
    terms = terms or known.get(wanted.benefit)
    if terms is None:
        raise BenefitUnknown(benefit=wanted.benefit)
    if _kind(terms) != "policy":
        return _of_member(session, course, terms)
    found = _of_policy(session, course, wanted.policy_no, wanted.at) if wanted.policy_no else None
    if found is None:
        raise PolicyForeign(policy_no=wanted.policy_no)
    return found


def subjects_of(
    session: Session, course: Course, terms: Benefit, at: datetime, known_by: datetime | None
) -> list[Subject]:
    """All whose right to a benefit the member may use at an instant, by what is known, or was by another.

    The member's own, that of their card, or of each of their policies in force: often none.
    """
    if _kind(terms) != "policy":
        return [_of_member(session, course, terms, known_by)]
    member_id = course.start.member_id
    numbers = {*policies.told_of_holder(session, member_id), *policies.policies_of(session, member_id)}
    found = (_of_policy(session, course, number, at, known_by) for number in sorted(numbers))
    return [one for one in found if one is not None]


def _kind(terms: Benefit) -> str:
    return terms.quota.subject if terms.quota else "member"


def _of_member(session: Session, course: Course, terms: Benefit, known_by: datetime | None = None) -> Subject:
    """The member's own right, or their card's."""
    member_id, joined_on = course.start.member_id, course.day(course.start.enrolled_at)
    card = members.active_card(session, member_id, known_by) if _kind(terms) == "card" else None
    return Subject(f"card:{card.number}" if card else "", joined_on)


def _of_policy(
    session: Session, course: Course, policy_no: str, at: datetime, known_by: datetime | None = None
) -> Subject | None:
    """The right of a policy that the member holds, in force; None of any other."""
    told = told_of(session, policy_no, known_by)
    state = told.at(at)
    if state is None or state.holder != course.start.member_id or state.status not in IN_FORCE:
        return None
    return Subject(f"{_OF_POLICY}{policy_no}", _issued_on(course, told))
