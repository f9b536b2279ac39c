"""The reference model: the club with what its cards give and what its points buy (B1–B9, P9)."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from tests.proofs.model import Member, Spending
from tests.proofs.model_club import Club, Told
from tests.proofs.model_promises import BENEFITS, REWARDS
from tests.proofs.model_rights import Right, Visit, lower, right, stretches
from tests.proofs.model_terms import DAY, TIERS, day_of, dead_at, midnight, months_after
from tests.proofs.model_wishes import Outcome, Wish

AHEAD = timedelta(minutes=10)  #: a visit that is no later than this is made now


@dataclass
class Order:
    """A reward that was bought, and what was spent on it."""

    who: int
    reward: str
    spent: Spending
    ordered_at: datetime
    valid_until: datetime | None
    state: str = "open"

    @property
    def has_voucher(self) -> bool:
        """Or it is sent."""
        return REWARDS[self.reward].voucher


class Cards(Club):
    """All members with their visits, events and orders."""

    def __init__(self, members: int, now: datetime) -> None:
        super().__init__(members, now)
        self.visits: dict[str, Visit] = {}
        self.settled = Counter[int]()  #: how many terms of each member were looked at for what they let go
        self.events: dict[str, tuple[datetime, int]] = {}  #: when, and for how many
        self.orders: dict[str, Order] = {}

    def visits_of(self, who: int, member: Member, by: datetime) -> list[Visit]:
        """Those that a member's card, which has come to an instant, has not let go of by then (B3)."""
        mine = [one for one in self.visits.values() if one.who == who]
        gone = list(lower(member, mine, self.settled[who], by))
        return [one for one in mine if one not in gone]

    def rights(self, who: int, at: datetime) -> dict[str, Right]:
        """What a member has at an instant, if nothing happens but time (B1)."""
        member = self.members[who].at(at)
        told, mine = stretches(member.terms), self.visits_of(who, member, at)
        had = {benefit: right(benefit, told, mine, member.joined_at, at) for benefit in BENEFITS}
        return {benefit: one for benefit, one in had.items() if one is not None}

    def hear(self, wish: Wish, now: datetime) -> Outcome:
        """What is done of a member writes down what the clock did to them."""
        outcome = super().hear(wish, now)
        touched = wish.verb not in {"block", "unblock"} and outcome.shows.get("balance") != {}
        if touched and not outcome.codes and not outcome.replayed:
            for who in {wish.who, wish.to if wish.verb == "transfer" else wish.who}:
                self.settle(who, now)
        return outcome

    def settle(self, who: int, now: datetime) -> None:
        """It is written down what a lower card let go; the places of it are free from then on."""
        member = self.members[who]
        member.advance(now)
        mine = [one for one in self.visits.values() if one.who == who]
        for one in lower(member, mine, self.settled[who], now):
            one.state, one.counts = "cancelled", False
        self.settled[who] = len(member.terms)

    def left_at(self, event: str) -> int:
        """B8: the places that nobody has; who came, or did not, keeps theirs."""
        there = (one for one in self.visits.values() if one.event == event and one.state != "cancelled")
        return self.events[event][1] - sum(one.party for one in there)

    def moments(self, now: datetime) -> list[datetime]:
        """Instants to come at which something of visits or vouchers changes."""
        visits = [one.at for one in self.visits.values() if one.state == "reserved"]
        vouchers = [
            one.valid_until for one in self.orders.values() if one.state == "open" and one.valid_until
        ]
        year = midnight(date(day_of(now).year + 1, 1, 1))
        return sorted(at for at in (*visits, *vouchers, year) if at > now)

    def asked(self, wish: Wish, now: datetime) -> tuple[Right | None, set[str]]:
        """B6: what there is of the benefit at the visit, and all that speaks against it."""
        if now >= self.members[wish.who].blocked_at:
            return None, {"card_blocked"}
        promise, at = BENEFITS[wish.what], wish.at if wish.reserve else now
        mine = self.visits_of(wish.who, self.members[wish.who].at(now), now)
        member = self.members[wish.who].at(at)
        had = right(wish.what, stretches(member.terms), mine, member.joined_at, at)
        if had is None:
            return None, {"benefit_not_given"}
        why = {"quota_used"} if had.remaining == 0 else set()
        if promise.booked and not wish.reserve:
            why.add("booking_needed")
        if wish.reserve and not promise.booked:
            why.add("benefit_not_bookable")
        if promise.booked and wish.reserve and day_of(at) - day_of(now) < promise.lead * DAY:
            why.add("booking_too_late")
        if wish.guests > promise.guests:
            why.add("party_too_large")
        if (promise.kind == "event") != bool(wish.of):
            why.add("event_foreign")
        if wish.of and any(one.event == wish.of and one.state == "reserved" for one in mine):
            why.add("event_booked")
        if wish.of and self.left_at(wish.of) < 1 + wish.guests:
            why.add("event_full")
        return had, why

    def use(self, wish: Wish, now: datetime) -> Told:
        if wish.of and wish.at <= now:
            return {"event_over"}
        if wish.reserve and not wish.of and wish.at <= now + AHEAD:
            return {"invalid_request"}
        had, why = self.asked(wish, now)
        if why or had is None:
            return why
        state, at = ("reserved", wish.at) if wish.reserve else ("used", now)
        self.visits[wish.name] = Visit(wish.who, wish.what, at, now, state, 1 + wish.guests, wish.of)
        left = None if had.remaining is None else had.remaining - 1
        return {"state": state, "guests": wish.guests, "remaining": left}

    def end_visit(self, wish: Wish, now: datetime, state: str, counts: bool) -> Told:
        """B5: a booking ends once."""
        one = self.visits[wish.of]
        if one.state != "reserved" or one not in self.visits_of(one.who, self.members[one.who].at(now), now):
            return {"use_closed"}
        if state != "cancelled" and day_of(now) < day_of(one.at):
            return {"visit_ahead"}
        last = day_of(one.at) - BENEFITS[one.benefit].cancel * DAY
        if state == "cancelled" and (day_of(now) > last or now >= one.at):
            return {"cancel_too_late"}
        one.state, one.counts = state, counts
        return {"state": state, "guests": one.party - 1}

    def confirm(self, wish: Wish, now: datetime) -> Told:
        return self.end_visit(wish, now, "used", counts=True)

    def cancel_use(self, wish: Wish, now: datetime) -> Told:
        return self.end_visit(wish, now, "cancelled", counts=False)

    def miss(self, wish: Wish, now: datetime) -> Told:
        promise = BENEFITS[self.visits[wish.of].benefit]
        return self.end_visit(wish, now, "no_show", counts=promise.missed_is_used)

    def stock(self, reward: str) -> int | None:
        """How many are left; None where there is no end of them."""
        sold = sum(one.reward == reward and one.state != "cancelled" for one in self.orders.values())
        return REWARDS[reward].stock - sold if REWARDS[reward].stock else None

    def order(self, wish: Wish, now: datetime) -> Told:
        """B9: points, stock and voucher, or nothing."""
        member, reward = self.members[wish.who], REWARDS[wish.what]
        if now >= member.blocked_at:
            return {"card_blocked"}
        why = set[str]()
        if reward.tiers and TIERS[member.terms[-1].tier] not in reward.tiers:
            why.add("reward_not_sold")
        if reward.times and self.bought(wish.who, wish.what, now) >= reward.times:
            why.add("reward_limit")
        if self.stock(wish.what) == 0:
            why.add("out_of_stock")
        why |= {"in_debt"} if member.debt[reward.unit] else set()
        why |= {"not_enough_points"} if reward.points > member.available(reward.unit) else set()
        if why:
            return why
        spent = Spending(wish.who, reward.unit, reward.points, member.take(reward.unit, reward.points))
        until = dead_at(months_after(day_of(now), reward.months)) if reward.months else None
        self.orders[wish.name] = Order(wish.who, wish.what, spent, now, until)
        return self.shown(wish.name)

    def bought(self, who: int, reward: str, now: datetime) -> int:
        """How many a member bought in this month or year, and kept."""
        parts = 2 if REWARDS[reward].per == "month" else 1
        return sum(
            (one.who, one.reward) == (who, reward)
            and one.state != "cancelled"
            and day_of(one.ordered_at).timetuple()[:parts] == day_of(now).timetuple()[:parts]
            for one in self.orders.values()
        )

    def shown(self, name: str) -> dict[str, Any]:
        order = self.orders[name]
        return self.standing(order.who) | {"state": order.state, "points": order.spent.points}

    def cancel_order(self, wish: Wish, now: datetime) -> Told:
        """P9: the points go back to their lots."""
        order = self.orders[wish.of]
        if order.state != "open":
            return {"order_closed"}
        order.state = "cancelled"
        back = order.spent.give_back(order.spent.points)
        self.members[order.who].give_back(order.spent.unit, back, now)
        return self.shown(wish.of)

    def burn(self, wish: Wish, now: datetime) -> Told:
        """A voucher is good once, until its last day is over."""
        order = self.orders[wish.of]
        why = {"voucher_expired"} if order.valid_until is not None and order.valid_until <= now else set()
        why |= {"order_closed"} if order.state != "open" else set()
        if why:
            return why
        order.state = "used"
        return {"state": "used", "reward": order.reward}

    def send(self, wish: Wish, now: datetime) -> Told:
        """What has no voucher leaves the house."""
        order = self.orders[wish.of]
        if order.state != "open" or order.has_voucher:
            return {"order_closed"}
        order.state = "sent"
        return {"state": "sent", "reward": order.reward}
