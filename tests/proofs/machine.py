"""The model and the application side by side: long lives of a small club, told over HTTP."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from random import Random
from typing import Any

from loyalty.app import create_app
from loyalty.db import db
from tests.clocks import MovableClock
from tests.databases import settings_for
from tests.makers import Maker, wire
from tests.proofs.clubs import sound
from tests.proofs.machine_card_wishes import CARD_MAKERS, use
from tests.proofs.machine_programme import document
from tests.proofs.machine_till import (
    balance,
    balance_heard,
    heard,
    names_of,
    rights,
    rights_heard,
    standing,
    tier_heard,
    told,
)
from tests.proofs.machine_wishes import MAKERS, Wishes
from tests.proofs.model_cards import AHEAD, Cards
from tests.proofs.model_promises import REWARDS
from tests.proofs.model_terms import DAY, TIERS, UNITS
from tests.proofs.model_wishes import Wish
from tests.proofs.proof import Ground, Proof

Shown = dict[str, Any]  #: a member's pages

MEMBERS, STEPS = 6, 1_250
KEPT = 30 * DAY  #: an answer with points (P2)
PAGES: dict[str, Callable[[Any], Any]] = {
    "balance": balance_heard, "tier": tier_heard, "benefits": rights_heard,
}  # fmt: skip
ACTS = {
    "wish": 64, "again": 20, "look": 16, "look_elsewhen": 6, "look_at_a_thing": 3, "check": 5,
    "look_at_rewards": 3, "wait": 11, "invite": 2, "night": 1,
}  # fmt: skip


class Drift(AssertionError):
    """The application and the model differ."""


class Life:
    """One club from its first day on."""

    def __init__(self, make: Maker, clock: MovableClock, seed: int, database_url: str) -> None:
        self.make, self.till, self.clock, self.seed = make, make.till(), clock, seed
        self.database_url = database_url
        self.people = [make.shopper(self.till) for _ in range(MEMBERS)]
        self.club = Cards(MEMBERS, clock.now())
        self.wishes = Wishes(self.club, MAKERS | CARD_MAKERS)
        self.answers: dict[int, Any] = {}  # what was heard first, by the number of its outcome
        self.heard_at: dict[int, datetime] = {}
        self.cut_until = clock.now()  # answers of then and before were cut by a night (P2)
        self.ids: dict[str, str] = {}  # the application's, of sales, holds and redemptions
        self.past: list[tuple[datetime, int, Shown]] = []
        self.counted: Counter[str] = Counter()

    def step(self, no: int) -> None:
        """One operation, with dice of its own: steps that are left out change little in the others."""
        dice = Random(f"{self.seed}/{no}")
        act = dice.choices(tuple(ACTS), tuple(ACTS.values()))[0]
        try:
            getattr(self, act)(dice, no)
        except Exception as fault:
            fault.add_note(f"seed {self.seed}, step {no} ({act}) at {self.clock.now()}")
            raise

    def wish(self, dice: Random, no: int) -> None:
        if (wish := self.wishes.draw(dice, no, self.clock.now())) is not None:
            self.send(wish)

    def again(self, dice: Random, no: int) -> None:
        if (wish := self.wishes.again(dice, no, self.clock.now())) is not None:
            self.send(wish)

    def send(self, wish: Wish) -> None:
        """Tell a wish to both, and compare what is heard."""
        path, body = told(wish, self.people, self.ids)
        answer = self.till.post(path, body, **({"idempotency_key": wish.header} if wish.header else {}))
        outcome, found = self.club.hear(wish, self.clock.now()), answer.json
        expects = f"{outcome.status} {' or '.join(sorted(outcome.codes))}".strip()
        same(wish, expects, outcome.status, answer.status_code, found)
        again = answer.headers.get("Idempotency-Replayed") == "true"
        same(wish, "replayed", outcome.replayed, again, found)
        if outcome.replayed:
            self.counted["retries"] += 1
            first = self.answers[outcome.no]
            expected = first | {"replayed": True} if "replayed" in first else first
            if self.heard_at[outcome.no] <= self.cut_until and first.get("balance"):
                expected = expected | self.today(wish.who)
                expected, found = expected | {"print": None}, found | {"print": None}  # lines of those points
            if wish.verb not in {"block", "unblock"}:  # they show the card as it is now
                same(wish, "first answer", expected, found, answer.json)
        elif outcome.codes:
            self.counted["refusals"] += 1
            if found["code"] not in outcome.codes:
                raise Drift(f"{wish}\nexpected one of {sorted(outcome.codes)}, heard {found}")
        else:
            self.counted["writes"] += 1
            shown = heard(found)
            for name, value in outcome.shows.items():
                same(wish, name, value, shown[name], found)
            self.ids |= names_of(wish, found)
        if not outcome.replayed and outcome.no:
            self.answers[outcome.no], self.heard_at[outcome.no] = found, self.clock.now()
        self.counted["operations"] += 1

    def look(self, dice: Random, no: int) -> None:
        """What is shown now."""
        self.see(dice.randrange(MEMBERS), dice.choice(list(PAGES)))

    def look_elsewhen(self, dice: Random, no: int) -> None:
        """What was true at a past instant by what was booked by then, or what the clock alone will make."""
        page = dice.choice(list(PAGES))
        if self.past and dice.random() < 0.5:
            at, who, shown = dice.choice(self.past)
            self.compare(f"{page} of {who}", at, shown[page], self.page(who, page, at))
        else:
            self.see(dice.randrange(MEMBERS), page, self.wishes.later(dice, self.clock.now()))

    def see(self, who: int, page: str, at: datetime | None = None) -> None:
        """One page of a member, now or later."""
        expected = self.shown(who, at or self.clock.now())[page]
        self.compare(f"{page} of {who}", at or self.clock.now(), expected, self.page(who, page, at))

    def shown(self, who: int, at: datetime) -> Shown:
        """All pages of a member, by the model."""
        member = self.club.members[who].at(at)
        had = rights(self.club.rights(who, at))
        return {"balance": balance(member), "tier": standing(member, at), "benefits": had}

    def today(self, who: int) -> dict[str, Any]:
        """What an answer that was cut says of a member's points and tier."""
        member = self.club.members[who].at(self.clock.now())
        points = {unit: member.figures(unit) for unit in UNITS}
        return {"balance": points, "tier": TIERS[member.terms[-1].tier], "tier_change": None}

    def page(self, who: int, page: str, at: datetime | None) -> Any:
        """A page as it is shown."""
        return PAGES[page](self.people[who].look(f"/{page}", at))

    def check(self, dice: Random, no: int) -> None:
        """May somebody have a visit? One to come is asked about as a booking (B6)."""
        now = self.clock.now()
        wish = use(self.wishes, dice, Wish("use", dice.randrange(MEMBERS), ""), now)
        of = wish.of if wish.at > now else ""
        wish = replace(wish, of=of, reserve=bool(of) or (wish.reserve and wish.at > now + AHEAD))
        had, why = self.club.asked(wish, now)
        asked = {"card": self.people[wish.who].card, "party": 1 + wish.guests}
        asked |= {"event": self.ids[of]} if of else {"at": wire(wish.at)} if wish.reserve else {}
        shown = self.till.post(f"/benefits/{wish.what}/check", asked).json
        expected = {"allowed": not why, "remaining": had.remaining if had else None, "reasons": sorted(why)}
        self.compare(
            wish, now, expected, shown | {"reasons": sorted(one["code"] for one in shown["reasons"])}
        )

    def look_at_rewards(self, dice: Random, no: int) -> None:
        """What is left of the rewards, and what somebody bought."""
        now, who = self.clock.now(), dice.randrange(MEMBERS)
        shown = {one["reward"]: one["left"] for one in self.till.get("/rewards").json["items"]}
        self.compare("rewards", now, {reward: self.club.stock(reward) for reward in REWARDS}, shown)
        mine = {self.ids[name]: one.state for name, one in self.club.orders.items() if one.who == who}
        bought = {one["order_id"]: one["state"] for one in self.people[who].look("/reward-orders")["items"]}
        self.compare(f"orders of {who}", now, mine, bought)

    def invite(self, dice: Random, no: int) -> None:
        """The club announces an event."""
        starts_at = self.clock.now() + dice.randint(5, 90) * DAY + dice.random() * DAY
        capacity, words = dice.randint(2, 6), ("--benefit", "gala", "--zh", "晚宴", "--en", "Gala")
        told = self.make.run(
            "club-events", "announce", "--starts", wire(starts_at), "--capacity", str(capacity), *words
        )
        self.club.events[f"event-{no}"] = (starts_at, capacity)
        self.ids[f"event-{no}"] = str(told.stdout.strip())

    def look_at_a_thing(self, dice: Random, no: int) -> None:
        """A hold or a redemption as it is now."""
        names = [*self.club.holds, *self.club.spent]
        if not names:
            return
        name = dice.choice(names[-20:])
        if name in self.club.holds and (name not in self.club.spent or dice.random() < 0.5):
            _, held = self.club.holds[name]
            ended = held.state == "open" and held.ends_at <= self.clock.now()
            path, expected = (
                f"/holds/{self.ids[name]}",
                {"state": "ended" if ended else held.state, "captured": held.captured},
            )
        else:
            spent = self.club.spent[name]
            path = f"/redemptions/{self.ids[f'{name}/spent' if name in self.club.holds else name]}"
            expected = {"unit": spent.unit, "points": spent.points, "reversed": spent.points - spent.left}
        shown = self.till.get(path).json
        self.compare(name, self.clock.now(), expected, {name: shown[name] for name in expected})

    def compare(self, whose: object, at: datetime, expected: Any, shown: Any) -> None:
        self.counted["reads"] += 1
        self.counted["operations"] += 1
        if shown != expected:
            raise Drift(f"read of {whose} at {at}\nexpected {expected}\nheard    {shown}")

    def wait(self, dice: Random, no: int) -> None:
        """The clock moves; what was true before is kept, to be asked for later."""
        now, who = self.clock.now(), dice.randrange(MEMBERS)
        self.past.append((now, who, self.shown(who, now)))
        self.clock.move(self.wishes.later(dice, now))
        self.counted["operations"] += 1

    def night(self, dice: Random, no: int) -> None:
        """What the clock did is written down, and nobody sees it."""
        self.make.run("jobs", "nightly")
        self.cut_until = self.clock.now() - KEPT
        for who in range(MEMBERS):
            self.club.settle(who, self.clock.now())
        self.counted["nights"] += 1
        self.counted["operations"] += 1

    def end(self) -> None:
        """Everything once more, before and after it is written down; then the auditor."""
        for _ in range(2):
            for who in range(MEMBERS):
                for page in PAGES:
                    self.see(who, page)
            self.clock.move(DAY)
            self.make.run("jobs", "nightly")
        self.judge()

    def judge(self) -> None:
        """Who reads the books when a life is over."""
        sound(self.make)


def same(wish: Wish, what: str, expected: object, found: object, answer: object) -> None:
    if expected != found:
        raise Drift(f"{wish}\n{what}: expected {expected}, heard {found}\nthe answer: {answer}")


@contextmanager
def life(ground: Ground, seed: int, promises: dict[str, Any] | None = None) -> Iterator[Life]:
    """A club of a fresh database, by a clock of its own. It promises what the model does, or other things."""
    clock = MovableClock()
    with ground.database() as url:
        app = create_app(settings_for(url), clock)
        make = Maker(app, clock)
        make.document(promises or document(), clock.now())
        try:
            yield Life(make, clock, seed, url)
        finally:
            with app.app_context():
                db.engine.dispose()


def live(
    ground: Ground, seed: int, steps: Iterable[int] = range(STEPS), promises: dict[str, Any] | None = None
) -> Mapping[str, int]:
    """One life, so many steps long."""
    with life(ground, seed, promises) as one:
        for no in steps:
            one.step(no)
        one.end()
        return one.counted


MODEL = Proof("model", "operations", live, quick=1, long={"sqlite": 1_000_000, "postgresql": 200_000})
