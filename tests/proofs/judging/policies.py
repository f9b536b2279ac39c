"""Policies: states as they were told, what each gives whom, and what is booked and promised of it (I1-I5)."""

import json
from collections import Counter
from datetime import datetime

from tests.proofs.judging.books import Books
from tests.proofs.judging.court import Court
from tests.proofs.judging.life import Life, Row
from tests.proofs.judging.operations import OF_POLICIES
from tests.proofs.judging.wishes import fingerprint


def judge(court: Court, life: Life) -> None:
    """What policies give one member."""
    named = set()
    for row in life.policy_share:
        named.add(row.op_id)
        _share(court, life, row)
        court.totals["shared policies"][row.policy_no] += 1
        court.totals["void shares"][row.policy_no, life.member_id, row.void_at] += 1
    for row in life.operation:
        if row.kind == "policy":
            court.holds("I1", row, row.op_id in named, "no policy's share names it")
        if row.kind in OF_POLICIES:
            told = row.reasons or {}
            at = (told.get("policy"), told.get("version"), told.get("status"))
            court.totals["states told"][at] += 1


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


def judge_whole(court: Court, books: Books) -> None:
    """Every policy and every state of one."""
    claims = {row.key: row for row in books.rows("claim") if row.scope == "policy"}
    called = {row.value: row.member_id for row in books.rows("member_reference")}
    policies = {row.policy_no: row for row in books.rows("policy")}
    first: dict[str, datetime] = {}
    states = set()
    told_of: dict[str, list[Row]] = {}
    for row in books.rows("policy_version"):
        key = json.dumps([row.policy_no, str(row.version)], ensure_ascii=False, separators=(",", ":"))
        told_of.setdefault(row.policy_no, []).append(row)
        states.add((row.policy_no, row.version, row.status))
        first[row.policy_no] = min(first.get(row.policy_no, row.told_at), row.told_at)
        court.holds("I1", row, row.policy_no in policies, "there is no such policy")
        if court.holds("5", row, key in claims, "nobody has a claim on this state"):
            claim = claims.pop(key)
            court.same("I1", row, "told_at", row.told_at, claim.taken_at)
            _holder(court, row, claim, called)
            content = row.content | {"policy_no": row.policy_no, "version": row.version, "status": row.status}
            told = [
                content | {"effective_at": row.effective_at, "holder": holder}
                for holder in {row.holder, None}
            ]
            due = {fingerprint(one) for one in told}
            as_kept = claim.request_hash in due or _lacks_persons(row)
            court.holds("5", claim, as_kept, "its hash is not of the state as it is kept")
    for claim in claims.values():
        court.breach("5", claim, "no such state is known")
    for policy_no, row in policies.items():
        court.same("I1", row, "told_at", row.told_at, first.get(policy_no))
        rebases = {(policy_no, datetime.fromisoformat(at), edition) for at, edition in row.rebases}
        acted = {rebased for rebased in court.totals["rebased"] if rebased[0] == policy_no}
        court.same("14", row, "rebases", rebases, acted)
    for policy_no in court.totals["shared policies"].keys() - policies.keys():
        court.breach("I1", f"policy policy_no={policy_no}", "there is none, and somebody has a share of it")
    for policy_no, member_id, void_at in court.totals["void shares"]:
        _void(court, policy_no, member_id, void_at, told_of.get(policy_no, []))
    for told in court.totals["states told"].keys() - states:
        court.breach(
            "I1", f"policy_version policy_no={told[0]} version={told[1]}", f"no state {told[2]} is known"
        )


def _lacks_persons(row: Row) -> bool:
    """Whether the state was told with persons who were forgotten since, or before (M7)."""
    content = row.content
    nobody = row.holder is None and content.get("holder_reference") is None
    return nobody or any(one["reference"] == "" for one in content.get("insured", []))


def _holder(court: Court, row: Row, claim: Row, called: dict[str, int]) -> None:
    """A holder by reference is the member called so, unless they joined later (I8)."""
    reference = row.content.get("holder_reference")
    if reference is None:
        return
    member = called.get(reference)
    if row.holder is None:
        late = member is None or claim.member_id != member
        court.holds("I8", row, late, f"its holder {reference} was a member")
    else:
        court.same("I5", row, "holder", row.holder, member)


def _void(court: Court, policy_no: str, member_id: int, void_at: datetime | None, told: list[Row]) -> None:
    """A policy that never was is one that its last word rescinds, or cancels (T10)."""
    where = f"policy_share member_id={member_id} policy_no={policy_no}"
    if void_at is not None:
        never = {row.status for row in told} & {"rescinded", "cancelled"}
        court.holds("T10", where, never, f"void at {void_at}, and no state says so")
        court.holds(
            "T10",
            where,
            void_at in {row.told_at for row in told},
            f"void at {void_at}, when nothing was told",
        )
        return
    last = max((row.told_at for row in told), default=None)
    held = [row for row in told if last is not None and row.effective_at <= last]
    status = max(held, key=lambda row: row.version).status if held else None
    court.holds("T10", where, status != "rescinded", "it is rescinded, and not void")
