"""Terms that void facts alone caused end when that is booked; what they replaced resumes (T10). Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from loyalty import calendar
from loyalty.decide import standing
from loyalty.decide.course import Course
from loyalty.ledger.lots import Account
from loyalty.ledger.operations import Operation
from loyalty.tiers.evaluation import Term, attained, measuring_instant, reviewed, term_end
from loyalty.tiers.terms import Counter

RESUMES = "resumes"  #: where the evidence of a resumed term names the one it carries on


@dataclass(frozen=True, slots=True)
class Added:
    """What an entry of a sale, or of what came back of it, adds to a day of the tally."""

    sale: int
    unit: str
    points: int  #: below zero: it came back
    counts_on: date
    last_day: date
    since: datetime  #: from when on the measure shows it


@dataclass(frozen=True, slots=True)
class Gone:
    """The member's sales that count as never made, in whole or as far as they came back."""

    sales: frozenset[int]
    added: tuple[Added, ...]  #: as booked so far


def book(
    course: Course, operation: Operation, accounts: Mapping[str, Account], gone: Gone | None, now: datetime
) -> None:
    """Note down what takes a sale back; where that makes it void, the terms it alone caused end (T10)."""
    rose, fell = standing.note(course, operation, accounts, now)
    if gone is None or not _resume(course, [*gone.added, *added_by(course.operations, gone.sales, now)], now):
        standing.move(course, now, rose, fell)
    standing.advance(course, now)  # where a tier ends, what it kept alive dies


def added_by(
    operations: Iterable[Operation], sales: frozenset[int], told_at: datetime | None = None
) -> Iterator[Added]:
    """What these operations added to sales, or took of them; told as they happened, or at an instant."""
    for operation in operations:
        sale = operation.op_id if operation.op_id in sales else operation.refers_to
        if sale is not None and sale in sales:
            by_the_clock = operation.kind == "open"
            since = operation.happened_at if by_the_clock or told_at is None else told_at
            for part in operation.parts:
                for move in part.moves:
                    if (day := move.counts_on) is not None:
                        yield Added(sale, part.unit, move.points, day, move.lot.last_day, since)


def _resume(course: Course, added: list[Added], now: datetime) -> bool:
    """Go back to the last term that stands without what is gone; lift from there by what is left."""
    stands = running = _origin(course, course.term)
    while stands.reason == "lift" and _falls_without(course, stands, added, now):
        stands = _origin(course, _term(course, stands.no - 1))
    if stands is running:
        return False
    course.begin(_resumed(course, stands, now))
    counters = course.editions.at(now).programme.ladder.terms.counters
    standing.move(course, now, {counter.unit for counter in counters}, set())
    return True


def _term(course: Course, no: int) -> Term:
    return next(term for term in course.terms if term.no == no)


def _origin(course: Course, term: Term) -> Term:
    """The term itself, or the one that it carries on."""
    no = term.evidence.get(RESUMES)
    return _origin(course, _term(course, no)) if isinstance(no, int) else term


def _falls_without(course: Course, lift: Term, added: list[Added], now: datetime) -> bool:
    """Whether a lift is below its bar without what is gone: at its start, and now."""
    edition = course.editions.at(now)
    shown = standing.readings(course, edition, course.day(now))
    ladder = edition.programme.ladder
    if ladder.rank(attained(ladder, shown)) >= ladder.rank(lift.tier):
        return False
    evidence = cast("Mapping[str, Any]", lift.evidence)
    bars, measure = evidence["bars"][lift.tier]["attain"], evidence["measure"]
    counters = course.editions.number(lift.edition).programme.ladder.terms.counters
    without = {
        counter.code: measure.get(counter.code, 0) - _gone_since(course, counter, lift.from_at, added)
        for counter in counters
    }
    return all(without.get(code, 0) < bar for code, bar in bars.items())


def _gone_since(course: Course, counter: Counter, at: datetime, added: list[Added]) -> int:
    """What a counter showed at an instant, and has lost since."""
    day = course.day(at)
    window = counter.window.days(day, course.day(course.start.enrolled_at)) if counter.window else None
    there: dict[int, int] = {}
    back: dict[int, int] = {}
    for one in added:
        alive = one.points < 0 or one.last_day >= day
        counts = window[0] <= one.counts_on <= window[1] if window else alive
        if one.unit == counter.unit and counts:
            by_then = one.since <= at if one.points > 0 else one.since < at
            if by_then:
                there[one.sale] = there.get(one.sale, 0) + one.points
            elif one.points < 0:
                back[one.sale] = back.get(one.sale, 0) - one.points
    return sum(max(0, min(points, back.get(sale, 0))) for sale, points in there.items())


def _resumed(course: Course, term: Term, now: datetime) -> Term:
    """A term taken up again from now to its own end; reviewed as its end said, if that is past."""
    edition, zone = course.editions.at(now), course.editions.zone
    tier, until, protected = term.tier, term.until_at, term.protected
    measured = term.measured or _measured(course, term, now)
    evidence = standing.evidence(
        edition.programme.ladder, standing.readings(course, edition, course.day(now))
    ) | {RESUMES: term.no}
    while until is not None and until <= now:
        then = course.editions.at(until)
        shown = standing.readings(course, then, calendar.last_day_before(until, zone))
        if measured is not None and measured.keys() == shown.keys():
            shown = dict(measured)
        tier = reviewed(then.programme.ladder, tier, shown)
        until = term_end(then.programme.ladder.terms, until, zone) if tier else None
        evidence, protected, measured = standing.evidence(then.programme.ladder, shown), False, None
    return Term(
        no=course.term.no + 1,
        tier=tier,
        from_at=max(now, course.term.from_at),
        until_at=until,
        reason="resumed",
        edition=edition.number,
        protected=protected,
        evidence=evidence,
        measured=measured,
    )


def _measured(course: Course, term: Term, now: datetime) -> Mapping[str, int] | None:
    """What the term's own measuring day shows, where it went by while another term ran (T7)."""
    edition = course.editions.at(term.from_at)
    at = measuring_instant(edition.programme.ladder.terms, term, course.editions.zone)
    if at is None or at > now:
        return None
    then = course.editions.at(at)
    return standing.readings(course, then, calendar.last_day_before(at, course.editions.zone))
