"""Policies: states as they were told, what each gives whom, and what is booked and promised of it (I1-I5)."""

import json
from collections import Counter
from datetime import datetime
from hashlib import sha256

from tests.proofs.judging.books import Books
from tests.proofs.judging.court import Court
from tests.proofs.judging.life import Life, Row
from tests.proofs.judging.operations import OF_POLICIES


def judge(court: Court, life: Life) -> None:
    """What policies give one member."""
    named = set()
    for row in life.policy_share:
        named.add(row.op_id)
        _share(court, life, row)
        court.totals["shared policies"][row.policy_no] += 1
    for row in life.operation:
        if row.kind == "policy":
            court.holds("I1", row, row.op_id in named, "no policy's share names it")
        if row.kind in OF_POLICIES:
            told = row.reasons or {}
            at = (told.get("policy"), told.get("version"), told.get("status"))
            court.totals["states told"][at] += 1
    for claim in life.claim:
        _claim(court, claim)
    for row in life.premium:
        _premium(court, life, row)


def _claim(court: Court, claim: Row) -> None:
    if claim.scope == "policy":
        court.totals["state claims"][claim.key, claim.request_hash] += 1


def _share(court: Court, life: Life, row: Row) -> None:
    first = life.operations.get(row.op_id)
    if not court.holds("I1", row, first is not None and first.kind == "policy", "no operation began it"):
        return
    told = {(one.reasons or {}).get("policy") for one in [first, *_later(life, row.op_id)]}
    court.same("I1", row, "the policy of its operations", told, {row.policy_no})
    instants = [datetime.fromisoformat(at) for at, _ in row.steps]
    court.holds("I1", row, instants == sorted(set(instants)), "its steps are not in order of time")
    promised = life.promises.get(row.op_id, [])
    court.same("I1", row, "promises", row.promises, len(promised))
    came_to: Counter[str] = Counter()
    for one in [row.op_id, *(later.op_id for later in life.followers.get(row.op_id, []))]:
        for entry in (line for unit in life.entries for line in life.lines.get((one, unit), [])):
            if entry.contra == "position":
                came_to[entry.unit] += entry.points
    booked = dict(came_to)
    scheduled = {datetime.fromisoformat(at) for at, _ in row.steps}
    for one in promised:
        if one.state == "pending" and one.opens_at is not None:
            came_to[one.unit] += one.points
            court.holds("I1", one, one.opens_at in scheduled, f"it opens at {one.opens_at}, which is no step")
    last = row.steps[-1][1] if row.steps else {}
    due = {unit: points for unit, points in came_to.items() if points}
    court.same("I2", row, "what it comes to", last, due)
    _each_step(court, row, booked, promised)


def _later(life: Life, op_id: int) -> list[Row]:
    return [one for one in life.followers.get(op_id, []) if one.kind == "position"]


def _each_step(court: Court, row: Row, booked: dict[str, int], promised: list[Row]) -> None:
    """Between two steps that lie ahead, the promise is the difference."""
    waiting = {one.opens_at for one in promised if one.state == "pending" and one.opens_at is not None}
    if not waiting:
        return
    ahead = [(datetime.fromisoformat(at), given) for at, given in row.steps]
    before = [given for at, given in ahead if at < min(waiting)]
    running = Counter(booked)
    if before:
        held = {unit: points for unit, points in booked.items() if points}
        court.same("I2", row, "what is given by now", before[-1], held)
    for at, given in ahead:
        if at >= min(waiting):
            for one in promised:
                if one.state == "pending" and one.opens_at == at:
                    running[one.unit] += one.points
            due = {unit: points for unit, points in running.items() if points}
            court.same("I2", row, f"what is given from {at} on", given, due)


def _premium(court: Court, life: Life, row: Row) -> None:
    """A premium's claim speaks of all that was told of it."""
    currency = court.editions.items[0].currency
    content = {"reference": row.reference, "policy_no": row.policy_no, "due_on": row.due_on,
               "paid_at": row.paid_at, "amount_minor": row.amount_minor, "currency": currency}  # fmt: skip
    for claim in life.claims.get(row.op_id, []):
        if claim.scope == "premium":
            _speaks(court, row, claim.request_hash, [content])


def _speaks(court: Court, row: Row, stored: str, contents: list[dict]) -> None:
    due = [_fingerprint(content) for content in contents]
    court.holds("5", row, stored in due, f"what was told of it is not what its claim is on ({stored[:12]}…)")


def _fingerprint(content: object) -> str:
    text = json.dumps(content, default=str, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def judge_whole(court: Court, books: Books) -> None:
    """Every policy and every state of one."""
    claims = {key: digest for key, digest in court.totals["state claims"]}
    claims |= {row.key: row.request_hash for row in books.rows("claim") if row.scope == "policy"}
    policies = {row.policy_no: row for row in books.rows("policy")}
    first: dict[str, datetime] = {}
    states = set()
    for row in books.rows("policy_version"):
        key = json.dumps([row.policy_no, str(row.version)], ensure_ascii=False, separators=(",", ":"))
        states.add((row.policy_no, row.version, row.status))
        first[row.policy_no] = min(first.get(row.policy_no, row.told_at), row.told_at)
        court.holds("I1", row, row.policy_no in policies, "there is no such policy")
        if court.holds("5", row, key in claims, "nobody has a claim on this state"):
            content = row.content | {"policy_no": row.policy_no, "version": row.version, "status": row.status}
            told = [content | {"effective_at": row.effective_at, "holder": holder} for holder in {row.holder, None}]
            _speaks(court, row, claims.pop(key), told)
    for key in claims:
        if claims[key] != "*":
            court.breach("5", f"claim scope=policy key={key}", "no such state is known")
    for policy_no, row in policies.items():
        court.same("I1", row, "told_at", row.told_at, first.get(policy_no))
    for policy_no in court.totals["shared policies"].keys() - policies.keys():
        court.breach("I1", f"policy policy_no={policy_no}", "there is none, and somebody has a share of it")
    for told in court.totals["states told"].keys() - states:
        court.breach("I1", f"policy_version policy_no={told[0]} version={told[1]}", f"no state {told[2]} is known")
