"""Why a member has this tier: the measure, what counts, what is missing, when the next review is (T9)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from loyalty import calendar, tiers
from loyalty.decide import measuring, standing
from loyalty.decide.course import Course
from loyalty.decide.outcome import Outcome
from loyalty.decide.programme import Edition, Editions
from loyalty.reads.contributions import Contribution, Looked, contributions
from loyalty.reads.policy import PolicyPart, parts_of
from loyalty.reads.state import state_at
from loyalty.tiers import Counter

MOST_REASONS = 10


@dataclass(frozen=True, slots=True)
class CounterView:
    """One counter, what it shows, and its bars; a bar is None where the programme shows none."""

    code: str
    unit: str | None  #: None: a counter of terms
    window: str | None
    points: int
    attain_next: int | None
    retain: int | None


@dataclass(frozen=True, slots=True)
class TierView:
    """A member's tier at an instant, with the reasons. What is missing is None where it is hidden or nil."""

    at: datetime
    tier: str | None
    from_at: datetime
    until_at: datetime | None
    last_day: date | None
    reason: str
    protected: bool
    edition: int
    measure: int
    counters: tuple[CounterView, ...]
    because: tuple[Contribution, ...]
    policies: tuple[PolicyPart, ...]  #: what each policy gives at that instant (I7)
    next_tier: str | None
    next_missing: int | None
    keep_missing: int | None
    review_at: datetime | None
    measured_at: datetime | None  #: when the review is measured, if that lies ahead and is another instant
    lifts_at: datetime | None  #: when a lift that is already earned starts, if later (T4)


def tier_view(session: Session, editions: Editions, member_id: int, at: datetime, now: datetime) -> TierView:
    """A member's tier at any instant, or the survivor's where they were merged by then (M6).

    Raises NotFound.
    """
    outcome = state_at(session, editions, member_id, at, now, follow=True)
    edition = editions.at(at)
    return replace(
        standing_of(editions, outcome, at),
        because=because_of(session, outcome, edition, at, now),
        policies=parts_of(session, editions, outcome.after.member_id, at, now)
        if _follows_policies(edition)
        else (),
    )


def standing_of(editions: Editions, outcome: Outcome, at: datetime) -> TierView:
    """The same of a state that was advanced to `at`, with neither contributions nor policies looked up."""
    snapshot = outcome.after
    edition, term = editions.at(at), snapshot.terms[-1]
    course = Course(editions, snapshot, iter(()))
    day = calendar.local_day(at, editions.zone)
    shown = measuring.readings(course, edition, day)
    ladder = edition.programme.ladder
    above = tiers.next_tier(ladder, term.tier)
    keeps = ladder.tier(term.tier).retain if term.tier else {}
    kept_by = _kept_by(course, edition, term, day)
    shows = edition.programme.club.show_missing == "points"
    return TierView(
        at=at,
        tier=term.tier,
        from_at=term.from_at,
        until_at=term.until_at,
        last_day=calendar.last_day_before(term.until_at, editions.zone) if term.until_at else None,
        reason=term.reason,
        protected=term.protected,
        edition=term.edition,
        measure=max((shown[c.code] for c in ladder.terms.counters if c.unit), default=0),
        counters=tuple(
            CounterView(
                counter.code,
                counter.unit,
                _window_name(counter),
                shown[counter.code],
                above.attain.get(counter.code) if above and shows else None,
                keeps.get(counter.code) if shows else None,
            )
            for counter in ladder.terms.counters
        ),
        because=(),
        policies=(),
        next_tier=above.code if above else None,
        next_missing=_missing(ladder, above.attain, shown) if above and shows else None,
        keep_missing=_missing(ladder, keeps, kept_by) if term.tier and shows else None,
        review_at=term.until_at,
        measured_at=_measured_at(course, term),
        lifts_at=term.lifts_at,
    )


def _follows_policies(edition: Edition) -> bool:
    return any(rule.on == "policy" for rule in edition.programme.rules)


def _kept_by(course: Course, edition: Edition, term: tiers.Term, day: date) -> Mapping[str, int]:
    """What keeping the tier is judged by, as far as it is known: on the review's days if they end early."""
    if term.measured is not None:
        return term.measured
    windows = [counter.window for counter in edition.programme.ladder.terms.counters if counter.window]
    if term.until_at is not None and any(window.ends_before for window in windows):
        day = calendar.last_day_before(standing.next_measuring(course) or term.until_at, course.editions.zone)
    return measuring.readings(course, edition, day, for_review=True)


def _missing(ladder: tiers.Ladder, bars: Mapping[str, int], shown: Mapping[str, int]) -> int | None:
    """The fewest points that would meet a bar; None where only terms running can, and are too few."""
    if any(shown.get(code, 0) >= bar for code, bar in bars.items()):
        return 0
    of_points = {counter.code for counter in ladder.terms.counters if counter.unit}
    reachable = {code: bar for code, bar in bars.items() if code in of_points}
    return tiers.missing(reachable, shown) if reachable else None


def _measured_at(course: Course, term: tiers.Term) -> datetime | None:
    due = standing.next_measuring(course)
    return due if due != term.until_at else None


def because_of(
    session: Session, outcome: Outcome, edition: Edition, at: datetime, now: datetime
) -> tuple[Contribution, ...]:
    """What counts most towards each counter, as the clock has made it at the instant."""
    zone = edition.programme.club.time_zone
    enrolled_on = calendar.local_day(outcome.after.enrolled_at, zone)
    reset_at = measuring.reset_at(edition.programme.ladder, outcome.after.terms[-1])
    looked = Looked(
        outcome.after.member_id,
        enrolled_on,
        calendar.local_day(at, zone),
        calendar.local_day(at, zone),
        min(at, now),
        unbooked=outcome.operations,
        held_since=calendar.local_day(reset_at, zone) if reset_at else None,
    )
    counters = edition.programme.ladder.terms.counters
    return tuple(one for counter in counters for one in contributions(session, counter, looked, MOST_REASONS))


def _window_name(counter: Counter) -> str | None:
    window = counter.window
    if counter.terms_held is not None:
        return f"terms at {counter.terms_held}"
    if window is None:
        return None
    return f"{window.length} {window.kind.replace('_', ' ')}" if window.length else window.kind
