"""How often a benefit may be used in which stretch of time, by a member's standing. Pure (B1–B7)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from loyalty import calendar
from loyalty.benefits.terms import Benefit, Quota


@dataclass(frozen=True, slots=True)
class Period:
    """`[from_at, until_at)`; without an end it never ends."""

    from_at: datetime
    until_at: datetime | None

    def holds(self, at: datetime) -> bool:
        """Whether an instant lies in it."""
        return self.from_at <= at and (self.until_at is None or at < self.until_at)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time in which a card promises the same of a benefit: on these terms, or (None) not at all."""

    from_at: datetime
    until_at: datetime | None
    terms: Benefit | None
    term: Period  #: the whole term that it is of, begun before this where it was taken up again

    @property
    def count(self) -> int:
        """How often in a period; nil where the benefit is not given, or is given without a count."""
        return self.terms.quota.count if self.terms is not None and self.terms.quota is not None else 0

    def holds(self, at: datetime) -> bool:
        """Whether an instant lies in it."""
        return self.from_at <= at and (self.until_at is None or at < self.until_at)


@dataclass(frozen=True, slots=True)
class Visit:
    """One use that counts, booked or done: when it is, and which."""

    at: datetime
    is_open: bool = False  #: booked, and neither done nor missed


@dataclass(frozen=True, slots=True)
class Entitlement:
    """What a member may have of a benefit at an instant; None where there is no bound (B1)."""

    terms: Benefit
    period: Period
    granted: int | None
    reserved: int
    used: int
    remaining: int | None


def entitlement(
    stretches: Sequence[Stretch], visits: Iterable[Visit], at: datetime, zone: ZoneInfo, anchor: date
) -> Entitlement | None:
    """What a member has of a benefit at `at`; None where their card does not give it then.

    `stretches` lie end to end, oldest first, and reach back to the beginning of the period; `visits` are all
    that count in it. `anchor` is the day from which policy years and lifetimes are reckoned.
    """
    running = next((stretch for stretch in reversed(stretches) if stretch.holds(at)), None)
    if running is None or running.terms is None:
        return None
    terms, quota, told = running.terms, running.terms.quota, sorted(visits, key=lambda visit: visit.at)
    period = period_of(quota, running, at, zone, anchor)
    mine = [visit for visit in told if period.holds(visit.at)]
    reserved = sum(visit.is_open for visit in mine)
    granted = remaining = None
    if quota is not None:
        granted = (
            quota.count if isinstance(quota.per, int) else _granted(stretches, running, period, at, zone)
        )
        taken = _most_at_once(quota.per, told, at, zone) if isinstance(quota.per, int) else len(mine)
        remaining = max(0, granted - taken)
        if quota.cap is not None:
            in_term = sum(running.term.holds(visit.at) for visit in told)
            remaining = min(remaining, max(0, quota.cap - in_term))
    return Entitlement(terms, period, granted, reserved, len(mine) - reserved, remaining)


def free_again(
    stretches: Sequence[Stretch], visits: Sequence[Visit], at: datetime, zone: ZoneInfo, anchor: date
) -> datetime | None:
    """The first instant after `at` at which something is left; None where these stretches bring nothing more.

    Something comes back where a period ends that a visit counted in, and where a stretch begins.
    """
    ahead = {stretch.from_at for stretch in stretches}
    for stretch in stretches:
        if stretch.terms is not None and stretch.terms.quota is not None:
            ahead |= set(_ends(stretch, stretch.terms.quota, visits, at, zone, anchor))
    for each in sorted(one for one in ahead if one > at):
        had = entitlement(stretches, visits, each, zone, anchor)
        if had is not None and had.remaining != 0:
            return each
    return None


def _ends(
    stretch: Stretch, quota: Quota, visits: Sequence[Visit], at: datetime, zone: ZoneInfo, anchor: date
) -> Iterator[datetime]:
    """When what counts at `at`, and each visit, ceases to."""
    if isinstance(quota.per, int):
        days = (calendar.local_day(visit.at, zone) for visit in visits)
        yield from (calendar.day_start(calendar.add_months(day, quota.per), zone) for day in days)
        return
    for each in (at, *(visit.at for visit in visits)):
        ends = period_of(quota, stretch, each, zone, anchor).until_at
        if ends is not None:
            yield ends


def period_of(quota: Quota | None, running: Stretch, at: datetime, zone: ZoneInfo, anchor: date) -> Period:
    """The period that an instant lies in, by the basis of the quota (B7); of the term where there is none."""
    day = calendar.local_day(at, zone)
    per = "term" if quota is None else quota.per
    if per == "term":
        return running.term
    if per == "lifetime":
        return Period(calendar.day_start(anchor, zone), None)
    if per == "calendar_year":
        return _days(date(day.year, 1, 1), calendar.year_end(day), zone)
    if per == "policy_year":
        years = calendar.whole_years(anchor, day)
        first = calendar.yearly_day(anchor.month, anchor.day, anchor.year + years)
        following = calendar.yearly_day(anchor.month, anchor.day, anchor.year + years + 1)
        return Period(calendar.day_start(first, zone), calendar.day_start(following, zone))
    return _days(_first_counting(day, int(per)), day, zone)


def _days(first: date, last: date, zone: ZoneInfo) -> Period:
    return Period(calendar.day_start(first, zone), calendar.day_after(last, zone))


def _first_counting(day: date, months: int) -> date:
    """The earliest day whose visits still count on `day`, where each counts for so many months (N6)."""
    first = calendar.add_months(day, -months)
    while calendar.add_months(first, months) <= day:
        first = date.fromordinal(first.toordinal() + 1)
    return first


def _most_at_once(months: int, visits: Sequence[Visit], at: datetime, zone: ZoneInfo) -> int:
    """The most visits that any span of so many months counts which a visit at `at` would be part of."""
    day = calendar.local_day(at, zone)
    days = [calendar.local_day(visit.at, zone) for visit in visits]
    ends = [day, *(later for later in days if day < later < calendar.add_months(day, months))]
    return max(sum(one <= end < calendar.add_months(one, months) for one in days) for end in ends)


def _granted(
    stretches: Sequence[Stretch], running: Stretch, period: Period, at: datetime, zone: ZoneInfo
) -> int:
    """What a period has granted by `at` (B4).

    What runs when it begins grants its count; each stretch that gives more adds to it as its terms say, and
    each that gives less leaves no more than its own count.
    """
    granted = before = 0
    for stretch in stretches[: stretches.index(running) + 1]:
        over = stretch.until_at is not None and stretch.until_at <= period.from_at
        if over or stretch.from_at > at:
            continue
        count = stretch.count
        if stretch.from_at <= period.from_at:
            granted = count
        elif count > before and stretch.terms is not None:
            granted = _raised(granted, before, stretch, stretch.terms, period, zone)
        else:
            granted = min(granted, count)
        before = count
    return granted


def _raised(
    granted: int, before: int, stretch: Stretch, terms: Benefit, period: Period, zone: ZoneInfo
) -> int:
    """What is granted once a stretch gives more than the one before it did."""
    if terms.on_upgrade == "full":
        return max(granted, stretch.count)
    added = stretch.count - before
    if terms.on_upgrade == "prorated" and period.until_at is not None:
        ends = calendar.local_day(period.until_at, zone)
        left = (ends - calendar.local_day(stretch.from_at, zone)).days
        added = added * left // (ends - calendar.local_day(period.from_at, zone)).days
    return granted + added
