"""One benefit of a member's card as their pages show it: what is left, until when, and by whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from loyalty import benefits, calendar
from loyalty.benefits import Benefit, Entitlement, Use
from loyalty.decide import entitled
from loyalty.decide.course import Course
from loyalty.decide.whose import Subject


@dataclass(frozen=True, slots=True)
class OwnRight:
    """One benefit of the card, as it is the member's, their card's or one policy's right."""

    terms: Benefit
    had: Entitlement | None  #: None: each policy has its own, told with the benefit itself
    policy_no: str | None = None  #: whose own right it is
    last_day: date | None = None  #: of the period; None where it never ends
    card_last_day: date | None = None
    again_from: date | None = None  #: once used up: the first day on which there is more
    person: str | None = None  #: of a benefit that is a person: who it is
    post_day: date | None = None  #: of a mailing: the next day that it is to arrive on; None: not known

    @property
    def is_used_up(self) -> bool:
        """Whether nothing is left of it for now."""
        return self.had is not None and self.had.remaining == 0


def own_right(
    course: Course, terms: Benefit, subject: Subject, told: Sequence[Use], person: str | None, now: datetime
) -> OwnRight | None:
    """What a subject has of a benefit now, if the card gives it; `told` are the uses that stand."""
    had = right_of(course, terms, subject, told, now)
    if had is None:
        return None
    taken = benefits.visits(told, terms.code, subject.key)
    until, gone = had.period.until_at, had.remaining == 0
    return OwnRight(
        had.terms,
        had,
        subject.policy_no,
        calendar.last_day_before(until, course.editions.zone) if until else None,
        card_last_day(course),
        entitled.again_from(course, terms.code, taken, now, subject.anchor) if gone else None,
        person,
        _post_day(course, terms, now),
    )


def right_of(
    course: Course, terms: Benefit, subject: Subject, told: Sequence[Use], at: datetime
) -> Entitlement | None:
    """What a subject has of a benefit at an instant of the running term; `told` are the uses that stand."""
    taken = benefits.visits(told, terms.code, subject.key)
    return entitled.entitled(course.editions, course, terms.code, taken, at, subject.anchor)


def card_last_day(course: Course) -> date | None:
    """The last day of the running term; None where it has no end."""
    until = course.term.until_at
    return calendar.last_day_before(until, course.editions.zone) if until else None


def _post_day(course: Course, terms: Benefit, now: datetime) -> date | None:
    """The next day of the year that a mailing is for."""
    since = course.start.birth_date if terms.occasion == "birthday" else course.day(course.start.enrolled_at)
    if terms.kind != "mailing" or since is None:
        return None
    today = course.day(now)
    this = calendar.yearly_day(since.month, since.day, today.year)
    return this if this >= today else calendar.yearly_day(since.month, since.day, today.year + 1)
