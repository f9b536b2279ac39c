"""What people wish of their cards at random: visits, bookings and their ends, rewards and vouchers."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

from tests.proofs.machine_wishes import Maker, Wishes, rather
from tests.proofs.model_promises import BENEFITS, REWARDS
from tests.proofs.model_terms import DAY, INSTANT, TIERS, day_of, midnight
from tests.proofs.model_wishes import Wish

NOON = timedelta(hours=12)


def use(wishes: Wishes, dice: Random, wish: Wish, now: datetime) -> Wish:
    """A visit made now or booked: mostly of what the card gives, and by those whose card may be lost."""
    above = [who for who, one in enumerate(wishes.club.members) if one.at(now).terms[-1].tier]
    wish = replace(wish, who=rather(dice, above, wish.who))
    coming = [name for name, (starts_at, _) in wishes.club.events.items() if starts_at > now]
    given = [code for code in wishes.club.rights(wish.who, now) if coming or BENEFITS[code].kind != "event"]
    what = rather(dice, given, dice.choice(list(BENEFITS)))
    promise = BENEFITS[what]
    guests = dice.choice((0, 0, promise.guests, promise.guests + (dice.random() < 0.2)))
    wish = replace(wish, what=what, guests=guests)
    if promise.kind == "event" and coming and dice.random() < 0.95:
        name = dice.choice(coming) if dice.random() < 0.97 else dice.choice(list(wishes.club.events))
        return replace(wish, of=name, at=wishes.club.events[name][0], reserve=True)
    if promise.booked != (dice.random() < 0.04):
        return replace(wish, at=when(wishes, dice, wish.who, now), reserve=True)
    return wish


def when(wishes: Wishes, dice: Random, who: int, now: datetime) -> datetime:
    """The instant of a visit to come: soon, or about the end of the term or of a year."""
    until = wishes.club.members[who].at(now).terms[-1].until
    year = midnight(date(day_of(now).year + 1, 1, 1))
    edge = dice.choice((until, until, year)) + dice.choice((-INSTANT, 0 * DAY, NOON, 9 * DAY, 40 * DAY))
    if dice.random() < 0.4 and now + DAY < edge:
        return edge
    return (
        midnight(day_of(now) + DAY * dice.choice((2, *(dice.randint(1, days) for days in (5, 60, 200)))))
        + dice.random() * DAY
    )


def end_visit(wishes: Wishes, dice: Random, wish: Wish, now: datetime) -> Wish | None:
    """A booking ends; at times one that ended before."""
    visits = wishes.club.visits
    still = [
        name
        for name, one in visits.items()
        if one.state == "reserved" and (one.at > now) == (dice.random() < 0.2)
    ]
    name = rather(dice, still, wishes.pick(dice, list(visits)))
    return replace(wish, name=name, of=name, who=visits[name].who) if name else None


def order(wishes: Wishes, dice: Random, wish: Wish, now: datetime) -> Wish:
    """A reward, mostly by somebody who may buy it."""
    what = dice.choice(list(REWARDS))
    reward = REWARDS[what]
    members = [member.at(now) for member in wishes.club.members]
    able = [
        who
        for who, member in enumerate(members)
        if member.available(reward.unit) >= reward.points
        and (not reward.tiers or TIERS[member.terms[-1].tier] in reward.tiers)
    ]
    return replace(wish, what=what, who=rather(dice, able, wish.who))


def end_order(wishes: Wishes, dice: Random, wish: Wish, now: datetime) -> Wish | None:
    """An order is cancelled, or sent; at times one that ended before."""
    name = _order(wishes, dice, list(wishes.club.orders))
    return replace(wish, name=name, of=name, who=wishes.club.orders[name].who) if name else None


def burn(wishes: Wishes, dice: Random, wish: Wish, now: datetime) -> Wish | None:
    """A voucher is taken somewhere; at times one that was taken before, or is dead."""
    name = _order(wishes, dice, [name for name, one in wishes.club.orders.items() if one.has_voucher])
    return replace(wish, of=name, who=wishes.club.orders[name].who) if name else None


def _order(wishes: Wishes, dice: Random, among: list[str]) -> str | None:
    still = [name for name in among if wishes.club.orders[name].state == "open"]
    found: str | None = rather(dice, still, wishes.pick(dice, among))
    return found


CARD_MAKERS: dict[str, tuple[int, Maker]] = {
    "use": (48, use),
    "confirm": (7, end_visit),
    "cancel_use": (8, end_visit),
    "miss": (3, end_visit),
    "order": (14, order),
    "cancel_order": (4, end_order),
    "send": (2, end_order),
    "burn": (6, burn),
}
