"""What reviews to come would decide today, by which bars a measure has come to. Pure.

A ladder only ever asks whether a reading is at a bar. So members who are at the same bars are judged alike,
and how many they are can be counted where their rows are.
"""

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Literal

from loyalty.tiers.evaluation import at_bars_of, reviewed
from loyalty.tiers.terms import Ladder

Course = Literal["rise", "keep", "fall"]


def bars_of(ladder: Ladder, counter: str) -> tuple[int, ...]:
    """Every number of points that a counter is asked for, from the least on.

    Where a lift costs points, a step is met by what the steps before it left, so their sums are bars too.
    """
    attain = [step.attain[counter] for step in ladder.tiers if counter in step.attain]
    sums = {total for first in range(len(attain)) for total in accumulate(attain[first:])}
    other = (bars.get(counter) for step in ladder.tiers for bars in (step.retain, step.void_below))
    return tuple(sorted(sums | {bar for bar in other if bar is not None}))


def reading_at(bars: Sequence[int], place: int) -> int:
    """A reading that meets so many of these bars, and no more."""
    return bars[place - 1] if place else (bars[0] - 1 if bars else 0)


def foreseen(
    ladder: Ladder, tier: str | None, readings: Mapping[str, int], running: Mapping[str, int]
) -> Course:
    """What a review would do by these readings; `running` is what counters of terms began with."""
    held = {
        one.code: running.get(one.code, 0) + 1 if at_bars_of(ladder, one.terms_held, tier, readings) else 0
        for one in ladder.terms.counters
        if one.terms_held is not None
    }
    step = ladder.rank(reviewed(ladder, tier, {**readings, **held})) - ladder.rank(tier)
    return "rise" if step > 0 else "fall" if step < 0 else "keep"
