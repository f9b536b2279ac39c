"""What one member must have at an instant, kept by hand: plain days, plain sums, nothing of `loyalty`."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

DAY, QUARTER = timedelta(days=1), timedelta(minutes=15)


def day_of(instant: datetime, zone: ZoneInfo) -> date:
    """The day that a calendar on the wall shows."""
    return instant.astimezone(zone).date()


@cache
def over(day: date, zone: ZoneInfo) -> datetime:
    """The first instant at which the calendar on the wall shows a later day, found by looking."""
    instant = datetime(day.year, day.month, day.day, tzinfo=UTC) - DAY
    while day_of(instant, zone) <= day:
        instant += QUARTER
    return instant


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or the last one there is."""
    year, month = day.year + (day.month + months - 1) // 12, (day.month + months - 1) % 12 + 1
    for number in range(day.day, 0, -1):
        try:
            return date(year, month, number)
        except ValueError:
            continue
    raise AssertionError(day)


def birthday_in(year: int, born: date) -> date:
    """29 February is the 28th in common years (N8)."""
    return months_later(born, (year - born.year) * 12)


@dataclass(slots=True)
class Life:
    """How long something lives: so many months, or so many days."""

    months: int = 0
    days: int = 0

    @property
    def told(self) -> dict[str, int]:
        """As a programme says it."""
        return {"months": self.months} if self.months else {"days": self.days}

    def last_day(self, since: date) -> date:
        return months_later(since, self.months) + self.days * DAY


@dataclass(slots=True)
class Batch:
    """Points that share their end. `booked_to` is the latest instant at which somebody wrote since."""

    left: int
    opens_at: datetime
    last_day: date
    dead_at: datetime
    booked_to: datetime

    def is_open(self, at: datetime) -> bool:
        return self.opens_at <= max(at, self.booked_to)

    def is_dead(self, at: datetime) -> bool:
        return self.dead_at <= max(at, self.booked_to)


@dataclass(slots=True)
class Aside:
    """Points set aside until an instant."""

    ends_at: datetime
    parts: list[tuple[Batch, int]]


@dataclass(slots=True)
class Diary:
    """One unit of one member. A clock that is set back revives nothing that was written off."""

    zone: ZoneInfo
    life: Life
    batches: list[Batch] = field(default_factory=list)
    asides: list[Aside] = field(default_factory=list)

    def gives(self, points: int, now: datetime, after_days: int = 0) -> None:
        """Points given at an instant; or promised, for the first instant of a later day."""
        since = day_of(now, self.zone) + after_days * DAY
        opens_at = over(since - DAY, self.zone) if after_days else now
        last = self.life.last_day(since)
        if points:
            self.batches.append(Batch(points, opens_at, last, over(last, self.zone), now))

    def takes(self, points: int, now: datetime) -> list[tuple[Batch, int]]:
        """Points spent, those that die first at first; which."""
        taken = []
        for batch in sorted(self.alive(now), key=lambda batch: batch.last_day):
            part = min(batch.left, points)
            batch.left -= part
            points -= part
            taken.append((batch, part))
        assert points == 0, "the diary has fewer points than were spent"
        return taken

    def sets_aside(self, points: int, ends_at: datetime, now: datetime) -> None:
        self.asides.append(Aside(ends_at, self.takes(points, now)))

    def is_written(self, now: datetime) -> None:
        """Somebody wrote: what was due by then is over, whatever a clock says later."""
        for aside in [aside for aside in self.asides if aside.ends_at <= now]:
            self.asides.remove(aside)
            for batch, part in aside.parts:
                batch.left += part
        for batch in self.batches:
            batch.booked_to = max(batch.booked_to, now)

    def alive(self, at: datetime) -> list[Batch]:
        return [batch for batch in self.batches if batch.is_open(at) and not batch.is_dead(at)]

    def figures(self, at: datetime) -> tuple[int, int, int, int]:
        """What is available, held, pending and owed at an instant."""
        held = sum(part for aside in self.asides if aside.ends_at > at for _, part in aside.parts)
        pending = sum(batch.left for batch in self.batches if not batch.is_open(at))
        return sum(self.ends(at).values()), held, pending, 0

    def ends(self, at: datetime) -> dict[date, int]:
        """What is available, by its last usable day."""
        by_day: dict[date, int] = {}
        free = [(batch, batch.left) for batch in self.batches]
        free += [part for aside in self.asides if aside.ends_at <= at for part in aside.parts]
        for batch, points in free:
            if points and batch.is_open(at) and not batch.is_dead(at):
                by_day[batch.last_day] = by_day.get(batch.last_day, 0) + points
        return by_day


@dataclass(slots=True)
class Terms:
    """What a member's terms must be: each begins where the one before ended, or at a lift."""

    zone: ZoneInfo
    life: Life
    begun: list[tuple[datetime, str]]

    def at(self, instant: datetime) -> tuple[str, datetime, date]:
        """Tier, start and last day of the term that runs at an instant, if nothing but time passes."""
        begins, tier = self.begun[-1]
        while (ends := over(self._last_day(begins), self.zone)) <= instant:
            begins = ends
        return tier, begins, self._last_day(begins)

    def is_written(self, now: datetime) -> None:
        """What ended by then was reviewed, and nothing a clock says later turns that round."""
        tier, begins, _ = self.at(now)
        self.begun.append((begins, tier))

    def lifts(self, now: datetime) -> None:
        """To gold, from now on."""
        begins, tier = self.begun[-1]
        if tier == "silver":
            self.begun.append((max(now, begins), "gold"))

    def _last_day(self, begins: datetime) -> date:
        return self.life.last_day(day_of(begins, self.zone))
