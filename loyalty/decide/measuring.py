"""What the counters of a ladder show of a member, and what a term keeps of it. Pure."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, cast

from loyalty import calendar
from loyalty.decide.course import Course
from loyalty.decide.programme import Edition
from loyalty.tiers.evaluation import Term, at_bars_of, earned
from loyalty.tiers.terms import Ladder

ENTRIES = "entries"  #: where the evidence of a term names the last entry of each unit that it had seen
SINCE = "since"  #: where a term keeps from when on its points are its own, if not from its start


def readings(
    course: Course, edition: Edition, day: date, *, for_review: bool = False, of: Term | None = None
) -> dict[str, int]:
    """What each counter of an edition's ladder shows on a day, with the state the course has come to.

    For a review on that day windows may end earlier, and a counter of terms counts the one that ends. `of` is
    the term that is judged, if it is not the running one.
    """
    ladder = edition.programme.ladder
    enrolled_on = course.day(course.start.enrolled_at)
    shown = {}
    for counter in ladder.terms.counters:
        if counter.unit is not None and counter.window is not None:
            tally = course.tally.get(counter.unit, {})
            shown[counter.code] = earned(counter.window, tally, day, enrolled_on, for_review=for_review)
        elif counter.unit is not None:
            shown[counter.code] = course.account(counter.unit).balance
    if not ladder.terms.counts_terms:
        return shown
    judged = of or (course.term if course.terms else None)
    return shown | _terms_running(ladder, judged, shown, for_review)


def _terms_running(
    ladder: Ladder, judged: Term | None, shown: Mapping[str, int], for_review: bool
) -> dict[str, int]:
    """What the counters of terms show: what the judged term began with, and at its review itself too."""
    running = {}
    for counter in ladder.terms.counters:
        if counter.terms_held is not None:
            before = _measure_of(judged).get(counter.code, 0)
            tier = judged.tier if judged else None
            if for_review:
                before = before + 1 if at_bars_of(ladder, counter.terms_held, tier, shown) else 0
            running[counter.code] = before
    return running


def _measure_of(term: Term | None) -> Mapping[str, int]:
    return cast("Mapping[str, int]", term.evidence.get("measure", {})) if term else {}


def evidence(ladder: Ladder, shown: Mapping[str, int]) -> dict[str, object]:
    """What a term keeps of the measure that began it: what was shown, and the bars it was held to (T3)."""
    bars: dict[str, Any] = {}
    for step in ladder.tiers:
        bars[step.code] = {"attain": dict(step.attain), "retain": dict(step.retain)}
        if step.void_below:
            bars[step.code]["void_below"] = dict(step.void_below)
    return {"measure": dict(shown), "bars": bars}


def seen(course: Course, ladder: Ladder) -> dict[str, object]:
    """The last entry of each unit that a ladder counts: what came after it, at whatever instant, is later."""
    units = sorted({counter.unit for counter in ladder.terms.counters if counter.unit})
    return {ENTRIES: {unit: course.last_seq(unit) for unit in units}}


def last_seen(term: Term, unit: str) -> int:
    """The last entry of a unit that was there when a term began; 0: none."""
    return cast("Mapping[str, int]", term.evidence.get(ENTRIES, {})).get(unit, 0)


def since(term: Term) -> datetime:
    """From when on what is earned belongs to a term: its start, or that of the term it was lifted out of."""
    kept = term.evidence.get(SINCE)
    return datetime.fromisoformat(kept) if isinstance(kept, str) else term.from_at


def reset_at(ladder: Ladder, term: Term) -> datetime | None:
    """When the balances that a term is judged by began at nil; None where something may have rolled over."""
    rollover = ladder.terms.rollover
    return since(term) if rollover is not None and rollover.kind == "none" else None


def kept_since(ladder: Ladder, running: Term | None, at: datetime, reason: str) -> dict[str, object]:
    """What a term that begins keeps of that, where points roll over from term to term."""
    if ladder.terms.rollover is None:
        return {}
    anew = running is None or reason == "review"
    return {SINCE: calendar.instant_text(at if anew or running is None else since(running))}
