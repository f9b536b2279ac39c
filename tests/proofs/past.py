"""A club of which the clock still wants much: holds, openings, deaths, reviews, birthdays, policies."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.documents import GONE, small
from tests.makers import Maker, Shopper, Till, wire
from tests.policies import COOLING, coverage, policy

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
MEMBERS, ACTS = 6, 7
NAME = {"zh": "积分", "en": "Points"}
PER_EURO = {"points": 1, "per": "1.00"}
HELD = {"measure": {"balance": "status"}, "length": {"days": 21}}
#: How members of one club stand, and of another: what the clock does to their terms.
LADDERS: tuple[Mapping[str, Any], ...] = (
    {"measure": {"earned": "status", "window": {"days": 25}}, "length": {"days": 14}},
    HELD | {"downgrade": "one_step"},
    HELD | {"when": "at_once"},
    HELD | {"starts": "next_day", "on_upgrade": "keep_end"},
    HELD | {"lift_costs": "attain", "keep_costs": "retain", "rollover": {"cap": 60}, "downgrade": "one_step"},
    HELD | {"rollover": {"percent": "50"}, "length": {"months": 1}},
    {"measure": {"any": [{"code": "spend", "earned": "status", "window": "calendar_year"},
                         {"code": "held", "balance": "cover"}]}, "length": {"days": 10}},
)  # fmt: skip
RULES = (
    {"code": "climb", "on": "purchase", "unit": "status", "earn": PER_EURO},
    {"code": "later", "on": "purchase", "unit": "status", "when": "line.category == 'fresh'",
     "phase": "bonus", "earn": PER_EURO, "from": {"days": 9}},
    {"code": "quiet", "on": "purchase", "unit": "quiet", "earn": PER_EURO},
    {"code": "birthday", "on": "birthday", "unit": "gift", "earn": {"fixed": 25}},
    COOLING | {"unit": "cover"},
)  # fmt: skip


def document(rng: random.Random) -> dict[str, Any]:
    """A club with one of these ladders; what it gives lives for days or weeks."""
    ladder = rng.choice(LADDERS)
    bars: tuple[Any, ...] = (0, 60, 160)
    if "any" in ladder["measure"]:
        bars = ({"spend": 40, "held": 300}, {"spend": 120, "held": 900}, {"spend": 300, "held": 5_000})
    tiers = [
        {"code": code, "name": NAME, "attain": bar}
        for code, bar in zip(("bronze", "silver", "gold"), bars, strict=True)
    ]
    return small(
        **{
            "unit.status.expiry": {"days": rng.choice([20, 33])},
            "unit.reward.expiry": {"days": rng.choice([15, 30])},
            "unit.quiet": {"name": NAME, "spendable": False, "expiry": {"inactive_months": 1}},
            "unit.gift": {"name": NAME, "spendable": False, "expiry": {"days": 60}},
            "unit.cover": {"name": NAME, "spendable": False},
            "tier": tiers,
            "terms": ladder,
            "factors": {"pay_years": {"20": "0.01"}},
            "example": GONE,
        }
        | {f"rule[{no}]": rule for no, rule in enumerate(RULES, start=2)}
    )


@dataclass(slots=True)
class Past:
    """Members who lived for a while, each at instants of their own; what they did, they did by the doors."""

    make: Maker
    rng: random.Random
    began: datetime
    days: int
    till: Till = field(init=False)
    ended: datetime = field(init=False)
    members: list[Shopper] = field(default_factory=list)
    born: set[int] = field(default_factory=set)  #: places of those with a birthday, who never owe

    def live(self) -> None:
        """From the club's first day to the last act; a night on the way, so that birthdays count from it."""
        self.make.document(document(self.rng))
        self.till = self.make.till()
        for place in range(MEMBERS):
            self._joins(place)
        moments = sorted(self.rng.uniform(0.1, self.days) for _ in range(MEMBERS * ACTS))
        for no, moment in enumerate(moments):
            self.make.clock.move(max(self.make.clock.now(), self.began + moment * DAY))
            if no == len(moments) * 2 // 3:
                self.make.run("jobs", "nightly")
            place = self.rng.randrange(MEMBERS)
            acts: list[Callable[[int], None]] = [self._buys, self._buys, self._holds, self._is_insured]
            acts += [] if place in self.born else [self._returns, self._is_corrected, self._is_given_a_tier]
            self.rng.choice(acts)(place)
        self.ended = self.make.clock.now()

    def _joins(self, place: int) -> None:
        born = {}
        if place % 2:
            self.born.add(place)
            day = self.began + self.rng.uniform(0, self.days + 40) * DAY
            born = {"birth_date": day.date().replace(year=1988).isoformat()}
        self.members.append(self.make.shopper(self.till, **born))

    def _buys(self, place: int) -> None:
        lines = [
            {"amount": f"{self.rng.randint(0, 9_000) / 100}", "category": self.rng.choice(["fresh", "home"])}
            for _ in range(self.rng.choice([1, 2]))
        ]
        self.members[place].buy(*lines)

    def _holds(self, place: int) -> None:
        member = self.members[place]
        if available := member.figures()[0]:
            ends = self.rng.choice([900, 86_400 * 9, 86_400 * 30])
            member.hold(self.rng.randint(1, available), ends_in_seconds=ends)

    def _returns(self, place: int) -> None:
        """More than is left may come back: a debt."""
        member = self.members[place]
        sold = member.buy(f"{self.rng.randint(10, 80)}.00")
        if available := member.figures()[0]:
            member.redeem(self.rng.randint(1, available))
        member.give_back(sold, (1, "10.00"))

    def _is_corrected(self, place: int) -> None:
        """Up; or what policies gave is taken away, so that more is lowered later than is there."""
        member = self.members[place]
        if self.rng.random() < 0.4 and (covered := member.figures(unit="cover")[0]):
            member.adjust(-self.rng.randint(1, covered), "cover")
        else:
            member.adjust(self.rng.choice([40, 90, 130]), self.rng.choice(["status", "reward"]))

    def _is_given_a_tier(self, place: int) -> None:
        until = self.make.clock.now() + self.rng.randint(1, 40) * DAY
        self.members[place].given("gold", until, protected=self.rng.random() < 0.5)

    def _is_insured(self, place: int) -> None:
        """A policy whose cooling-off ends later, and a state of it that is yet to come."""
        now, member = self.make.clock.now(), self.members[place]
        number = f"P-{place}-{self.rng.randrange(10**9)}"
        over = (now + self.rng.randint(-3, 30) * DAY).date().isoformat()
        for version, days in enumerate((0, self.rng.randint(1, 40)), start=1):
            self.make.clock.move(MINUTE)
            told = policy(
                version,
                holder={"member_id": member.member_id},
                effective_at=wire(now + days * DAY),
                issued_on=now.date().isoformat(),
                cooling_off_ends_on=over,
                currency="EUR",
                coverages=[coverage(f"{self.rng.randrange(9_000, 90_000)}.00")],
            )
            answer = self.till.send("PUT", f"/policies/{number}", told)
            assert answer.status_code == 200, answer.json
