"""A member's state on its way through one decision: every step moves the state and is noted down."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from loyalty import calendar, ids
from loyalty.calendar import FOREVER
from loyalty.decide.ageing import acted, aged
from loyalty.decide.outcome import Event, Outcome, Snapshot
from loyalty.decide.programme import Editions
from loyalty.ledger.lots import Account
from loyalty.ledger.operations import (
    OF_POLICIES,
    HoldClosing,
    Opening,
    Operation,
    Part,
    is_act,
)
from loyalty.ledger.settling import Step, next_due, settle
from loyalty.ledger.terms import Unit
from loyalty.rules.evaluation import Award
from loyalty.tiers.evaluation import Term
from loyalty.usage.terms import NOTHING, UsageKey, Used

NEWS = {
    "earn": "points.earned",
    "open": "points.opened",
    "redeem": "points.spent",
    "capture": "points.spent",
    "reverse": "points.given_back",
    "return": "points.returned",
    "adjust": "points.adjusted",
    "expire": "points.expired",
    "cancel": "points.returned",
    "import": "points.imported",
    "transfer_out": "points.passed_on",
    "transfer_in": "points.received",
    "policy": "points.followed_policy",
    "position": "points.followed_policy",
    "tier_price": "points.paid_for_tier",
    "tier_refund": "points.given_back",
    "forfeit": "points.forfeited",
    "pool_out": "points.pooled",
    "pool_back": "points.given_back",
}
_UP_AND_DOWN = ("adjust", *OF_POLICIES)  #: kinds whose news tell points with their sign
_NO_DAYS: Mapping[date, int] = {}
POLICIES_WANTED = "policies.wanted"
ERASED = "member.erased"
MERGED, UNMERGED = "member.merged", "member.unmerged"
STOPPED, RELEASED = "account.stopped", "account.released"
#: All that outsiders hear of.
EVENT_KINDS = frozenset(NEWS.values()) | {
    "tier.changed", "card.issued", POLICIES_WANTED, STOPPED, RELEASED, ERASED, MERGED, UNMERGED,
    "member.contact_changed", "member.frozen", "member.unfrozen", "member.suspended", "member.resumed",
    "member.left", "member.came_back", "member.deceased", "member.restored", "estate.settled",
    "reward.ordered", "reward.used", "reward.sent", "reward.cancelled",
    "benefit.granted", "benefit.waiting", "benefit.reserved", "benefit.used", "benefit.cancelled",
    "benefit.missed", "benefit.mailed", "manager.assigned", "manager.wanted", "manager.ended",
}  # fmt: skip


class Course:
    """Walks one member from a snapshot to an outcome; `ids` gives each new operation its number."""

    def __init__(self, editions: Editions, snapshot: Snapshot, ids: Iterator[int]) -> None:
        self.editions, self.zone = editions, editions.zone
        self.start = snapshot
        self.accounts: dict[str, Account] = dict(snapshot.accounts)
        self.tally: dict[str, Mapping[date, int]] = dict(snapshot.tally)
        self.terms: list[Term] = list(snapshot.terms)
        self.operations: list[Operation] = []
        self._entries: dict[str, int] = {}  # of these operations, by unit
        self.measured: dict[int, Mapping[str, int]] = {}
        self.lifts: dict[int, datetime | None] = {}
        self.events: list[Event] = []
        self.uses: dict[UsageKey, Used] = {}
        self._ids = ids
        self._dues: dict[str, tuple[Account, datetime | None]] = {}

    @property
    def term(self) -> Term:
        """The running term."""
        return self.terms[-1]

    def new_id(self) -> int:
        """A number for the next operation."""
        return next(self._ids)

    def account(self, unit: str) -> Account:
        """The account of a unit; empty for a unit newer than the member."""
        return self.accounts.get(unit) or self._aged(Account(unit))

    def last_seq(self, unit: str) -> int:
        """The number of the last entry of a unit's account, this decision's own entries included."""
        before = self.start.accounts.get(unit)
        return (before.version if before else 0) + self._entries.get(unit, 0)

    def units(self, at: datetime) -> Mapping[str, Unit]:
        """The units of the edition in force at an instant."""
        return self.editions.at(at).programme.units

    def used(self, key: UsageKey) -> Used:
        """What is used of a limit, this decision's own part included."""
        return self.start.used.get(key, NOTHING) + self.uses.get(key, NOTHING)

    def use(self, key: UsageKey, times: int, amount: int) -> None:
        """Count something against a limit."""
        self.uses[key] = self.uses.get(key, NOTHING) + Used(times, amount)

    def day(self, at: datetime) -> date:
        """The club's calendar day at an instant."""
        return calendar.local_day(at, self.zone)

    def ask_for_policies(self, now: datetime) -> None:
        """Ask the core system for all the member's policies, where the programme follows any (I8)."""
        if self.editions.at(now).programme.follows_policies:
            self.events.append(Event(POLICIES_WANTED, {}))

    def order(self, now: datetime) -> None:
        """Spend from every account as the club spends now (P4)."""
        oldest_first = self.editions.at(now).programme.oldest_first
        for unit, account in self.accounts.items():
            if account.oldest_first != (unit in oldest_first):
                self.accounts[unit] = account._replace(oldest_first=unit in oldest_first)

    def next_due(self) -> datetime | None:
        """The next instant at which the clock changes one of the accounts; only others are looked at anew."""
        dues = []
        for unit, account in self.accounts.items():
            known = self._dues.get(unit)
            if known is None or known[0] is not account:
                known = self._dues[unit] = account, next_due(account, self.zone)
            if known[1] is not None:
                dues.append(known[1])
        return min(dues, default=None)

    def note(self, operation: Operation, accounts: Mapping[str, Account]) -> None:
        """Write an operation down, with the accounts as they are after it."""
        self.operations.append(operation)
        self.accounts.update(accounts)
        if self.editions.idling and is_act(operation.kind, operation.reasons):
            self._keep_alive(operation.happened_at)
        for part in operation.parts:
            self._entries[part.unit] = self._entries.get(part.unit, 0) + len(part.moves)
            for move in part.moves:
                if (day := move.counts_on) is not None:
                    days = self.tally.get(part.unit, _NO_DAYS)
                    self.tally[part.unit] = {**days, day: days.get(day, 0) + move.points}
        if operation.kind in NEWS:
            units = {part.unit: part.points for part in operation.parts}
            if operation.kind in _UP_AND_DOWN:
                units |= operation.points
            name = ids.pair_to_text(self.start.member_id, operation.op_id)
            body: dict[str, object] = {"operation": name, "units": units}
            if others := _paid_by_others(operation):
                body["pooled"] = others
            self.events.append(Event(NEWS[operation.kind], body))

    def settle(self, at: datetime) -> tuple[set[str], set[str]]:
        """Make every account true at a due instant (P5); the units that rose, and those that fell."""
        rose, fell = set(), set()
        for unit, account in list(self.accounts.items()):
            settled, steps = settle(account, at, self.zone)
            for step in steps:
                self.note(self._operation(unit, step, at), {})
            self.accounts[unit] = settled
            opened = [step.pending.points for step in steps if step.pending is not None]
            if any(points > 0 for points in opened):
                rose.add(unit)
            if min(opened, default=0) < 0 or any(
                move.contra == "expired" for step in steps for move in step.moves
            ):
                fell.add(unit)
        return rose, fell

    def begin(self, term: Term) -> None:
        """Start a term; the running one ends where it starts (T3)."""
        before = self.terms[-1].tier if self.terms else None
        self.terms.append(term)
        self.accounts = {unit: self._aged(account) for unit, account in self.accounts.items()}
        if before != term.tier:
            begins, ends = calendar.instant_text(term.from_at), term.until_at
            until = calendar.instant_text(ends) if ends else None
            body = {"before": before, "after": term.tier, "from": begins, "until": until}
            self.events.append(Event("tier.changed", {**body, "reason": term.reason}))

    def annotate(self, note: str, protected: bool) -> None:
        """Keep why a hand gave the running term, and whether a fall may end it (T8)."""
        evidence = {**self.term.evidence, "note": note}
        self.terms[-1] = replace(self.term, evidence=evidence, protected=protected)

    def measure(self, readings: Mapping[str, int]) -> None:
        """Keep what the review's own measuring day showed (T7)."""
        self.measured[self.term.no] = readings
        self.terms[-1] = replace(self.term, measured=readings)

    def lift_at(self, at: datetime | None) -> None:
        """Let a lift out of the running term start at an instant; None: none is waiting any more (T4)."""
        if at != self.term.lifts_at:
            self.lifts[self.term.no] = at
            self.terms[-1] = replace(self.term, lifts_at=at)

    def outcome(self, award: Award | None = None) -> Outcome:
        """All that happened on the way."""
        start = self.start
        after = Snapshot(
            start.member_id,
            start.enrolled_at,
            start.birth_date,
            {unit: self._numbered(account) for unit, account in self.accounts.items()},
            self.tally,
            tuple(self.terms),
            {**start.used, **{key: self.used(key) for key in self.uses}},
            start.attributes,
            start.merged_into,
        )
        return Outcome(
            after,
            tuple(self.operations),
            tuple(self.terms[len(start.terms) :]),
            self.measured,
            tuple(self.events),
            award,
            self.uses,
            self.lifts,
        )

    def _numbered(self, account: Account) -> Account:
        """The account with the number of its last entry."""
        last = self.last_seq(account.unit)
        return account if account.version == last else account._replace(version=last)

    def _aged(self, account: Account) -> Account:
        if not self.terms:  # whoever arrives with points has no tier yet
            return account
        return aged(self.editions, account, self.term, self.start.enrolled_at)

    def _keep_alive(self, at: datetime) -> None:
        """The member acted: what dies by inactivity lives on from that day."""
        for unit in self.editions.idling & self.accounts.keys():
            account = self.accounts[unit]
            kept = acted(self.editions, account, self.day(at))
            self.accounts[unit] = account if kept == account else self._aged(kept)

    def _operation(self, unit: str, step: Step, at: datetime) -> Operation:
        held, opened = step.hold, step.pending
        source = held or opened
        lapsed = opened if step.kind == "expire" else None
        reasons: Mapping[str, object] | None = {"unclaimed": lapsed.on_event} if lapsed else None
        if _writes_off_undated(step):
            reasons = self._idle_since(unit)
        return Operation(
            op_id=self.new_id(),
            kind=step.kind,
            edition=source.edition if source else self.editions.at(at).number,
            happened_at=at,
            parts=(Part(unit, step.points, step.moves, withdrawn=(lapsed,) if lapsed else ()),),
            reasons=reasons,
            refers_to=source.op_id if source else None,
            closes=HoldClosing(held.op_id, unit, "ended", 0) if held else None,
            opens=Opening(unit, opened) if opened and not lapsed else None,
        )

    def _idle_since(self, unit: str) -> Mapping[str, object]:
        """Since when the member has not acted: why points without a day of their own died."""
        since = self.account(unit).last_active_on or self.day(self.start.enrolled_at)
        return {"inactive_since": since.isoformat()}


def _writes_off_undated(step: Step) -> bool:
    return any(move.contra == "expired" and move.lot.last_day == FOREVER for move in step.moves)


def _paid_by_others(operation: Operation) -> int:
    """What others of the household pay of an operation, or get back (M8)."""
    shares: Any = operation.reasons["pool"] if operation.reasons and "pool" in operation.reasons else ()
    return sum(points for _, points in shares)
