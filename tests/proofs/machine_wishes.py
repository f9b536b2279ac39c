"""What people wish at random: one step of a life, drawn from the model's state and a step's own dice."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from tests.proofs.model_cards import Cards
from tests.proofs.model_terms import ATTAIN, DAY, INSTANT, MEASURED, TIERS, UNITS, day_of, midnight
from tests.proofs.model_wishes import ASKS_FOR_HEADER, CLOSES_HOLD, Wish

RECENT = 12  #: most wishes are about what happened lately, so that lives stay busy
LATE = 12 * DAY  #: how late a sale may be told
SPENDABLE = [unit for unit in UNITS if unit != MEASURED]
WAITS = (timedelta(seconds=1), timedelta(minutes=20), timedelta(hours=7), DAY, 4 * DAY, 20 * DAY, 60 * DAY)


class Wishes:
    """Draws wishes; every step has dice of its own: a life that lacks some steps stays much the same."""

    def __init__(self, club: Cards, makers: "Mapping[str, tuple[int, Maker]]") -> None:
        self.club, self.makers = club, makers
        self.weights = [weight for weight, _ in makers.values()]
        self.told: list[Wish] = []

    def draw(self, dice: Random, step: int, now: datetime) -> Wish | None:
        """A new wish; nothing when there is nothing that it could be about."""
        verb = dice.choices(tuple(self.makers), self.weights)[0]
        who = dice.randrange(len(self.club.members))
        _, make = self.makers[verb]
        wish = make(self, dice, Wish(verb, who, f"{verb}-{step}"), now)
        if wish is None:
            return None
        if wish.verb in ASKS_FOR_HEADER or (dice.random() < 0.3 and not wish.verb.startswith("cancel")):
            wish = replace(wish, header=f"key-{step}")
        buried = sorted(name for verb, name in self.club.tombstones if verb == wish.verb)
        if buried and dice.random() < 0.05:
            wish = replace(wish, name=dice.choice(buried))
        self.told.append(wish)
        return wish

    def again(self, dice: Random, step: int, now: datetime) -> Wish | None:
        """An earlier wish once more: the same, with other content, or under another header."""
        wish = self.pick(dice, self.told)
        if wish is None:
            return None
        way = dice.random()
        if way < 0.25:
            wish = _altered(wish)
        elif way < 0.4 and wish.verb not in ASKS_FOR_HEADER | CLOSES_HOLD:
            wish = replace(wish, header=f"key-{step}")
        return None if self._stale(wish, now) else wish

    def _stale(self, wish: Wish, now: datetime) -> bool:
        """A sale that was never taken is not told later than sales are told here."""
        late = wish.verb == "purchase" and now - wish.at > LATE
        return late and not any(key in self.club.claims for key in self.club.keys(wish))

    def pick(self, dice: Random, among: list[Any]) -> Any:
        """Mostly something recent; nothing from nothing."""
        if not among:
            return None
        return dice.choice(among[-RECENT:] if dice.random() < 0.7 else among)

    def purchase(self, dice: Random, wish: Wish, now: datetime) -> Wish:
        lines = tuple(
            (
                dice.choice((1, 99, 150, 1000, 2999, dice.randrange(1, 9000))),
                dice.choice(("home", "fresh", "slow")),
            )
            for _ in range(dice.choice((1, 1, 2, 3)))
        )
        if dice.random() < 0.15:  # exactly what is missing to the next tier, or a cent less
            measure = self.club.members[wish.who].measure(day_of(now))
            missing = next((bar - measure for bar in ATTAIN if bar > measure), 100)
            lines = ((missing * 100 - dice.randrange(2), dice.choice(("home", "slow"))),)
        member, at = self.club.members[wish.who], now
        if dice.random() < 0.12:
            at = max(member.joined_at, now - dice.random() * LATE)
        return replace(wish, lines=lines, at=at)

    def give_back(self, dice: Random, wish: Wish, now: datetime) -> Wish | None:
        name = self.pick(dice, list(self.club.sales))
        if name is None:
            return None
        sale = self.club.sales[name]
        if dice.random() < 0.03:
            return replace(wish, who=sale.who, of=name, lines=((len(sale.lines) + 1, 1),), at=now)
        part = dice.choice((1.0, dice.random(), dice.random(), 1.1))
        if dice.random() < 0.4:
            cents = int(sale.left() * part)
            return replace(wish, who=sale.who, of=name, cents=cents, at=now) if cents else None
        room = [(no, cents - sale.back[no]) for no, (cents, _) in enumerate(sale.lines, 1)]
        lines = tuple(
            (no, int(left * part)) for no, left in dice.sample(room, dice.randint(1, len(room))) if left
        )
        return replace(wish, who=sale.who, of=name, lines=lines, at=now) if lines else None

    def cancel_sale(self, dice: Random, wish: Wish, now: datetime) -> Wish | None:
        if dice.random() < 0.15:  # one that was never told, or will be
            return replace(wish, of=f"purchase-{_soon(dice, wish)}")
        lifted = [
            name
            for member in self.club.members
            for name in member.terms[-1].shares
            if self.club.sales[name].is_of(now)
        ]
        name = rather(dice, lifted, self.pick(dice, list(self.club.sales)[-dice.choice((1, 4, 30)) :]))
        return replace(wish, of=name, who=self.club.sales[name].who) if name else None

    def spend(self, dice: Random, wish: Wish, now: datetime) -> Wish:
        unit = dice.choice((*SPENDABLE, "reward"))
        there = [member.at(now).available(unit) for member in self.club.members]
        who = rather(dice, [who for who, points in enumerate(there) if points], wish.who)
        points = dice.choice(
            (there[who], there[who] + 1, *(1 + dice.randrange(there[who] + 1) for _ in range(4)))
        )
        return replace(wish, who=who, unit=unit, points=max(1, points))

    def hold(self, dice: Random, wish: Wish, now: datetime) -> Wish:
        seconds = dice.choice((1, 900, 86_400, 5 * 86_400, 30 * 86_400))
        if dice.random() < 0.2:  # to the very midnight
            seconds = int((midnight(day_of(now) + DAY * dice.randint(1, 25)) - now).total_seconds()) or 1
        return replace(self.spend(dice, wish, now), seconds=seconds)

    def capture(self, dice: Random, wish: Wish, now: datetime) -> Wish | None:
        names = list(self.club.holds)
        if not names:
            return None
        running = [
            name for name, (_, held) in self.club.holds.items() if held.state == "open" and held.ends_at > now
        ]
        name = rather(dice, running, self.pick(dice, names))
        who, held = self.club.holds[name]
        points = dice.choice(
            (held.points, held.points + 1, *(dice.randint(1, held.points) for _ in range(4)))
        )
        return replace(wish, who=who, name=name, of=name, points=0 if wish.verb == "void" else points)

    def reverse(self, dice: Random, wish: Wish, now: datetime) -> Wish | None:
        names = list(self.club.spent)
        if not names:
            return None
        name = rather(dice, [name for name in names if self.club.spent[name].left], self.pick(dice, names))
        spent = self.club.spent[name]
        points = dice.choice((spent.left, spent.left + 1, *(dice.randint(0, spent.left) for _ in range(3))))
        return replace(wish, who=spent.who, of=name, points=max(1, points))

    def cancel_hold(self, dice: Random, wish: Wish, now: datetime) -> Wish | None:
        name = self.pick(dice, list(self.club.holds)) if dice.random() < 0.8 else f"hold-{_soon(dice, wish)}"
        return replace(wish, name=name, who=self.club.holds.get(name, (0,))[0]) if name else None

    def cancel_redemption(self, dice: Random, wish: Wish, now: datetime) -> Wish | None:
        redeemed = [name for name in self.club.spent if name.startswith("redeem")]
        name = self.pick(dice, redeemed) if dice.random() < 0.8 else f"redeem-{_soon(dice, wish)}"
        spent = self.club.spent.get(name)
        return replace(wish, name=name, who=spent.who if spent else 0) if name else None

    def adjust(self, dice: Random, wish: Wish, now: datetime) -> Wish:
        if dice.random() < 0.4:
            wish = self.spend(dice, wish, now)
            return replace(wish, points=-wish.points)
        return replace(
            wish, unit=dice.choice(list(UNITS)), points=dice.choice((1, 40, dice.randrange(1, 120)))
        )

    def transfer(self, dice: Random, wish: Wish, now: datetime) -> Wish:
        wish = self.spend(dice, wish, now)
        others = [who for who in range(len(self.club.members)) if who != wish.who]
        points = dice.choice((wish.points, wish.points, 9, 10, dice.randrange(10, 160)))
        return replace(wish, unit="reward", to=dice.choice(others), points=points)

    def hand(self, dice: Random, wish: Wish, now: datetime) -> Wish:
        """No lower than what the measure attains, for that would lift at the next instant."""
        least = [member.at(now).attained(now) for member in self.club.members]
        above = [
            who for who, member in enumerate(self.club.members) if member.at(now).terms[-1].tier > least[who]
        ]
        who = rather(dice, above, wish.who)
        tier = TIERS[dice.choice((least[who], dice.randint(least[who], len(TIERS) - 1)))]
        return replace(wish, who=who, tier=tier, at=midnight(day_of(now) + dice.randint(2, 200) * DAY))

    def block(self, dice: Random, wish: Wish, now: datetime) -> Wish:
        blocked = [who for who, member in enumerate(self.club.members) if member.blocked_at <= now]
        return replace(wish, verb="unblock", who=dice.choice(blocked)) if blocked else wish

    def later(self, dice: Random, now: datetime) -> datetime:
        """The next instant of the clock: often that at which something is due, or the one before it."""
        if dice.random() < 0.35:
            due = dice.choice(self.club.members).at(now).due() + dice.choice((0, 0, -1)) * INSTANT
            if now < due < now + 120 * DAY:
                return due
        if dice.random() < 0.1:
            soon = self.club.moments(now)[0] + dice.choice((0, 0, -1)) * INSTANT
            if now < soon < now + 60 * DAY:
                return soon
        if dice.random() < 0.15:
            return midnight(day_of(now) + DAY * dice.randint(1, 9))
        return now + dice.choice(WAITS) * (0.5 + dice.random())


Maker = Callable[[Wishes, Random, Wish, datetime], Wish | None]
MAKERS: dict[str, tuple[int, Maker]] = {  #: how often, and who makes it
    "purchase": (30, Wishes.purchase),
    "give_back": (14, Wishes.give_back),
    "cancel_sale": (7, Wishes.cancel_sale),
    "redeem": (12, Wishes.spend),
    "hold": (12, Wishes.hold),
    "capture": (7, Wishes.capture),
    "void": (4, Wishes.capture),
    "reverse": (8, Wishes.reverse),
    "cancel_hold": (2, Wishes.cancel_hold),
    "cancel_redemption": (2, Wishes.cancel_redemption),
    "adjust": (6, Wishes.adjust),
    "transfer": (7, Wishes.transfer),
    "hand": (4, Wishes.hand),
    "block": (2, Wishes.block),
}


def rather(dice: Random, better: list[Any], other: Any) -> Any:
    """Mostly one of those that make more happen."""
    return dice.choice(better) if better and dice.random() < 0.8 else other


def _altered(wish: Wish) -> Wish:
    """The same key with other content."""
    if wish.verb == "purchase":
        return replace(wish, lines=((wish.lines[0][0] + 1, wish.lines[0][1]), *wish.lines[1:]))
    if wish.verb == "give_back":
        return (
            replace(wish, cents=0, lines=((1, wish.cents + 1),))
            if wish.cents
            else replace(wish, lines=(), cents=1)
        )
    if wish.verb in {"redeem", "hold", "capture", "reverse", "transfer"}:
        return replace(wish, points=wish.points + 1)
    if wish.verb == "adjust":
        return replace(wish, points=wish.points + 1 or 2)
    if wish.verb == "cancel_sale":
        return replace(wish, of=f"{wish.of}-another")
    if wish.verb == "use":
        return replace(wish, guests=wish.guests + 1)
    return wish


def _soon(dice: Random, wish: Wish) -> int:
    """A step that comes soon, and may then make what was cancelled before it came."""
    return int(wish.name.rpartition("-")[2]) + dice.randint(1, 25)
