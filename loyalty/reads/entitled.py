"""What is to be known of a member before a visit of a benefit can be judged."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import count

from sqlalchemy.orm import Session

from loyalty import benefits, calendar, members, tiers
from loyalty.benefits import Use, Visit, Wanted
from loyalty.calendar import BEGINNING
from loyalty.decide import entitled, standing
from loyalty.decide.course import Course
from loyalty.decide.entitled import Verdict
from loyalty.decide.outcome import Snapshot
from loyalty.decide.programme import Editions
from loyalty.errors import BenefitUnknown, PolicyForeign
from loyalty.reads.policy import told_of

IN_FORCE = frozenset({"in_force", "grace", "paid_up", "reduced_paid_up", "premium_waived"})


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose right it is, the member's (""), a card's or a policy's, and since when it is reckoned."""

    key: str
    anchor: date


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


def is_given(consent: members.ConsentState) -> bool:
    """Whether a consent stands."""
    return consent.withdrawn_at is None


def subject_of(session: Session, course: Course, wanted: Wanted) -> Subject:
    """Whose right it is, by the terms of the running card or else of the edition in force."""
    known = {one.code: one for one in course.editions.at(wanted.at).programme.benefits}
    promised = entitled.stretches(course.editions, course.terms, wanted.benefit)
    terms = next((one.terms for one in reversed(promised) if one.holds(wanted.at)), None)
    terms = terms or known.get(wanted.benefit)
    if terms is None:
        raise BenefitUnknown(benefit=wanted.benefit)
    kind, joined_on = terms.quota.subject if terms.quota else "member", course.day(course.start.enrolled_at)
    if kind == "policy":
        return _of_policy(session, course, wanted)
    card = members.active_card(session, course.start.member_id) if kind == "card" else None
    return Subject(f"card:{card.number}" if card else "", joined_on)


def _of_policy(session: Session, course: Course, wanted: Wanted) -> Subject:
    state = told_of(session, wanted.policy_no).at(wanted.at) if wanted.policy_no else None
    if state is None or state.holder != course.start.member_id or state.status not in IN_FORCE:
        raise PolicyForeign(policy_no=wanted.policy_no)
    issued_on = state.issued_on or calendar.local_day(state.effective_at, course.editions.zone)
    return Subject(f"policy:{state.policy_no}", issued_on)
