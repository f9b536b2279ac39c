"""A member's tier as points and time move it: lifted at once, lowered only by the review (T3–T8). Pure."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from loyalty import calendar
from loyalty.decide.course import Course
from loyalty.decide.outcome import Snapshot
from loyalty.decide.programme import Edition, Editions
from loyalty.ledger.lots import Account
from loyalty.ledger.operations import Operation
from loyalty.tiers.evaluation import (
    Term,
    attained,
    end_after_lift,
    measuring_instant,
    read,
    reviewed,
    term_end,
)
from loyalty.tiers.terms import Ladder


def true_at(editions: Editions, snapshot: Snapshot, now: datetime, ids: Iterator[int]) -> Course:
    """A course through a decision, begun with the member as the clock has made them by `now` (P5)."""
    course = Course(editions, snapshot, ids)
    course.order(now)
    advance(course, now)
    return course


def advance(course: Course, now: datetime) -> None:
    """Walk the due instants up to `now` in time order: settle every account, then lift or review (P5)."""
    while (at := next_due(course)) is not None and at <= now:
        rose, fell = course.settle(at)
        if course.term.until_at == at:
            _review(course, at)
        elif _measuring(course) == at:
            edition = course.editions.at(at)
            course.measure(readings(course, edition, calendar.last_day_before(at, course.editions.zone)))
        move(course, at, rose, fell)


def next_due(course: Course) -> datetime | None:
    """The next instant at which the clock changes anything for the member."""
    dues = (course.next_due(), next_review(course))
    return min((at for at in dues if at is not None), default=None)


def next_review(course: Course) -> datetime | None:
    """The next instant at which the running term is measured or reviewed."""
    return min((at for at in (_measuring(course), course.term.until_at) if at is not None), default=None)


def book(course: Course, operation: Operation, accounts: Mapping[str, Account], now: datetime) -> None:
    """Note one operation of a fact down, make the member true again, and lift from this moment on (T4)."""
    move(course, now, *note(course, operation, accounts, now))
    advance(course, now)  # where a tier ends, what it kept alive dies


def note(
    course: Course, operation: Operation, accounts: Mapping[str, Account], now: datetime
) -> tuple[set[str], set[str]]:
    """Note one operation down and make the member true again; the units that rose, and those that fell."""
    course.note(operation, accounts)
    rose = {unit for unit, points in operation.points.items() if points > 0}
    fell = {unit for unit, points in operation.points.items() if points < 0}
    while (at := course.next_due()) is not None and at <= now:
        opened, died = course.settle(at)
        rose, fell = rose | opened, fell | died
    return rose, fell


def move(course: Course, at: datetime, rose: set[str], fell: set[str]) -> None:
    """Lift if a counter's unit rose to a higher tier (T4); fall with one only where the terms say so (T5)."""
    edition = course.editions.at(at)
    ladder, running = edition.programme.ladder, course.term
    measured = {counter.unit for counter in ladder.terms.counters}
    if not (rose | fell) & measured:
        return
    shown = readings(course, edition, course.day(at))
    reached = attained(ladder, shown)
    if rose & measured and ladder.rank(reached) > ladder.rank(running.tier):
        until = end_after_lift(ladder.terms, running, at, course.editions.zone)
        _begin(course, edition, reached, at, "lift", shown, until)
    elif fell & measured and ladder.terms.falls == "at_once" and not running.protected:
        kept = reviewed(ladder, running.tier, shown)
        if ladder.rank(kept) < ladder.rank(running.tier):
            _begin(course, edition, kept, at, "fall", shown)


def join(course: Course, now: datetime) -> None:
    """The first term of a new member (T3): the tier that nothing yet earned makes, often none."""
    edition = course.editions.at(now)
    shown = readings(course, edition, course.day(now))
    _begin(course, edition, attained(edition.programme.ladder, shown), now, "joined", shown)


def hand(course: Course, tier: str, until: datetime, note: str, protected: bool, now: datetime) -> None:
    """A tier given by hand, with its reason and its end (T8)."""
    edition = course.editions.at(now)
    _begin(course, edition, tier, now, "by_hand", readings(course, edition, course.day(now)), until)
    course.annotate(note, protected)
    advance(course, now)  # what the tier before kept alive dies where it ends


def take_over(course: Course, tier: str, from_at: datetime, until: datetime, now: datetime) -> None:
    """The running term of a member who comes from another system, as it was there: the first one here."""
    edition = course.editions.at(now)
    _begin(course, edition, tier, from_at, "imported", readings(course, edition, course.day(now)), until)


def readings(course: Course, edition: Edition, day: date) -> dict[str, int]:
    """What each counter of an edition's ladder shows on a day, with the state the course has come to."""
    return {
        counter.code: read(
            counter,
            course.account(counter.unit).balance,
            course.tally.get(counter.unit, {}),
            day,
            course.day(course.start.enrolled_at),
        )
        for counter in edition.programme.ladder.terms.counters
    }


def evidence(ladder: Ladder, shown: Mapping[str, int]) -> dict[str, object]:
    """What a term keeps of the measure that began it: what was shown, and the bars it was held to (T3)."""
    bars = {step.code: {"attain": dict(step.attain), "retain": dict(step.retain)} for step in ladder.tiers}
    return {"measure": dict(shown), "bars": bars}


def _measuring(course: Course) -> datetime | None:
    """The end of the running term's measuring day, while it has not been measured (T7)."""
    if course.term.measured is not None:
        return None
    terms = course.editions.at(course.term.from_at).programme.ladder.terms
    return measuring_instant(terms, course.term, course.editions.zone)


def _review(course: Course, at: datetime) -> None:
    """Judge the tier at the term's end; the next term starts at that instant, however late (T6)."""
    edition, running = course.editions.at(at), course.term
    shown = readings(course, edition, calendar.last_day_before(at, course.editions.zone))
    if running.measured is not None and running.measured.keys() == shown.keys():
        shown = dict(running.measured)
    _begin(course, edition, reviewed(edition.programme.ladder, running.tier, shown), at, "review", shown)


def _begin(
    course: Course,
    edition: Edition,
    tier: str | None,
    at: datetime,
    reason: str,
    shown: Mapping[str, int],
    until: datetime | None = None,
) -> None:
    ladder = edition.programme.ladder
    if course.terms:
        at = max(at, course.term.from_at)  # a clock that was set back does not turn the terms round
    if tier is not None and until is None:
        until = term_end(ladder.terms, at, course.editions.zone)
    course.begin(
        Term(
            no=course.terms[-1].no + 1 if course.terms else 1,
            tier=tier,
            from_at=at,
            until_at=until,
            reason=reason,
            edition=edition.number,
            evidence=evidence(ladder, shown),
        )
    )
