"""Why a member has this tier: the measure, what counts, what is missing, when the next review is (T9)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from loyalty import calendar, ids, ledger, tiers
from loyalty.decide import standing
from loyalty.decide.course import Course
from loyalty.decide.outcome import Snapshot
from loyalty.decide.programme import Edition, Editions
from loyalty.reads.state import state_at
from loyalty.tiers import Counter

MOST_REASONS = 10


@dataclass(frozen=True, slots=True)
class CounterView:
    """One counter, what it shows, and its bars; a bar is None where the programme shows none."""

    code: str
    unit: str
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
    because: tuple[dict[str, Any], ...]
    next_tier: str | None
    next_missing: int | None
    keep_missing: int | None
    review_at: datetime | None
    evidence: Mapping[str, object]


def tier_view(session: Session, editions: Editions, member_id: int, at: datetime, now: datetime) -> TierView:
    """A member's tier at any instant. Raises NotFound."""
    snapshot = state_at(session, editions, member_id, at, now)
    edition, term = editions.at(at), snapshot.terms[-1]
    course = Course(editions, snapshot, iter(()))
    day = calendar.local_day(at, editions.zone)
    shown = standing.readings(course, edition, day)
    ladder = edition.programme.ladder
    above = tiers.next_tier(ladder, term.tier)
    keeps = ladder.tier(term.tier).retain if term.tier else {}
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
        measure=max(shown.values(), default=0),
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
        because=_because(session, snapshot, edition, at, now, day),
        next_tier=above.code if above else None,
        next_missing=tiers.missing(above.attain, shown) if above and shows else None,
        keep_missing=tiers.missing(keeps, shown) if term.tier and shows else None,
        review_at=standing.next_review(course),
        evidence=term.evidence,
    )


def _because(
    session: Session, snapshot: Snapshot, edition: Edition, at: datetime, now: datetime, day: date
) -> tuple[dict[str, Any], ...]:
    """The operations that count most towards each counter, by what was booked at the instant."""
    enrolled_on = calendar.local_day(snapshot.enrolled_at, edition.programme.club.time_zone)
    return tuple(
        {
            "counter": counter.code,
            "operation": ids.pair_to_text(snapshot.member_id, one.op_id),
            "kind": one.kind,
            "points": one.points,
            "happened_at": one.happened_at,
        }
        for counter in edition.programme.ladder.terms.counters
        for one in ledger.main_contributions(
            session,
            snapshot.member_id,
            counter.unit,
            counter.window.days(day, enrolled_on)[0] if counter.window else None,
            MOST_REASONS,
            booked_by=min(at, now),
        )
    )


def _window_name(counter: Counter) -> str | None:
    window = counter.window
    if window is None:
        return None
    return f"{window.length} {window.kind}" if window.length else window.kind
