"""What joining, a birthday and an anniversary lead to. Pure."""

from collections.abc import Iterator
from datetime import datetime

from loyalty.decide import standing
from loyalty.decide.course import Course
from loyalty.decide.outcome import Outcome, Snapshot
from loyalty.decide.programme import Editions
from loyalty.decide.purchase import give, in_time, member_attributes
from loyalty.rules.evaluation import Occasion, evaluate


def enrolment(editions: Editions, snapshot: Snapshot, now: datetime, ids: Iterator[int]) -> Outcome:
    """The first term, and what the rules give for joining."""
    course = Course(editions, snapshot, ids)
    standing.join(course, now)
    return _award(course, "enrolment", now, now)


def yearly(
    editions: Editions, on: str, happened_at: datetime, snapshot: Snapshot, now: datetime, ids: Iterator[int]
) -> Outcome:
    """A birthday or an anniversary (`on`) that fell on `happened_at`, the day's first instant (N8, P14)."""
    course = standing.true_at(editions, snapshot, now, ids)
    return _award(course, on, happened_at, now)


def _award(course: Course, on: str, happened_at: datetime, now: datetime) -> Outcome:
    judged_at = happened_at if in_time(course.editions, happened_at, now) else now
    edition = course.editions.at(judged_at)
    award = evaluate(edition.programme.rules, Occasion(on, member_attributes(course, judged_at), ()))
    if award.units:
        give(course, edition, award, happened_at, now)
    return course.outcome(award)
