"""A member's tier as points and time move it: lifted at once, lowered only by the review (T3–T8). Pure."""

from collections.abc import Iterator, Mapping, Set
from datetime import datetime

from loyalty import calendar
from loyalty.decide import tier_points
from loyalty.decide.course import Course
from loyalty.decide.measuring import evidence, kept_since, readings, seen
from loyalty.decide.outcome import Snapshot
from loyalty.decide.programme import Edition, Editions
from loyalty.ledger.lots import Account
from loyalty.ledger.operations import Operation
from loyalty.tiers.evaluation import (
    Term,
    end_after_lift,
    is_void,
    keep_price,
    lift_price,
    lifted,
    measuring_instant,
    reviewed,
    term_end,
)


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
        elif next_measuring(course) == at:
            course.measure(_shown_before(course, course.editions.at(at), at, for_review=True))
        if course.term.lifts_at is not None and course.term.lifts_at <= at:
            _start_lift(course, course.term.lifts_at)
        move(course, at, rose, fell)


def next_due(course: Course) -> datetime | None:
    """The next instant at which the clock changes anything for the member."""
    dues = (course.next_due(), next_review(course))
    return min([at for at in dues if at is not None], default=None)


def next_review(course: Course) -> datetime | None:
    """The next instant at which the running term is measured, lifted out of or reviewed."""
    term = course.term
    measuring = next_measuring(course)
    if measuring is None and term.lifts_at is None:
        return term.until_at
    dues = (measuring, term.lifts_at, term.until_at)
    return min([at for at in dues if at is not None], default=None)


def book(course: Course, operation: Operation, accounts: Mapping[str, Account], now: datetime) -> None:
    """Note one operation of a fact down, make the member true again, and lift from this moment on (T4)."""
    move(course, now, *note(course, operation, accounts, now))
    advance(course, now)  # where a tier ends, what it kept alive dies


def note(
    course: Course, operation: Operation, accounts: Mapping[str, Account], now: datetime
) -> tuple[set[str], set[str]]:
    """Note one operation down and make the member true again; the units that rose, and those that fell."""
    course.note(operation, accounts)
    changed = operation.points
    rose = {unit for unit, points in changed.items() if points > 0}
    fell = {unit for unit, points in changed.items() if points < 0}
    while (at := course.next_due()) is not None and at <= now:
        opened, died = course.settle(at)
        rose, fell = rose | opened, fell | died
    return rose, fell


def move(course: Course, at: datetime, rose: Set[str], fell: Set[str]) -> None:
    """Lift if a counter's unit rose to a higher tier (T4); fall with one only where the terms say so (T5)."""
    edition = course.editions.at(at)
    ladder, running = edition.programme.ladder, course.term
    measured = ladder.terms.measured
    if rose.isdisjoint(measured) and fell.isdisjoint(measured):
        return
    shown = readings(course, edition, course.day(at))
    reached = lifted(ladder, running.tier, shown)
    if rose & measured and reached != running.tier:
        if ladder.terms.starts == "next_day":
            course.lift_at(calendar.day_after(course.day(at), course.editions.zone))
        else:
            _lift(course, edition, reached, at, shown)
    elif fell & measured and ladder.terms.falls == "at_once" and not running.protected:
        kept = reviewed(ladder, running.tier, shown)
        if ladder.rank(kept) < ladder.rank(running.tier):
            _begin(course, edition, kept, at, "fall", shown)


def join(course: Course, now: datetime) -> None:
    """The first term of a new member (T3): the tier that nothing yet earned makes, often none."""
    edition = course.editions.at(now)
    ladder, shown = edition.programme.ladder, readings(course, edition, course.day(now))
    tier = lifted(ladder, None, shown)
    paid = _pay(course, edition, lift_price(ladder, None, tier), tier, now)
    _begin(course, edition, tier, now, "joined", shown, paid=paid)


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


def next_measuring(course: Course) -> datetime | None:
    """The end of the running term's measuring day, while it has not been measured (T7)."""
    if course.term.measured is not None:
        return None
    terms = course.editions.at(course.term.from_at).programme.ladder.terms
    return measuring_instant(terms, course.term, course.editions.zone)


def verdict(course: Course, ended: Term, at: datetime) -> tuple[Edition, str | None, dict[str, int]]:
    """The edition that reviews a term at its end, the tier it decides, and the measure it goes by (T6)."""
    edition = course.editions.at(at)
    shown = _shown_before(course, edition, at, for_review=True, of=ended)
    if ended.measured is not None and ended.measured.keys() == shown.keys():
        shown = dict(ended.measured)
    return edition, reviewed(edition.programme.ladder, ended.tier, shown), shown


def _review(course: Course, at: datetime) -> None:
    """Judge the tier at the term's end; the next term starts at that instant, however late (T6).

    It pays for the tier that follows, and leaves behind the points that do not roll over.
    """
    ended = course.term
    edition, tier, shown = verdict(course, ended, at)
    ladder = edition.programme.ladder
    rises = ladder.rank(tier) > ladder.rank(ended.tier)
    price = lift_price(ladder, ended.tier, tier) if rises else keep_price(ladder, tier, shown)
    paid = _pay(course, edition, price, tier, at)
    tier_points.forfeit(course, edition, ended, tier is None and is_void(ladder, ended.tier, shown), at)
    until = term_end(ladder.terms, at, course.editions.zone, after_review=True) if tier else None
    _begin(course, edition, tier, at, "review", shown, until, paid)


def _lift(course: Course, edition: Edition, tier: str | None, at: datetime, shown: Mapping[str, int]) -> None:
    """Lift out of the running term, and pay what the steps cost (T4)."""
    ladder, running = edition.programme.ladder, course.term
    until = end_after_lift(ladder.terms, running, at, course.editions.zone)
    price = lift_price(ladder, running.tier, tier)
    paid = _pay(course, edition, price, tier, at)
    _begin(course, edition, tier, at, "lift", shown, until, paid)


def _start_lift(course: Course, at: datetime) -> None:
    """Lift by what the day before ended with: the measure was there on that day, and still is (T4)."""
    course.lift_at(None)
    edition = course.editions.at(at)
    shown = _shown_before(course, edition, at)
    reached = lifted(edition.programme.ladder, course.term.tier, shown)
    if reached != course.term.tier:
        _lift(course, edition, reached, at, shown)


def _shown_before(
    course: Course, edition: Edition, at: datetime, *, for_review: bool = False, of: Term | None = None
) -> dict[str, int]:
    day = calendar.last_day_before(at, course.editions.zone)
    return readings(course, edition, day, for_review=for_review, of=of)


def _pay(
    course: Course, edition: Edition, price: int, tier: str | None, at: datetime
) -> Mapping[str, object]:
    return tier_points.pay(course, edition, price, tier, _not_before(course, at)) if price else {}


def _not_before(course: Course, at: datetime) -> datetime:
    """A clock that was set back does not turn the terms round."""
    return max(at, course.term.from_at) if course.terms else at


def _begin(
    course: Course,
    edition: Edition,
    tier: str | None,
    at: datetime,
    reason: str,
    shown: Mapping[str, int],
    until: datetime | None = None,
    paid: Mapping[str, object] | None = None,
) -> None:
    ladder, running = edition.programme.ladder, course.term if course.terms else None
    at = _not_before(course, at)
    if tier is not None and until is None:
        until = term_end(ladder.terms, at, course.editions.zone)
    course.begin(
        Term(
            no=running.no + 1 if running else 1,
            tier=tier,
            from_at=at,
            until_at=until,
            reason=reason,
            edition=edition.number,
            evidence={
                **evidence(ladder, shown),
                **seen(course, ladder),
                **kept_since(ladder, running, at, reason),
                **(paid or {}),
            },
            lifts_at=running.lifts_at if running and reason in ("by_hand", "fall") else None,
        )
    )
