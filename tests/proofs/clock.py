"""Lives around the edges of time, on a clock that is set back: P5, N5, N6, N8, and G7."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.documents import GONE, small
from tests.makers import Maker, Shopper, wire
from tests.proofs.diary import DAY, Diary, Life, Terms, birthday_in, day_of, over
from tests.proofs.house import house, pass_night
from tests.proofs.proof import POSTGRESQL, SQLITE, Ground, Proof

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
EDGES_EACH, STEPS = 2, 14
GOLD_FROM, GIFT = 150, 25
NAME = {"zh": "积分", "en": "Points"}
PER_EURO = {"points": 1, "per": "1.00"}
#: Where the calendar on the wall does something odd, and where it does not.
EDGES = (
    ("Europe/Lisbon", "2026-03-29T01:00Z"),  # an hour is left out
    ("Europe/Lisbon", "2026-10-25T01:00Z"),  # an hour comes twice
    ("Atlantic/Azores", "2026-03-29T01:00Z"),  # a day without its midnight
    ("Atlantic/Azores", "2026-10-25T01:00Z"),  # the first hour of a day comes twice
    ("America/Havana", "2026-03-08T05:00Z"),
    ("America/Havana", "2026-11-01T05:00Z"),
    ("America/Santiago", "2026-09-06T04:00Z"),
    ("Africa/Cairo", "2026-10-29T21:00Z"),  # the last hour of a day comes twice
    ("Pacific/Apia", "2011-12-30T10:00Z"),  # a day is left out
    ("Europe/Lisbon", "2028-02-29T00:00Z"),  # a leap day begins
    ("Europe/Lisbon", "2028-03-01T00:00Z"),  # and is over
    ("Asia/Shanghai", "2027-02-28T16:00Z"),  # February is over in a common year
    ("Asia/Shanghai", "2026-12-31T16:00Z"),  # the year is over
    ("Asia/Kathmandu", "2027-01-31T18:15Z"),  # a month is over, at a quarter past
)


@dataclass(slots=True)
class Edge:
    """One member who lives over an edge of time, and what they must have by hand."""

    make: Maker
    rng: random.Random
    zone: ZoneInfo
    at: datetime
    later_days: int
    born: date
    diary: Diary
    terms: Terms
    member: Shopper
    joined_at: datetime
    written_at: datetime  #: the latest instant at which anything was written
    bought: int = 0
    birthdays: set[int] = field(default_factory=set)
    nights: list[datetime] = field(default_factory=list)
    shown: list[tuple[datetime, Any]] = field(default_factory=list)
    asked: int = 0

    def live(self) -> None:
        """Earn before the edge, so that much ends on it; then cross it to and fro, and be gone for long."""
        self._buys()
        for _ in range(self.rng.randint(0, 3)):
            self._moves(self.make.clock.now() + self.rng.uniform(0, 5) * DAY)
            self._acts()
        self._moves(max(self.make.clock.now(), self.at - 26 * HOUR))
        for _ in range(STEPS):
            self._moves(self._next())
            self._acts()
            self._looks()
        self._moves(self.written_at + 80 * DAY)
        self._looks()
        self._night()
        self._looks()

    def _next(self) -> datetime:
        """On to the edge, or over it, or an hour back."""
        now, rng = self.make.clock.now(), self.rng
        step = rng.random()
        if step < 0.25:
            return now - HOUR
        if step < 0.5 and abs(now - self.at) < 2 * DAY:
            return self.at + rng.choice([-SECOND, 0 * SECOND, SECOND])
        if step < 0.7:
            midnight = over(day_of(now, self.zone), self.zone)
            return midnight + rng.choice([-SECOND, 0 * SECOND, SECOND])
        return now + rng.choice([SECOND, HOUR, 5 * HOUR, 20 * HOUR])

    def _moves(self, to: datetime) -> None:
        """Whatever was shown at an instant of the past is shown of it still, if nobody wrote since."""
        self.make.clock.move(to)
        for at, answer in self.shown[-6:]:
            if at < to:
                self.asked += 1
                assert self._answer(at) == answer, f"of {at}, now {to}"

    def _acts(self) -> None:
        self.rng.choice([self._buys, self._spends, self._holds, self._night, lambda: None, lambda: None])()

    def _buys(self) -> None:
        now, rng = self.make.clock.now(), self.rng
        here, later = rng.randint(0, 60), rng.choice([0, 30])
        lines = [{"amount": f"{here}.00"}, {"amount": f"{later}.00", "category": "later"}]
        self.member.buy(*lines)
        self._writes()
        self.diary.gives(here, now)
        self.diary.gives(later, now, self.later_days)
        self.bought += here + later
        if self.bought >= GOLD_FROM:
            self.terms.lifts(now)

    def _spends(self) -> None:
        now = self.make.clock.now()
        if available := self.diary.figures(now)[0]:
            points = self.rng.randint(1, available)
            self.member.redeem(points)
            self._writes()
            self.diary.takes(points, now)

    def _holds(self) -> None:
        now = self.make.clock.now()
        if available := self.diary.figures(now)[0]:
            points, seconds = self.rng.randint(1, available), self.rng.randint(1, 40 * 3600)
            self.member.hold(points, ends_in_seconds=seconds)
            self._writes()
            self.diary.sets_aside(points, now + seconds * SECOND, now)

    def _night(self) -> None:
        """Every day since the last night may be a birthday; each year has one (N8)."""
        now = self.make.clock.now()
        pass_night(self.make)
        self._writes()
        today = day_of(now, self.zone)
        before = [night for night in self.nights if night <= now]
        day = day_of(max(before), self.zone) if before else today - DAY
        while (day := day + DAY) <= today:
            if day == birthday_in(day.year, self.born) and over(day - DAY, self.zone) > self.joined_at:
                self.birthdays.add(day.year)
        self.nights.append(now)

    def _writes(self) -> None:
        """What was shown of this instant, or of a later one, may be another now."""
        now = self.make.clock.now()
        self.written_at = max(self.written_at, now)
        self.diary.is_written(now)
        self.terms.is_written(now)
        self.shown = [(at, answer) for at, answer in self.shown if at < now]

    def _looks(self) -> None:
        """Now, and in days to come, all is as the diary says."""
        now = self.make.clock.now()
        for at in (now, over(day_of(now, self.zone), self.zone), now + self.rng.uniform(0, 40) * DAY):
            self._compare(at)
        if now >= self.written_at:
            self.shown.append((now, self._answer(now)))

    def _compare(self, at: datetime) -> None:
        self.asked += 1
        balance = self.member.look("/balance", at)["units"]
        unit = balance["reward"]
        figures = unit["available"], unit["held"], unit["pending"], unit["debt"]
        assert figures == self.diary.figures(at), f"{at}: {figures}, by hand {self.diary.figures(at)}"
        ends = [
            {"points": points, "last_day": day.isoformat(), "expires_at": wire(over(day, self.zone))}
            for day, points in sorted(self.diary.ends(at).items())
        ]
        assert unit["expiring"] == ends, f"{at}: {unit['expiring']}, by hand {ends}"
        assert balance["gift"]["available"] == GIFT * len(self.birthdays), f"{at}: {self.birthdays}"
        tier, begins, last_day = self.terms.at(at)
        shown = self.member.look("/tier", at)
        told = shown["tier"], shown["from"], shown["last_day"], shown["until"]
        by_hand = tier, wire(begins), last_day.isoformat(), wire(over(last_day, self.zone))
        assert told == by_hand, f"{at}: {told}, by hand {by_hand}"

    def _answer(self, at: datetime) -> Any:
        tier = self.member.look("/tier", at)
        return self.member.look("/balance", at), {**tier, "because": None}


def round_of_edges(ground: Ground, seed: int) -> Mapping[str, int]:
    """Some edges of time, each with a club of its own."""
    rng = random.Random(seed)
    edges = rng.sample(EDGES, EDGES_EACH)
    asked = 0
    for name, text in edges:
        zone, at = ZoneInfo(name), datetime.fromisoformat(text)
        joined_at = at - timedelta(seconds=rng.randint(20, 40) * 86_400 + rng.randint(0, 80_000))
        with ground.database() as url, house(url, joined_at) as make:
            try:
                edge = _edge(make, rng, zone, at)
                edge.live()
                make.run("ledger", "verify")
            except BaseException as fault:
                fault.add_note(f"around {text} in {name}")
                raise
            asked += edge.asked
    return {"rounds": 1, "edges": len(edges), "views": asked}


def _edge(make: Maker, rng: random.Random, zone: ZoneInfo, at: datetime) -> Edge:
    """A club whose points and terms live so long that those of somebody who joins now end about the edge."""
    joined_at = make.clock.now()
    days = (day_of(at, zone) - day_of(joined_at, zone)).days
    life = Life(days=days - rng.randint(0, 3)) if rng.random() < 0.6 else Life(months=1)
    term = Life(days=days - rng.randint(0, 2)) if rng.random() < 0.6 else Life(months=1)
    later_days = days - rng.randint(0, 4)
    born = date(1988, 2, 29) if rng.random() < 0.5 else (day_of(at, zone) + DAY).replace(year=1988)
    make.document(_document(zone, life, term, later_days))
    return Edge(
        make,
        rng,
        zone,
        at,
        later_days,
        born,
        Diary(zone, life),
        Terms(zone, term, [(joined_at, "silver")]),
        make.shopper(birth_date=born.isoformat()),
        joined_at,
        joined_at,
    )


def _document(zone: ZoneInfo, life: Life, term: Life, later_days: int) -> dict[str, Any]:
    rule = {"on": "purchase", "unit": "reward", "earn": PER_EURO}
    return small(
        **{
            "club.time_zone": zone.key,
            "unit.reward.expiry": life.told,
            "unit.gift": {"name": NAME, "spendable": False},
            "tier[0].attain": 0,
            "tier[1]": {"code": "gold", "name": NAME, "attain": GOLD_FROM},
            "terms.length": term.told,
            "rule": [
                rule | {"code": "points", "when": "line.category != 'later'"},
                rule | {"code": "later", "when": "line.category == 'later'", "from": {"days": later_days}},
                rule | {"code": "climb", "unit": "status"},
                {"code": "gift", "on": "birthday", "unit": "gift", "earn": {"fixed": GIFT}},
            ],
            "example": GONE,
        }
    )


PROOF = Proof("clock", "rounds", round_of_edges, quick=1, long={SQLITE: 20, POSTGRESQL: 20})
