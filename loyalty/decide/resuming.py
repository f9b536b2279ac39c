"""Terms that void facts alone caused end when that is booked; what they replaced resumes (T10). Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import cast

from loyalty import calendar
from loyalty.decide import measuring, standing, tier_points
from loyalty.decide.course import Course
from loyalty.ledger.lots import Account
from loyalty.ledger.operations import Operation
from loyalty.tiers.evaluation import Term, lifted, measuring_instant, term_end
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
    seq: int  #: the entry's number in its account


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
    if gone is None or not _resume(course, [*gone.added, *_added_now(course, gone)], now):
        standing.move(course, now, rose, fell)
    standing.advance(course, now)  # where a tier ends, what it kept alive dies


def added_by(
    operations: Iterable[Operation], sales: frozenset[int], last_seq: Mapping[str, int]
) -> Iterator[Added]:
    """What these operations added to sales, or took of them; `last_seq` are the last entries before them."""
    seq = dict(last_seq)
    for operation in operations:
        sale = operation.op_id if operation.op_id in sales else operation.refers_to
        for part in operation.parts:
            for move in part.moves:
                seq[part.unit] = seq.get(part.unit, 0) + 1
                if sale is not None and sale in sales and (day := move.counts_on) is not None:
                    yield Added(sale, part.unit, move.points, day, move.lot.last_day, seq[part.unit])


def _added_now(course: Course, gone: Gone) -> Iterator[Added]:
    before = {unit: account.version for unit, account in course.start.accounts.items()}
    return added_by(course.operations, gone.sales, before)


def _resume(course: Course, added: list[Added], now: datetime) -> bool:
    """Go back to the last term that stands without what is gone; lift from there by what is left.

    What the lifts that fall had cost comes back first.
    """
    stands = _origin(course, course.term)
    fallen: list[Term] = []
    while stands.reason == "lift" and _falls_without(course, stands, fallen, added, now):
        fallen.append(stands)
        stands = _origin(course, _term(course, stands.no - 1))
    if not fallen:
        return False
    for term in fallen:
        tier_points.pay_back(course, term, now)
    course.begin(taken_up(course, stands, now))
    counters = course.editions.at(now).programme.ladder.terms.counters
    standing.move(course, now, {counter.unit for counter in counters if counter.unit}, set())
    return True


def _term(course: Course, no: int) -> Term:
    return next(term for term in course.terms if term.no == no)


def _origin(course: Course, term: Term) -> Term:
    """The term itself, or the one that it carries on."""
    no = term.evidence.get(RESUMES)
    return _origin(course, _term(course, no)) if isinstance(no, int) else term


def _falls_without(course: Course, lift: Term, above: list[Term], added: list[Added], now: datetime) -> bool:
    """Whether a lift is below its bar without what is gone: at its start, and now.

    What this lift and those `above` it had cost counts again: it comes back if they fall.
    """
    before = _origin(course, _term(course, lift.no - 1)).tier
    edition = course.editions.at(now)
    shown = measuring.readings(course, edition, course.day(now))
    back = tier_points.paid_for((lift, *above))
    ladder = edition.programme.ladder
    for counter in ladder.terms.counters:
        shown[counter.code] += back.get(counter.unit or "", 0) if counter.window is None else 0
    if ladder.rank(lifted(ladder, before, shown)) >= ladder.rank(lift.tier):
        return False
    ladder = course.editions.number(lift.edition).programme.ladder
    measure = cast("Mapping[str, int]", lift.evidence["measure"])
    without = {
        counter.code: measure.get(counter.code, 0) - _gone_since(course, counter, lift, added)
        for counter in ladder.terms.counters
    }
    return ladder.rank(lifted(ladder, before, without)) < ladder.rank(lift.tier)


def _gone_since(course: Course, counter: Counter, lift: Term, added: list[Added]) -> int:
    """What a counter showed when it lifted, and has lost since."""
    at = lift.from_at
    starts = course.editions.number(lift.edition).programme.ladder.terms.starts
    day = calendar.last_day_before(at, course.editions.zone) if starts == "next_day" else course.day(at)
    window = counter.window.days(day, course.day(course.start.enrolled_at)) if counter.window else None
    there: dict[int, int] = {}
    back: dict[int, int] = {}
    for one in added:
        alive = one.points < 0 or one.last_day >= day
        counts = window[0] <= one.counts_on <= window[1] if window else alive
        if one.unit == counter.unit and counts:
            if one.seq <= measuring.last_seen(lift, one.unit):
                there[one.sale] = there.get(one.sale, 0) + one.points
            elif one.points < 0:
                back[one.sale] = back.get(one.sale, 0) - one.points
    return sum(max(0, min(points, back.get(sale, 0))) for sale, points in there.items())


def taken_up(course: Course, term: Term, now: datetime) -> Term:
    """A term taken up again from now to its own end; reviewed as its end said, if that is past.

    Such a review that nobody saw takes no points: what it would have taken stays with the member.
    """
    edition, zone = course.editions.at(now), course.editions.zone
    shown = measuring.readings(course, edition, course.day(now), of=term)
    kept = {measuring.SINCE: since} if (since := term.evidence.get(measuring.SINCE)) else {}
    seen = measuring.evidence(edition.programme.ladder, shown) | kept | {RESUMES: term.no}
    going = replace(term, measured=term.measured or _measured(course, term, now))
    while (end := going.until_at) is not None and end <= now:
        then, tier, shown = standing.verdict(course, going, end)
        ladder = then.programme.ladder
        seen = measuring.evidence(ladder, shown) | measuring.kept_since(ladder, going, end, "review")
        until = term_end(ladder.terms, end, zone, after_review=True) if tier else None
        going = replace(
            going, tier=tier, from_at=end, until_at=until, evidence=seen, protected=False, measured=None
        )
    return replace(
        going,
        no=course.term.no + 1,
        from_at=max(now, course.term.from_at),
        reason="resumed",
        edition=edition.number,
        evidence=seen,
        lifts_at=None,
    )


def _measured(course: Course, term: Term, now: datetime) -> Mapping[str, int] | None:
    """What the term's own measuring day shows, where it went by while another term ran (T7)."""
    edition = course.editions.at(term.from_at)
    at = measuring_instant(edition.programme.ladder.terms, term, course.editions.zone)
    if at is None or at > now:
        return None
    then = course.editions.at(at)
    day = calendar.last_day_before(at, course.editions.zone)
    return measuring.readings(course, then, day, for_review=True, of=term)
