"""What a decision looks at, and what it leads to: plain values, made before anything is written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from loyalty.ledger.lots import Account
from loyalty.ledger.operations import Operation
from loyalty.rules.evaluation import Award
from loyalty.tiers.evaluation import Term
from loyalty.usage.terms import UsageKey, Used

_NONE: Mapping[Any, Any] = {}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One member as the decision finds them: under their lock for a writer, as of an instant for a reader."""

    member_id: int
    enrolled_at: datetime
    birth_date: date | None
    accounts: Mapping[str, Account]
    tally: Mapping[str, Mapping[date, int]]  #: unit → day → points earned, for the units a window measures
    terms: tuple[Term, ...]  #: as far back as the fact needs; the running one is the last
    used: Mapping[UsageKey, Used] = field(default_factory=dict)  #: of the limits the fact may touch (P15)
    attributes: Mapping[str, object] = field(default_factory=dict)  #: as they are now, whatever the instant
    merged_into: int | None = None  #: the survivor, where the member was merged (M6)


class Event(NamedTuple):
    """News for the outside, one per kind and operation or term."""

    kind: str
    body: Mapping[str, object]


class Outcome(NamedTuple):
    """Everything one fact leads to, in the order it happens; the snapshot after it."""

    after: Snapshot
    operations: tuple[Operation, ...] = ()
    terms: tuple[Term, ...] = ()  #: begun by this outcome; each ends the one before it at its start
    measured: Mapping[int, Mapping[str, int]] = _NONE  #: term no → readings (T7)
    events: tuple[Event, ...] = ()
    award: Award | None = None
    uses: Mapping[UsageKey, Used] = _NONE  #: what this adds to the limits' counters
    lifts: Mapping[int, datetime | None] = _NONE  #: term no → when a lift starts (T4)

    def booked(self, kind: str) -> Operation:
        """The operation of that kind that the fact itself is; the clock's own are of other kinds."""
        return next(operation for operation in self.operations if operation.kind == kind)


@dataclass(frozen=True, slots=True)
class TierChange:
    """A member's tier before and after."""

    before: str | None
    after: str | None
    until_at: datetime | None


def tier_change(outcome: Outcome) -> TierChange | None:
    """How this outcome moved the tier, from its first new term to its last; None if it did not."""
    if not outcome.terms:
        return None
    first, last = outcome.terms[0], outcome.terms[-1]
    before = next((t.tier for t in outcome.after.terms if t.no == first.no - 1), None)
    return None if before == last.tier else TierChange(before, last.tier, last.until_at)
