"""Whose right to a benefit a visit takes from: the member's, their card's, or one policy's. Pure (B1)."""

from dataclasses import dataclass
from datetime import date, datetime

from loyalty.benefits.facts import Wanted
from loyalty.benefits.terms import Benefit
from loyalty.benefits.terms import Subject as Kind
from loyalty.decide import entitled
from loyalty.decide.course import Course
from loyalty.decide.rating import Told
from loyalty.errors import PolicyForeign
from loyalty.policies.facts import IN_FORCE

_OF_POLICY = "policy:"


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose right it is, the member's (""), a card's or a policy's, and since when it is reckoned."""

    key: str
    anchor: date

    @property
    def policy_no(self) -> str | None:
        """Of a policy's own right: which one."""
        return policy_of(self.key)


def kind_of(course: Course, wanted: Wanted) -> Kind:
    """Who has the right, by the terms of the card at the visit, or else of the edition in force.

    Raises BenefitUnknown.
    """
    return kind(entitled.offered(course, wanted))


def kind(terms: Benefit) -> Kind:
    """Who has the right on these terms."""
    return terms.quota.subject if terms.quota else "member"


def of_member(course: Course, card: str | None = None) -> Subject:
    """The member's own right, or that of a card of theirs; both are reckoned since joining."""
    return Subject(f"card:{card}" if card else "", joined_on(course))


def of_policy(course: Course, wanted: Wanted, told: Told) -> Subject:
    """The right of the policy of which all this is told. Raises PolicyForeign."""
    found = held(course, told, wanted.at)
    if found is None:
        raise PolicyForeign(policy_no=wanted.policy_no)
    return found


def held(course: Course, told: Told, at: datetime) -> Subject | None:
    """The right of the policy of which all this is told, as long as the member holds it in force."""
    state = told.at(at)
    if state is None or state.holder != course.start.member_id or state.status not in IN_FORCE:
        return None
    return Subject(f"{_OF_POLICY}{state.policy_no}", issued_on(course, told))


def policy_of(key: str) -> str | None:
    """The number of the policy whose right a subject is; None for the member's or a card's."""
    return key.removeprefix(_OF_POLICY) if key.startswith(_OF_POLICY) else None


def joined_on(course: Course) -> date:
    """The day since which a member's own periods are reckoned."""
    return course.day(course.start.enrolled_at)


def issued_on(course: Course, told: Told) -> date:
    """The day since which a policy's periods are reckoned."""
    last = told.states[-1]
    return last.issued_on or course.day(last.effective_at)
