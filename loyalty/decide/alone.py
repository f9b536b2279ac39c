"""What one person corrects alone: one correction, all of a maker's day, all of a member's day. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from loyalty import calendar, ids
from loyalty.approvals.terms import NO_LIMITS, Alone
from loyalty.decide.outcome import Outcome
from loyalty.decide.programme import Editions
from loyalty.usage.terms import NOTHING, UsageKey, Used, period_of

Limit = Literal["single", "maker_day", "member_day"]
_LONGEST_SUBJECT = 80


@dataclass(frozen=True, slots=True)
class Excess:
    """A limit that a correction is above, so that a second person decides it."""

    limit: Limit
    most: int  #: in the unit's smallest steps


@dataclass(frozen=True, slots=True)
class AloneWatch:
    """The limits of one maker's correction of one unit, on one local day."""

    limits: Alone
    unit: str
    maker: str
    day: date

    def keys(self, member_id: int) -> set[UsageKey]:
        """The counters that must be locked before the correction is decided."""
        return {key for _, _, key in self.days(member_id)}

    def excess(self, outcome: Outcome, points: int) -> Excess | None:
        """The first limit that correcting so many points, given or taken, would be above."""
        if self.limits.single is not None and points > self.limits.single:
            return Excess("single", self.limits.single)
        for limit, most, key in self.days(outcome.after.member_id):
            if outcome.after.used.get(key, NOTHING).amount + points > most:
                return Excess(limit, most)
        return None

    def counted(self, outcome: Outcome, points: int) -> Outcome:
        """The outcome, counted against the day."""
        uses = dict(outcome.uses) | {key: Used(1, points) for key in self.keys(outcome.after.member_id)}
        return outcome._replace(uses=uses)

    def days(self, member_id: int) -> Iterator[tuple[Limit, int, UsageKey]]:
        """The limits of a day: which one, the most it allows, what it is counted under."""
        period = period_of("day", self.day)
        if self.limits.maker_day is not None:
            subject = f"by {self.maker}"[:_LONGEST_SUBJECT]
            yield "maker_day", self.limits.maker_day, UsageKey(f"alone:{self.unit}:maker", subject, period)
        if self.limits.member_day is not None:
            subject = ids.to_text(member_id)
            yield "member_day", self.limits.member_day, UsageKey(f"alone:{self.unit}:member", subject, period)


def watch_alone(editions: Editions, unit: str, maker: str, now: datetime) -> AloneWatch:
    """What a maker may correct alone by the edition in force now."""
    limits = editions.at(now).programme.approvals.adjustment.get(unit, NO_LIMITS)
    return AloneWatch(limits, unit, maker, calendar.local_day(now, editions.zone))
