"""The most that passes without a second look, per transaction, member's day and terminal's day. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from loyalty import calendar, ids
from loyalty.decide.club import Act, Ceiling
from loyalty.decide.outcome import Outcome
from loyalty.decide.programme import Editions
from loyalty.errors import CeilingExceeded, SoldInFuture
from loyalty.sales.facts import Purchase
from loyalty.usage.terms import NOTHING, UsageKey, Used, period_of

AHEAD = timedelta(minutes=10)  #: a stamp this far ahead of our clock still counts as now
_LONGEST_SUBJECT = 80


@dataclass(frozen=True, slots=True)
class Breach:
    """A ceiling that a fact is above."""

    reason: str  #: as "earn.member_day"
    most: int

    @property
    def refusal(self) -> CeilingExceeded:
        """How a till hears it."""
        return CeilingExceeded(ceiling=self.reason, most=self.most)


@dataclass(frozen=True, slots=True)
class Watch:
    """The ceilings that one act is under, at one terminal, on one local day."""

    act: Act
    ceilings: tuple[Ceiling, ...]
    units: tuple[str, ...]
    terminal: str
    day: date  #: of the fact, which members are counted by
    told_on: date  #: which terminals are counted by: no date told moves it, unless they were offline

    def keys(self, member_id: int) -> set[UsageKey]:
        """The counters that must be locked before the fact is decided."""
        return {key for ceiling in self.ceilings for key in self._keys(ceiling, member_id).values()}

    def breach(self, outcome: Outcome, points: Mapping[str, int]) -> Breach | None:
        """The first ceiling that an outcome moving so many points, by unit, would be above."""
        for ceiling in self.ceilings:
            if ceiling.of == "transaction" and max(points.values(), default=0) > ceiling.most:
                return Breach(f"{self.act}.{ceiling.name}", ceiling.most)
            for unit, key in self._keys(ceiling, outcome.after.member_id).items():
                used = outcome.after.used.get(key, NOTHING)
                counted = used.times + 1 if ceiling.counts == "times" else used.amount + points.get(unit, 0)
                if counted > ceiling.most:
                    return Breach(f"{self.act}.{ceiling.name}", ceiling.most)
        return None

    def counted(self, outcome: Outcome, points: Mapping[str, int]) -> Outcome:
        """The outcome, counted against its ceilings."""
        uses = dict[UsageKey, Used]()
        for ceiling in self.ceilings:
            for unit, key in self._keys(ceiling, outcome.after.member_id).items():
                amount = points.get(unit, 0) if ceiling.counts == "points" else 0
                uses[key] = Used(1, amount)
        return outcome._replace(uses={**outcome.uses, **uses}) if uses else outcome

    def passed(self, outcome: Outcome, points: Mapping[str, int]) -> Outcome:
        """The outcome, counted. Raises CeilingExceeded."""
        if (breach := self.breach(outcome, points)) is not None:
            raise breach.refusal
        return self.counted(outcome, points)

    def _keys(self, ceiling: Ceiling, member_id: int) -> dict[str, UsageKey]:
        """Its counters, one for each unit where points are counted."""
        if ceiling.of == "transaction":
            return {}
        name = f"ceiling:{self.act}:{ceiling.name}"
        subject = ids.to_text(member_id) if ceiling.of == "member" else self.terminal
        period = period_of("day", self.day if ceiling.of == "member" else self.told_on)
        if ceiling.counts == "times":
            return {"": UsageKey(name, subject, period)}
        return {unit: UsageKey(f"{name}:{unit}", subject, period) for unit in self.units}


@dataclass(frozen=True, slots=True)
class SaleWatch:
    """All that keeps a sale from being booked at once; nothing does when it is released."""

    watches: tuple[Watch, ...] = ()
    odd: Breach | None = None  #: what is wrong with it whatever it earns

    def keys(self, member_id: int) -> set[UsageKey]:
        """The counters that must be locked before the sale is decided."""
        return {key for watch in self.watches for key in watch.keys(member_id)}

    def breach(self, outcome: Outcome) -> Breach | None:
        """The first ceiling that the sale would be above."""
        points = outcome.award.units if outcome.award else {}
        for watch in self.watches:
            if (breach := watch.breach(outcome, points)) is not None:
                return breach
        return None

    def counted(self, outcome: Outcome) -> Outcome:
        """The outcome, counted against all its ceilings."""
        points = outcome.award.units if outcome.award else {}
        for watch in self.watches:
            outcome = watch.counted(outcome, points)
        return outcome


def watch_sale(editions: Editions, fact: Purchase, now: datetime, *, offline: bool) -> SaleWatch:
    """What a sale must pass; `offline`: it is told after its till was offline."""
    terminal = terminal_of(fact.receipt.store, fact.receipt.terminal)
    earning = watch(editions, "earn", terminal, fact.sold_at, now, offline=offline)
    if not offline:
        return SaleWatch((earning,))
    caps = watch(editions, "offline", terminal, fact.sold_at, now, offline=True)
    return SaleWatch((caps, earning), offline_breach(editions, fact.sold_at, now))


def watch(
    editions: Editions,
    act: Act,
    terminal: str,
    happened_at: datetime,
    now: datetime,
    *,
    offline: bool = False,
) -> Watch:
    """The ceilings of an act by the edition in force now; its day is the one on which it happened."""
    programme = editions.at(now).programme
    day = calendar.local_day(min(happened_at, now), editions.zone)
    told_on = day if offline else calendar.local_day(now, editions.zone)
    ceilings = programme.limits.ceilings.get(act, ())
    return Watch(act, ceilings, programme.unit_codes, terminal, day, told_on)


def terminal_of(store: str, terminal: str) -> str:
    """How counters name a terminal of a store; names hold no line ends."""
    return f"{store}\n{terminal}"[:_LONGEST_SUBJECT]


def refuse_ahead(now: datetime, **stamped: datetime) -> None:
    """Raises SoldInFuture for a stamp too far ahead of our clock, under the name it was told by."""
    for name, at in stamped.items():
        if at > now + AHEAD:
            raise SoldInFuture(**{name: calendar.instant_text(at)})


def offline_breach(editions: Editions, sold_at: datetime, now: datetime) -> Breach | None:
    """What is odd about the stamp of a sale that a till tells after it was offline."""
    days = editions.at(now).programme.limits.offline_days
    if now - sold_at > timedelta(days=days):
        return Breach("offline.days", days)
    if sold_at > now + AHEAD:
        return Breach("offline.ahead", AHEAD // timedelta(minutes=1))
    return None
