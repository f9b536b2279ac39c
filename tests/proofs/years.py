"""A club through its days, compared each night with a second computation that shares nothing with it."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from loyalty import ids
from tests.makers import Maker, wire
from tests.proofs.clubs import sound
from tests.proofs.diary import DAY, birthday_in, day_of, over
from tests.proofs.digest import plain
from tests.proofs.house import house, pass_night
from tests.proofs.proof import POSTGRESQL, SQLITE, Ground, Proof
from tests.proofs.years_acts import SECOND, Acts
from tests.proofs.years_book import UNITS, Book
from tests.proofs.years_club import LISBON, Person, document, drawn
from tests.proofs.years_facts import lived

FIRST, LAST = date(2022, 1, 1), date(2028, 12, 31)  #: on such days lives begin
MORNING, EVENING = 6 * 3600, 22 * 3600

Pages = dict[str, dict[Any, Any]]  #: table → key → what it says of that


@dataclass(slots=True)
class Life:
    """One club from its first day on."""

    url: str
    make: Maker
    rng: random.Random
    acts: Acts
    pages: dict[int, Pages] = field(default_factory=dict)  #: of each member, as last worked out
    dues: dict[int, datetime | None] = field(default_factory=dict)

    def live_a_day(self, facts: int, publishes: bool) -> None:
        """Its acts in their order, sales told at noon and in the evening; then the night."""
        start = self.make.clock.now()
        if publishes:
            self._publish(over(day_of(start, LISBON) + self.rng.randint(0, 2) * DAY, LISBON))
        moments = sorted(self.rng.sample(range(MORNING, EVENING), facts))
        for no, second in enumerate(moments, start=1):
            self.make.clock.move(start + second * SECOND)
            self.acts.one()
            if no in (len(moments) // 2, len(moments)):
                self.make.clock.move(start + (second + 1) * SECOND)
                self.acts.tell_sales()
        self.night(over(day_of(start, LISBON), LISBON))

    def compare(self) -> None:
        """Every member's rows are what the second computation comes to."""
        now = self.make.clock.now()
        for person in self.acts.people:
            due = self.dues.get(person.number)
            if person.number in self.acts.touched or (due is not None and due <= now):
                book = lived(LISBON, self.acts.editions, person.facts, now)
                self.pages[person.number], self.dues[person.number] = _pages(person.number, book), book.next()
        self.acts.touched.clear()
        booked = _booked(self.url)
        for table, rows in booked.items():
            by_hand = {key: row for pages in self.pages.values() for key, row in pages[table].items()}
            apart = {key for key in rows.keys() | by_hand.keys() if rows.get(key) != by_hand.get(key)}
            told = [(key, rows.get(key), by_hand.get(key)) for key in sorted(apart, key=str)[:5]]
            assert not apart, f"{now}: {table}: {len(apart)} rows differ (key, booked, by hand): {told}"

    def look(self, members: int) -> None:
        """Some members by the API, now or on a day to come."""
        now = self.make.clock.now()
        for person in self.rng.sample(self.acts.people, members):
            at = now + self.rng.choice([0, self.rng.randint(1, 60 * 86_400)]) * SECOND
            _seen(person, lived(LISBON, self.acts.editions, person.facts, at), at)

    def night(self, midnight: datetime) -> None:
        self.make.clock.move(midnight)
        pass_night(self.make)
        today = day_of(midnight, LISBON)
        for person in self.acts.people:
            if birthday_in(today.year, person.born) == today:
                self.acts.note(person, "born")

    def _publish(self, since: datetime) -> None:
        rules = drawn(self.rng, since)
        if since > self.acts.editions[-1].since:
            self.make.document(document(rules), since)
            self.acts.editions.append(rules)


@dataclass(frozen=True, slots=True)
class Plan:
    """How many members live for how long, and how much happens."""

    members: int
    days: int
    facts: int  #: a day
    editions: int  #: published on the way
    looked_at: int  #: members whom the API is asked about each day

    def live(self, ground: Ground, seed: int) -> Mapping[str, int]:
        """One club from a first day of its own on."""
        rng = random.Random(seed)
        first = FIRST + rng.randrange((LAST - FIRST).days) * DAY
        midnight = datetime.combine(first, time.min, LISBON).astimezone(UTC)
        each = self.days // (self.editions + 1)
        with ground.database() as url, house(url, midnight - timedelta(hours=20)) as make:
            club = _found(url, make, rng, self.members)
            club.night(midnight)
            for day in range(1, self.days + 1):
                club.live_a_day(self.facts, publishes=day % each == 0)
                club.compare()
                club.look(self.looked_at)
            sound(make)
        return {"days": self.days, "facts": club.acts.told, "editions": len(club.acts.editions)}


def _found(url: str, make: Maker, rng: random.Random, members: int) -> Life:
    rules = drawn(rng, make.clock.now())
    make.document(document(rules))
    till = make.till()
    people: list[Person] = []
    for _ in range(members):
        born = date(1960, 1, 1) + rng.randrange(18_000) * DAY
        shopper = make.shopper(till, birth_date=born.isoformat())
        people.append(Person(shopper, ids.from_text(shopper.member_id) or 0, born))
    acts = Acts(make, till, rng, people, [rules])
    for person in people:
        acts.note(person, "joined")
    return Life(url, make, rng, acts)


def _pages(member: int, book: Book) -> Pages:
    """One member's rows, as they must be in the books; what is nil is left out."""
    accounts = {(member, unit): book.figures(unit) for unit in UNITS}
    return {
        "account": {key: figures for key, figures in accounts.items() if any(figures)},
        "lot": {(member, unit, day): points for (unit, day), points in book.pots().items()},
        "tally": {(member, unit, day): points for (unit, day), points in book.tally.items() if points},
        "term": {member: (len(book.terms), *book.terms[-1])},
    }


def _booked(url: str) -> Pages:
    """All members' rows."""
    with plain(url) as connection:
        accounts = connection.execute(
            "SELECT member_id, unit, available, held, debt, pending, lowering FROM account"
        )
        pages: Pages = {"account": {(row[0], row[1]): tuple(row[2:]) for row in accounts if any(row[2:])}}
        lots = connection.execute("SELECT member_id, unit, expires_on, remaining, held FROM lot")
        pages["lot"] = {(row[0], row[1], _day(row[2])): (row[3], row[4]) for row in lots}
        tally = connection.execute("SELECT member_id, unit, day, earned FROM tally WHERE earned <> 0")
        pages["tally"] = {(row[0], row[1], _day(row[2])): row[3] for row in tally}
        terms = connection.execute(
            "SELECT member_id, term_no, standing.tier, from_at, standing.until_at, reason"
            " FROM standing JOIN term USING (member_id, term_no)"
        )
        pages["term"] = {
            member: (no, tier, _moment(since), until and _moment(until), reason)
            for member, no, tier, since, until, reason in terms
        }
    return pages


def _day(told: Any) -> date:
    return date.fromisoformat(told) if isinstance(told, str) else told


def _moment(told: Any) -> datetime:
    return datetime.fromisoformat(told).replace(tzinfo=UTC) if isinstance(told, str) else told.astimezone(UTC)


def _seen(person: Person, book: Book, at: datetime) -> None:
    """What the API shows at an instant is what the book says."""
    shown = person.shopper.look("/balance", at)["units"]
    for unit in UNITS:
        available, held, debt, pending, _ = book.figures(unit)
        told = tuple(shown[unit][name] for name in ("available", "held", "debt", "pending"))
        assert told == (available, held, debt, pending), f"{at}: {unit}: {told}, by hand {book.figures(unit)}"
    ends = [
        (day.isoformat(), free) for (unit, day), (free, _) in sorted(book.pots().items()) if unit == "reward"
    ]
    told = [(one["last_day"], one["points"]) for one in shown["reward"]["expiring"]]
    assert told == [end for end in ends if end[1]], f"{at}: {told}, by hand {ends}"
    tier, since, until, _ = book.terms[-1]
    term = person.shopper.look("/tier", at)
    assert (term["tier"], term["from"], term["until"]) == (tier, wire(since), until and wire(until)), (
        f"{at}: {term}"
    )


_SIXTY_DAYS = Plan(members=30, days=60, facts=5, editions=3, looked_at=1)
_A_YEAR = Plan(members=2000, days=365, facts=80, editions=6, looked_at=3)
SIXTY_DAYS = Proof("sixty days", "days", _SIXTY_DAYS.live, quick=1, long={SQLITE: 600, POSTGRESQL: 300})
YEARS = Proof("years", "days", _A_YEAR.live, quick=0, long={SQLITE: 1825, POSTGRESQL: 365})
