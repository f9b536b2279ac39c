"""What somebody was told, beside what was done: ids, points, and the balance just after (law 5)."""

import itertools
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from tests.proofs.judging.court import Court
from tests.proofs.judging.days import pair, told
from tests.proofs.judging.life import Life, Row

SKEW = timedelta(seconds=10)  #: so far apart processes may look at the clock and be let in


def answered(court: Court, life: Life, claim: Row, row: Row, answer: dict[str, Any]) -> None:
    """Every figure of an answer that rows know."""
    due = _due(life, row)
    for name in answer.keys() & due.keys():
        court.same("5", claim, f"the answer's {name}", answer[name], due[name])
    if row.kind == "earn" and "award" in answer:
        _award(court, life, claim, row, answer["award"])
    _standing(court, life, claim, row, answer)
    for unit, figures in answer.get("balance", {}).items():
        _balance(court, life, claim, row, unit, figures)


def _due(life: Life, row: Row) -> dict[str, Any]:
    mine, ours = pair(life.member_id, row.op_id), pair(life.member_id, row.refers_to or 0)
    parts = life.parts.get(row.op_id, [])
    unit = parts[0].unit if parts else None
    points = parts[0].points if parts else 0
    reasons = row.reasons or {}
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
        due = {"redemption_id": mine, "unit": unit, "points": points, "reversed": 0,
               "reference": reasons.get("reference")}  # fmt: skip
    elif row.kind == "reverse":
        due = {"reversal_id": mine, "redemption_id": ours, "unit": unit, "points": points}
    elif row.kind in ("hold", "capture", "void"):
        hold = life.holds.get(row.op_id if row.kind == "hold" else row.refers_to or 0)
        if hold is not None:
            due = {"hold_id": pair(life.member_id, hold.op_id), "unit": hold.unit, "points": hold.points,
                   "ends_at": told(hold.ends_at)}  # fmt: skip
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
        return {"policy_no": reasons.get("policy"), "version": reasons.get("version")}
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
        if promise.opens_on_event is not None or promise.then_days is None:
            dated = promise.opens_on_event is None and one.get("opens_on_event") is not None
            if not dated:
                court.same("5", claim, "when pending opens", one.get("opens_at"), told(promise.opens_at))


def _standing(court: Court, life: Life, claim: Row, row: Row, answer: dict[str, Any]) -> None:
    if "tier" not in answer:
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
    entries = life.entries.get(unit, [])
    if [one.seq for one in entries] != list(range(1, len(entries) + 1)):
        return  # law 2 says so
    if any(one.booked_at > other.booked_at for one, other in itertools.pairwise(entries)):
        return  # the clock was set back between them: nobody can say which of them came before
    last = max((one.seq for one in entries if one.op_id == row.op_id), default=0)
    before = max((one.seq for one in entries if one.booked_at < row.booked_at - SKEW), default=0)
    until = max((one.seq for one in entries if one.booked_at <= row.booked_at + SKEW), default=0)
    places = range(max(last, before), until + 1)
    due = set()
    for place in places:
        debt = -sum(one.points for one in entries[:place] if one.kind == "debt")
        due.add((entries[place - 1].balance_after if place else 0, debt))
    shown = (figures["available"] + figures["held"] - figures["debt"], figures["debt"])
    court.holds(
        "5", claim, shown in due, f"the answer's {unit} is {figures}, balance and debt were {sorted(due)}"
    )
    for name, changes in (("held", _held(life, unit)), ("pending", _pending(life, unit))):
        possible = _possible(changes, row)
        court.holds("5", claim, figures[name] in possible, f"the answer's {unit} {name}: {figures[name]}")


Change = tuple[datetime, int | None, int]  #: when it was booked, by which operation if known, by how much


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
            yield row.booked_at, row.op_id, row.points
            if row.state == "opened":
                yield row.closed_at, row.opened_by, row.taken_back - row.points
            elif row.state == "superseded":
                yield row.closed_at, None, row.taken_back - row.points
    for part in life.operation_part:
        if part.unit == unit and part.withdrawn and part.op_id in life.operations:
            yield life.operations[part.op_id].booked_at, part.op_id, -part.withdrawn


def _possible(changes: Iterable[Change], row: Row) -> set[int]:
    """What a figure can have been just after an operation; of what was booked about then nobody can say."""
    sums = {0}
    for at, op_id, change in changes:
        if op_id == row.op_id or at < row.booked_at - SKEW:
            sums = {one + change for one in sums}
        elif at <= row.booked_at + SKEW:
            sums |= {one + change for one in sums}
    return sums
