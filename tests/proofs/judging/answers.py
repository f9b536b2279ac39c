"""What somebody was told, beside what was done: ids, points, and the balance just after (law 5)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import Any

from tests.proofs.judging.court import Court
from tests.proofs.judging.days import pair, told
from tests.proofs.judging.households import pooled
from tests.proofs.judging.life import SKEW, Life, Row

ALONG = ("open", "release", "expire", "tier_price", "tier_refund", "forfeit")
MOST_ABOUT = 12  #: changes about one time, of which each may have been before or after


def answered(court: Court, life: Life, claim: Row, row: Row, answer: dict[str, Any]) -> None:
    """Every figure of an answer that rows know."""
    due = _due(life, row)
    for name in answer.keys() & due.keys():
        court.same("5", claim, f"the answer's {name}", answer[name], due[name])
    if row.kind in ("policy", "position"):
        because = [[one["rule"], one["unit"], one["points"]] for one in answer.get("because", [])]
        court.same("5", claim, "the answer's because", because, (row.reasons or {}).get("because"))
    if row.kind == "earn" and "award" in answer:
        _award(court, life, claim, row, answer["award"])
    if life.kin:  # what two have, as one of them tells it
        return
    _standing(court, life, claim, row, answer)
    for unit, figures in answer.get("balance", {}).items():
        _balance(court, life, claim, row, unit, figures)


def _due(life: Life, row: Row) -> dict[str, Any]:
    mine, ours = pair(life.member_id, row.op_id), pair(life.member_id, row.refers_to or 0)
    parts = life.parts.get(row.op_id, [])
    unit, points = (parts[0].unit, parts[0].points) if parts else (None, 0)
    reasons, whole = row.reasons or {}, points + pooled(row)
    due: dict[str, Any] = {}
    if row.kind == "earn":
        due = {"purchase_id": mine, "fact_id": mine, "premium_id": mine}
        if (sale := life.sales.get(row.op_id)) is not None:
            due |= {
                "flags": sale.flags,
                "late": "late" in sale.flags,
                "clock_ahead": "clock_ahead" in sale.flags,
            }
        if (premium := life.premiums.get(row.op_id)) is not None:
            due |= {"reference": premium.reference, "policy_no": premium.policy_no}
    elif row.kind == "redeem":
        due = {"redemption_id": mine, "order_id": mine, "reward": reasons.get("reward"), "unit": unit,
               "points": whole, "reference": reasons.get("reference")}  # fmt: skip
        due |= {"pooled": pooled(row), "reversed": 0}
    elif row.kind == "reverse":
        due = {"reversal_id": mine, "redemption_id": ours, "order_id": ours, "unit": unit, "points": whole,
               "pooled": pooled(row)}  # fmt: skip
    elif row.kind in ("hold", "capture", "void"):
        hold = life.holds.get(row.op_id if row.kind == "hold" else row.refers_to or 0)
        if hold is not None:
            due = {"unit": hold.unit, "points": hold.points, "ends_at": told(hold.ends_at)}
            if life.kind(hold.op_id) == "hold":  # else it may have been asked for by its old name
                due["hold_id"] = pair(life.member_id, hold.op_id)
        closed = {"hold": ("open", 0), "capture": ("captured", points), "void": ("voided", 0)}[row.kind]
        due |= dict(zip(("state", "captured"), closed, strict=True))
        due["redemption_id"] = mine if row.kind == "capture" else None
    elif row.kind == "return":
        due = {"return_id": mine, "purchase_id": ours if row.refers_to else None}
    elif row.kind == "cancel":
        due = {"purchase_id": ours, "premium_id": ours, "was": "booked"}
    elif row.kind == "adjust":
        signed = sum(line.points for line in life.lines.get((row.op_id, unit), [])) if unit else 0
        due = {"adjustment_id": mine, "unit": unit, "points": signed, "reference": reasons.get("reference"),
               "reason_code": reasons.get("reason_code")}  # fmt: skip
    elif row.kind == "transfer_out":
        due = {"transfer_id": mine, "unit": unit, "points": points, "to": reasons.get("with"),
               "reference": reasons.get("reference")}  # fmt: skip
    if row.kind in ("return", "cancel"):
        due["taken_back"] = {part.unit: part.points - part.shortfall for part in parts}
        due["shortfall"] = {part.unit: part.shortfall for part in parts if part.shortfall}
    if row.kind in ("policy", "position"):
        names = ("version", "excluded")
        return {"policy_no": reasons.get("policy")} | {name: reasons.get(name) for name in names}
    return due | {"edition": row.edition}


def _award(court: Court, life: Life, claim: Row, row: Row, award: dict[str, Any]) -> None:
    units = Counter({part.unit: part.points for part in life.parts.get(row.op_id, [])})
    for one in life.followers.get(row.op_id, []):
        if one.kind == "adjust":
            for part in life.parts.get(one.op_id, []):
                units[part.unit] -= part.points
    stored = {unit: points for unit, points in award["units"].items() if points}
    court.same("5", claim, "the answer's award", stored, {unit: n for unit, n in units.items() if n})
    because = [[one["rule"], one["unit"], one["points"]] for one in award["because"]]
    court.same("5", claim, "the answer's because", because, (row.reasons or {}).get("because"))
    rows = sorted(life.promises.get(row.op_id, []), key=lambda one: (one.unit, one.part_no))
    promised = [[one["unit"], one["points"]] for one in award["pending"]]
    court.same("5", claim, "the answer's pending", promised, [[one.unit, one.points] for one in rows])
    for one, promise in zip(award["pending"], rows, strict=False):
        if one["event"] is None or promise.opens_on_event is not None:  # else an event has given it its day
            waits = (told(promise.opens_at), promise.opens_on_event, told(promise.lapses_at))
            shown = (one["opens_at"], one["event"], one["lapses_at"])
            court.same("5", claim, "the answer's promise", shown, waits)


def _standing(court: Court, life: Life, claim: Row, row: Row, answer: dict[str, Any]) -> None:
    if "tier" not in answer or not life.is_orderly:
        return
    held = {
        term.tier
        for term in life.term
        if term.booked_at <= row.booked_at <= (term.end_booked_at or row.booked_at)
    }
    if held:
        court.holds("5", claim, answer["tier"] in held, f"the answer's tier is {answer['tier']}, held {held}")
    if (change := answer.get("tier_change")) is not None:
        fits = [term for term in life.term if term.booked_at == row.booked_at and term.tier == change["after"]
                and told(term.until_at) == change["until"]]  # fmt: skip
        court.holds("5", claim, fits, f"no term began as its answer says: {change}")


def _balance(court: Court, life: Life, claim: Row, row: Row, unit: str, figures: dict[str, int]) -> None:
    ledger = _ledger(life, unit)
    if ledger is None:
        return  # numbers are missing: law 2 says so
    places = _places(life, ledger, row)
    if places is None:
        return
    due = {(ledger.balances[place], ledger.debts[place]) for place in places}
    shown = (figures["available"] + figures["held"] - figures["debt"], figures["debt"])
    court.holds("5", claim, shown in due, f"the answer's {unit} is {figures}, balance and debt were {due}")
    for name, changes in (("held", ledger.holds), ("pending", ledger.promises)):
        possible = changes.possible(row) if life.is_orderly else None
        fits = possible is None or figures[name] in possible
        court.holds("5", claim, fits, f"the answer's {unit} {name} is {figures[name]}")


def _places(life: Life, ledger: Ledger, row: Row) -> range | None:
    """How many entries may have been there just after an operation; None where nobody can say.

    Its event says which were; what the clock and tiers did at the same time may have come with it. A hold has
    no event: there only the time tells.
    """
    turn = life.turns.get(row.op_id)
    if turn is not None:
        first = until = bisect_right(ledger.turns, turn)
        while first and ledger.is_silent(first - 1, life):
            first -= 1  # the end of a hold: before the operation, or after it
        while until < len(ledger.heads) and _came_along(ledger.heads[until], row):
            until += 1
        return range(first, until + 1)
    if not life.is_orderly:
        return None
    first, until = (
        bisect_left(ledger.booked, row.booked_at - SKEW),
        bisect_right(ledger.booked, row.booked_at + SKEW),
    )
    return range(first, until + 1)


def _came_along(head: Row | None, row: Row) -> bool:
    return head is not None and head.kind in ALONG and head.booked_at == row.booked_at


Change = tuple[datetime, int | None, int]  #: when it was booked, by which operation if known, by how much


class Changes:
    """A figure over time."""

    def __init__(self, changes: Iterable[Change]) -> None:
        self._changes = sorted(changes, key=lambda change: change[0])
        self._at = [at for at, _, _ in self._changes]
        self._sums = [0, *accumulate(change for _, _, change in self._changes)]

    def possible(self, row: Row) -> set[int] | None:
        """What it can have been just after an operation: of what was booked about then nobody can say.

        None where too much was.
        """
        first = bisect_left(self._at, row.booked_at - SKEW)
        about = self._changes[first : bisect_right(self._at, row.booked_at + SKEW)]
        if len(about) > MOST_ABOUT:
            return None
        sums = {self._sums[first]}
        for _, op_id, change in about:
            after = {one + change for one in sums}
            sums = after if op_id == row.op_id else sums | after
        return sums


@dataclass(frozen=True)
class Ledger:
    """One account over time: at each place, so many entries in."""

    booked: list[datetime]
    turns: list[int]
    heads: list[Row | None]
    balances: list[int]
    debts: list[int]
    holds: Changes
    promises: Changes

    def is_silent(self, place: int, life: Life) -> bool:
        """Whether an entry is of an operation that is no news."""
        head = self.heads[place]
        return head is None or head.op_id not in life.turns


def _ledger(life: Life, unit: str) -> Ledger | None:
    known: dict[str, Ledger | None] = vars(life).setdefault("ledgers", {})
    if unit not in known:
        entries = life.entries.get(unit, [])
        booked = [row.booked_at for row in entries]
        dense = [row.seq for row in entries] == list(range(1, len(entries) + 1))
        debts = accumulate((-row.points if row.kind == "debt" else 0 for row in entries), initial=0)
        known[unit] = None
        heads = [life.operations.get(row.op_id) for row in entries]
        turns = list(accumulate((life.turns.get(row.op_id, 0) for row in entries), max))
        if dense:
            balances = [0, *(row.balance_after for row in entries)]
            holds, promises = Changes(_held(life, unit)), Changes(_pending(life, unit))
            known[unit] = Ledger(booked, turns, heads, balances, list(debts), holds, promises)
    return known[unit]


def _held(life: Life, unit: str) -> Iterable[Change]:
    for hold in life.hold:
        if hold.unit == unit:
            yield hold.taken_at, hold.op_id, hold.points
            for one in life.followers.get(hold.op_id, []):
                if one.kind in ("capture", "void", "release"):
                    yield one.booked_at, one.op_id, -hold.points


def _pending(life: Life, unit: str) -> Iterable[Change]:
    for row in life.pending:
        if row.unit == unit and row.points > 0:
            own = None if row.contra == "position" else row.op_id  # promises keep a policy's first operation
            yield row.booked_at, own, row.points
            if row.state == "opened":
                yield row.closed_at, row.opened_by, row.taken_back - row.points
            elif row.state == "superseded":
                yield row.closed_at, None, row.taken_back - row.points
    for part in life.operation_part:
        if part.unit == unit and part.withdrawn and part.op_id in life.operations:
            yield life.operations[part.op_id].booked_at, part.op_id, -part.withdrawn
