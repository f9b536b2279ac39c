"""What joining, a birthday, an anniversary and an activity lead to. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from loyalty import calendar
from loyalty import ids as names
from loyalty.decide import standing
from loyalty.decide.course import Course
from loyalty.decide.giving import award_for, give, judged_at, member_attributes
from loyalty.decide.outcome import Outcome, Snapshot
from loyalty.decide.programme import Editions
from loyalty.ledger.lots import Pending
from loyalty.ledger.operations import Opening, Operation, Part
from loyalty.ledger.settling import open_pending
from loyalty.rules.occasions import Occasion


@dataclass(frozen=True, slots=True)
class Activity:
    """Something a member did, or that was done with them: a profile completed, a call-back done."""

    kind: str
    reference: str
    happened_at: datetime
    attributes: Mapping[str, str | int | bool]
    by: str  #: who told it
    about: int | None = None  #: the operation, a sale above all, that it is about


def enrolment(
    editions: Editions, snapshot: Snapshot, now: datetime, ids: Iterator[int], *, referred: bool = False
) -> Outcome:
    """The first term, and what the rules give for joining; `referred`: a core system knows the member."""
    course = Course(editions, snapshot, ids)
    standing.join(course, now)
    if referred:
        course.ask_for_policies(now)
    return _award(course, "enrolment", now, now)


def further_reference(editions: Editions, snapshot: Snapshot, now: datetime, ids: Iterator[int]) -> Outcome:
    """A core system calls the member by one more name: there may be more policies of theirs (I8)."""
    course = standing.true_at(editions, snapshot, now, ids)
    course.ask_for_policies(now)
    return course.outcome()


def as_it_is(editions: Editions, snapshot: Snapshot, now: datetime, ids: Iterator[int]) -> Outcome:
    """Nothing but what the clock has made true by `now`."""
    return standing.true_at(editions, snapshot, now, ids).outcome()


def yearly(
    editions: Editions, on: str, happened_at: datetime, snapshot: Snapshot, now: datetime, ids: Iterator[int]
) -> Outcome:
    """A birthday or an anniversary (`on`) that fell on `happened_at`, the day's first instant (N8, P14)."""
    course = standing.true_at(editions, snapshot, now, ids)
    return _award(course, on, happened_at, now)


def activity(
    editions: Editions, fact: Activity, snapshot: Snapshot, now: datetime, ids: Iterator[int]
) -> Outcome:
    """What the rules give for an activity, and what waited for it (P11).

    It opens when the club is told, or so many days after the activity as it was promised.
    """
    course = standing.true_at(editions, snapshot, now, ids)
    waiting = [
        (unit, pending)
        for unit, account in sorted(course.accounts.items())
        for pending in account.pending
        if pending.on_event == fact.kind and fact.about in (None, pending.op_id)
    ]
    happened_at = min(fact.happened_at, now)
    dates = _date(course, waiting, happened_at, now)
    at = judged_at(editions, happened_at, now)
    edition = editions.at(at)
    attributes = member_attributes(course, at)
    attributes |= {"activity.kind": fact.kind, "activity.attributes": dict(fact.attributes)}
    award = award_for(course, edition, Occasion("activity", attributes, ()), at)
    told: dict[str, object] = {
        "on": "activity",
        "kind": fact.kind,
        "reference": fact.reference,
        "by": fact.by,
    }
    if fact.attributes:
        told["attributes"] = dict(fact.attributes)
    if fact.about is not None:
        told["about"] = names.pair_to_text(snapshot.member_id, fact.about)
    give(course, edition, award, happened_at, now, reasons=told, dates=dates)
    dated = {(unit, pending.op_id, pending.part_no) for unit, pending in dates}
    for unit, pending in waiting:
        if (unit, pending.op_id, pending.part_no) not in dated:
            _open(course, unit, pending, now)
    return course.outcome(award)


def _date(
    course: Course, waiting: list[tuple[str, Pending]], happened_at: datetime, now: datetime
) -> tuple[tuple[str, Pending], ...]:
    """Give what opens days after the event its day; what is due by now opens at once, and is left out."""
    dates = []
    for unit, pending in waiting:
        if pending.then_days is None:
            continue
        day = course.day(happened_at) + timedelta(days=pending.then_days)
        opens_at = calendar.day_start(day, course.editions.zone)
        if pending.opens_at is not None:
            opens_at = min(opens_at, pending.opens_at)
        if opens_at > now:
            dated = replace(pending, opens_at=opens_at, on_event=None, lapses_at=None, then_days=None)
            account = course.account(unit)
            left = tuple(dated if one is pending else one for one in account.pending)
            course.accounts[unit] = account._replace(pending=left)
            dates.append((unit, dated))
    return tuple(dates)


def _open(course: Course, unit: str, pending: Pending, now: datetime) -> None:
    change = open_pending(course.account(unit), pending, course.day(now))
    operation = Operation(
        course.new_id(),
        "open",
        pending.edition,
        now,
        (Part(unit, pending.points, change.moves),),
        refers_to=pending.op_id,
        reasons={"event": pending.on_event},
        opens=Opening(unit, pending),
    )
    standing.book(course, operation, {unit: change.account}, now)


def _award(course: Course, on: str, happened_at: datetime, now: datetime) -> Outcome:
    at = judged_at(course.editions, happened_at, now)
    edition = course.editions.at(at)
    award = award_for(course, edition, Occasion(on, member_attributes(course, at), ()), at)
    if award.parts or award.counted:
        give(course, edition, award, happened_at, now, reasons={"on": on})
    return course.outcome(award)
