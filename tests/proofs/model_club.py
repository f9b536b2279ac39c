"""The reference model: what each wish to the small club leads to, and what hears it again."""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from tests.proofs.model import Hold, Member, Part, Sale, Spending, Term, draw, total
from tests.proofs.model_terms import DAY, MEASURED, RULES, TIERS, UNITS, day_of, last_day, midnight
from tests.proofs.model_wishes import ASKS_FOR_HEADER, CLOSES_HOLD, CREATES, KEPT, Outcome, Wish

Told = dict[str, Any] | set[str]  #: what is shown, or the reasons of a refusal: any of them may be told


class Club:
    """All members, and everything that was ever told."""

    def __init__(self, members: int, now: datetime) -> None:
        self.members = [Member(now) for _ in range(members)]
        self.sales: dict[str, Sale] = {}
        self.spent: dict[str, Spending] = {}  #: by the name of the redemption, or of the hold
        self.holds: dict[str, tuple[int, Hold]] = {}
        self.tombstones: set[tuple[str, str]] = set()
        self.passed: Counter[tuple[str, int, date]] = Counter()
        self.claims: dict[tuple[str, str, str], tuple[Wish, Outcome]] = {}
        self.heard = 0

    def hear(self, wish: Wish, now: datetime) -> Outcome:
        """P2, P3: a key is taken once; a header also by a refusal of some kinds."""
        keys, content = self.keys(wish), replace(wish, header="")
        for key in keys:
            if key in self.claims:
                before, outcome = self.claims[key]
                if before != content:
                    return Outcome(0, 422, frozenset({"key_reused"}))
                if not outcome.codes:  # a header that came with a taken name is taken too
                    self.claims |= {free: (content, outcome) for free in keys if free not in self.claims}
                return replace(outcome, replayed=True)
        for who in {wish.who, wish.to if wish.verb == "transfer" else wish.who}:
            self.members[who].advance(now)
        told: Told = getattr(self, wish.verb)(wish, now)
        self.heard += 1
        if isinstance(told, set):
            outcome = Outcome(self.heard, 422, frozenset(told))
            keys = [key for key in keys if key[0] == "header" and told <= KEPT]
        else:
            outcome = Outcome(self.heard, 201 if wish.verb in CREATES else 200, shows=told)
        self.claims |= dict.fromkeys(keys, (content, outcome))
        return outcome

    def keys(self, wish: Wish) -> list[tuple[str, str, str]]:
        """The header first, then the business key; of a hold that is closed only one of them."""
        header = [("header", wish.verb, wish.header)] if wish.header else []
        if wish.verb in ASKS_FOR_HEADER or (header and wish.verb in CLOSES_HOLD):
            return header
        return [*header, ("name", wish.verb, wish.name)]

    def standing(self, who: int) -> dict[str, Any]:
        member = self.members[who]
        balance = {unit: member.figures(unit) for unit in UNITS}
        return {"balance": balance, "tier": TIERS[member.terms[-1].tier]}

    def purchase(self, wish: Wish, now: datetime) -> Told:
        member, day = self.members[wish.who], day_of(wish.at)
        if ("purchase", wish.name) in self.tombstones:
            return {"receipt_cancelled"}
        if wish.at >= member.blocked_at:
            return {"card_blocked"}
        parts = [
            Part(rule, points, points, day + rule.opens * DAY, rule.opens > 0)
            for rule in RULES
            if rule.tier in ("", member.tier_at(wish.at)) and (points := rule.points_for(wish.lines))
        ]
        self.sales[wish.name] = Sale(wish.who, wish.at, wish.lines, parts)
        units = Counter(dict.fromkeys(UNITS, 0))
        for part in parts:
            units[part.unit] += part.given
        pending = sorted((part.unit, part.given, midnight(part.counts_on)) for part in parts if part.pending)
        for part in parts:
            if part.pending and midnight(part.counts_on) > now:
                member.pending.append(part)
            else:
                member.gave[part.counts_on, wish.name] += part.given if part.unit == MEASURED else 0
                member.open(part)
        for unit in UNITS:
            member.pay(unit)
            member.bury(unit, now)  # what was sold so long ago that its points are dead when it is told
        member.lift(now)
        return self.standing(wish.who) | {"units": dict(units), "pending": pending}

    def give_back(self, wish: Wish, now: datetime) -> Told:
        sale = self.sales[wish.of]
        back = Counter({0: wish.cents}) + Counter(dict(wish.lines))
        if sale.cancelled:
            return {"receipt_cancelled"}
        if any(no > len(sale.lines) for no in back):
            return {"line_unknown"}
        over = any(back[no] + sale.back[no] > cents for no, (cents, _) in enumerate(sale.lines, 1))
        if over or back.total() > sale.left():
            return {"return_exceeds_purchase"}
        sale.back += back
        return self.undo(wish.of, sale)

    def undo(self, name: str, sale: Sale) -> dict[str, Any]:
        """P7: from what is pending, the lots that it gave, then others, then as the unit says."""
        member, due, missing = self.members[sale.who], Counter[str](), Counter[str]()
        for part in sale.parts:
            due[part.unit] += part.points - sale.kept(part)
        taken = +due
        for part in sorted(sale.parts, key=lambda part: part.counts_on, reverse=True):
            gone = min(due[part.unit], part.points)
            due[part.unit] -= gone
            part.points -= gone
            if not part.pending:
                own = last_day(part.unit, part.counts_on)
                missing[part.unit] += gone - total(member.take(part.unit, gone, own))
                if part.unit == MEASURED:  # P14: it counts on its purchase's day
                    member.tally[part.counts_on] -= gone
                    member.gave[part.counts_on, name] -= gone
        short = {unit: points for unit, points in missing.items() if points and UNITS[unit].forgives}
        member.debt.update({unit: points for unit, points in missing.items() if unit not in short})
        debt = {unit: points for unit, points in member.debt.items() if points}
        taken_back = {unit: points - short.get(unit, 0) for unit, points in taken.items()}
        return self.standing(sale.who) | {"taken_back": taken_back, "debt": debt, "shortfall": short}

    def cancel_sale(self, wish: Wish, now: datetime) -> Told:
        """P18: in whatever state it is; on its own day as if it had never been."""
        sale, nothing = self.sales.get(wish.of), {"balance": {}, "taken_back": {}, "void": False}
        if sale is None or sale.cancelled:
            known = sale is not None or ("purchase", wish.of) in self.tombstones
            self.tombstones |= {("purchase", wish.of)} if sale is None else set()
            return nothing | {"was": "cancelled" if known else "unseen"}
        sale.cancelled, void = True, sale.is_of(now)
        told = self.undo(wish.of, sale)
        if void:
            self.members[sale.who].forget(wish.of, now)
        return told | self.standing(sale.who) | {"was": "booked", "void": void}

    def may_spend(self, wish: Wish, points: int) -> set[str]:
        """P8, and nobody spends more than there is."""
        member = self.members[wish.who]
        why = {"in_debt"} if member.debt[wish.unit] else set()
        return why | ({"not_enough_points"} if points > member.available(wish.unit) else set())

    def may_take(self, wish: Wish, now: datetime) -> set[str]:
        """P18: not what was cancelled before it came; M2: by a card that is not blocked."""
        if (wish.verb, wish.name) in self.tombstones:
            return {"reference_cancelled"}
        why = {"card_blocked"} if now >= self.members[wish.who].blocked_at else set()
        return why | self.may_spend(wish, wish.points)

    def redeem(self, wish: Wish, now: datetime) -> Told:
        if why := self.may_take(wish, now):
            return why
        taken = self.members[wish.who].take(wish.unit, wish.points)
        self.spent[wish.name] = Spending(wish.who, wish.unit, wish.points, taken)
        return self.standing(wish.who) | {"points": wish.points, "reversed": 0}

    def hold(self, wish: Wish, now: datetime) -> Told:
        if why := self.may_take(wish, now):
            return why
        member = self.members[wish.who]
        pins = member.take(wish.unit, wish.points)
        held = Hold(wish.unit, wish.points, pins, now + timedelta(seconds=wish.seconds))
        member.holds.append(held)
        self.holds[wish.name] = (wish.who, held)
        return self.standing(wish.who) | {"state": "open", "points": wish.points, "captured": 0}

    def capture(self, wish: Wish, now: datetime) -> Told:
        _, held = self.holds[wish.of]
        why = {"hold_closed"} if held.state != "open" else set()
        why |= {"capture_exceeds_hold"} if wish.points > held.points else set()
        return why or self.close(wish.of, wish.points, "captured", now)

    def void(self, wish: Wish, now: datetime) -> Told:
        _, held = self.holds[wish.of]
        return {"hold_closed"} if held.state != "open" else self.close(wish.of, 0, "voided", now)

    def close(self, name: str, points: int, state: str, now: datetime) -> dict[str, Any]:
        """P6: so much is spent of what was set aside, the rest is let go."""
        who, held = self.holds[name]
        taken, held.pins = draw(held.pins, points)
        held.captured = points
        self.members[who].release(held, state, now)
        if points:
            self.spent[name] = Spending(who, held.unit, points, taken)
        return self.standing(who) | {"state": state, "points": held.points, "captured": points}

    def reverse(self, wish: Wish, now: datetime) -> Told:
        spent = self.spent[wish.of]
        if wish.points > spent.left:
            return {"reversal_exceeds_redemption"}
        self.members[spent.who].give_back(spent.unit, spent.give_back(wish.points), now)
        return self.standing(spent.who) | {"points": wish.points, "reversed": spent.points - spent.left}

    def cancel_hold(self, wish: Wish, now: datetime) -> Told:
        who, held = self.holds.get(wish.name, (wish.who, None))
        if held is None:
            return self.bury("hold", wish.name)
        if held.state == "open":
            self.close(wish.name, 0, "voided", now)
            return self.standing(who) | {"was": "open", "points": held.points}
        if held.captured:
            return self.give_all_back(wish.name, "captured", now)
        return {"was": held.state, "points": 0, "balance": {}}

    def cancel_redemption(self, wish: Wish, now: datetime) -> Told:
        if wish.name not in self.spent:
            return self.bury("redeem", wish.name)
        return self.give_all_back(wish.name, "redeemed", now)

    def give_all_back(self, name: str, was: str, now: datetime) -> dict[str, Any]:
        spent, left = self.spent[name], self.spent[name].left
        if not left:
            return {"was": "reversed", "points": 0, "balance": {}}
        self.members[spent.who].give_back(spent.unit, spent.give_back(left), now)
        return self.standing(spent.who) | {"was": was, "points": left}

    def bury(self, verb: str, name: str) -> dict[str, Any]:
        self.tombstones.add((verb, name))
        return {"was": "unseen", "points": 0, "balance": {}}

    def adjust(self, wish: Wish, now: datetime) -> Told:
        member = self.members[wish.who]
        if wish.points < 0:
            if why := self.may_spend(wish, -wish.points):
                return why
            member.take(wish.unit, -wish.points)
        else:
            member.put(wish.unit, wish.points, day_of(now))
            member.pay(wish.unit)
            member.lift(now)
        return self.standing(wish.who) | {"points": wish.points}

    def transfer(self, wish: Wish, now: datetime) -> Told:
        """P12: the points keep their dates, and pay what the receiver owes."""
        terms, today = UNITS[wish.unit], day_of(now)
        sides = [("gave", wish.who, today), ("got", wish.to, today)]
        why = self.may_spend(wish, wish.points)
        why |= {"transfer_too_small"} if wish.points < terms.least else set()
        if any(self.passed[side] + wish.points > terms.member_day for side in sides):
            why.add("transfer_limit")
        if why:
            return why
        receiver = self.members[wish.to]
        for day, points in self.members[wish.who].take(wish.unit, wish.points):
            receiver.lots[wish.unit][day] += points
        receiver.pay(wish.unit)
        self.passed.update(dict.fromkeys(sides, wish.points))
        return self.standing(wish.who) | {"points": wish.points}

    def hand(self, wish: Wish, now: datetime) -> Told:
        """T8: a tier by hand, until an instant."""
        self.members[wish.who].terms.append(Term(TIERS.index(wish.tier), now, wish.at, "by_hand"))
        return {"tier": wish.tier}

    def block(self, wish: Wish, now: datetime) -> Told:
        member = self.members[wish.who]
        member.blocked_at = min(member.blocked_at, now)
        return {}

    def unblock(self, wish: Wish, now: datetime) -> Told:
        self.members[wish.who].blocked_at = datetime.max.replace(tzinfo=now.tzinfo)
        return {}
