"""Staff correct a member's points, with a reason; above what one person may, a second one decides."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy.orm import Session

from loyalty import acts, approvals, calendar, ids, ledger, members
from loyalty.actions.answers import balances, standing_after
from loyalty.actions.book import Taken, fresh_ids, take, write
from loyalty.actions.keep_apart import keep_apart
from loyalty.actions.once import Asking, Told, Wish, once, was_told
from loyalty.actions.units import known_unit
from loyalty.decide import spend, standing
from loyalty.decide.alone import Excess, watch_alone
from loyalty.decide.ceilings import watch
from loyalty.decide.outcome import Outcome
from loyalty.decide.programme import Editions
from loyalty.errors import NotFound
from loyalty.usage import UsageKey

_KIND: approvals.Kind = "adjustment"


@dataclass(frozen=True, slots=True)
class FileApproval:
    """A second person's word for the very rows of a file that they were shown."""

    digest: str  #: of those rows
    maker: str
    checker: str


@dataclass(frozen=True, slots=True)
class Correction:
    """Points to give or take by hand, in a unit's smallest steps, and why; `reference` is its maker's own."""

    member_id: int
    unit: str
    points: int
    reason_code: str
    note: str
    reference: str


def adjust(
    session: Session,
    editions: Editions,
    asked: Correction,
    *,
    asking: Asking,
    approved: FileApproval | None = None,
) -> tuple[dict[str, Any], bool]:
    """Add or take points by hand, once for the client's reference.

    Above what the client may correct alone nothing is booked, and the answer has an `approval_id`; for a
    line of a file that two persons stand for there is no such limit.

    Raises UnitUnknown, SelfDealing, NotFound, StateForbids, InDebt, NotEnoughPoints, CeilingExceeded,
    KeyReused.
    """
    points = abs(asked.points)

    def do() -> Told:
        known_unit(editions, asked.unit, asking.now)
        wanted = replace(asked, member_id=members.current(session, asked.member_id))
        if approved is not None:
            return _of_file(session, editions, wanted, approved, asking.now)
        keep_apart(session, asking.client, wanted.member_id)
        alone = watch_alone(editions, wanted.unit, asking.client, asking.now)
        by = {"by": asking.client}
        taken, outcome = _decided(session, editions, wanted, by, asking.now, alone.keys(wanted.member_id))
        if (excess := alone.excess(outcome, points)) is not None:
            return _ask(session, editions, wanted, excess, taken, asking)
        return _book(session, editions, wanted, taken, alone.counted(outcome, points), by, asking.now)

    return once(session, _wish(asked, asking), do, editions)


def is_known(session: Session, asked: Correction, asking: Asking) -> bool:
    """Whether this very correction was booked before. Raises KeyReused for another one of its reference."""
    return was_told(session, _wish(asked, asking))


def _wish(asked: Correction, asking: Asking) -> Wish:
    content = {
        "member": asked.member_id,
        "unit": asked.unit,
        "points": asked.points,
        "reason": asked.reason_code,
        "note": asked.note,
    }
    return Wish(_KIND, asking, (asked.reference,), content)


def adjust_approved(
    session: Session, editions: Editions, request: approvals.ApprovalRequest, checker: str, now: datetime
) -> Told:
    """Book a correction as its maker asked for it; their reference leads to it from now on.

    Where its member was merged since, it is theirs still, and is passed on to the survivor (M6).

    Raises SelfDealing, NotFound, InDebt, NotEnoughPoints, CeilingExceeded.
    """
    told = {name: request.content[name] for name in ("unit", "points", "reason_code", "note", "reference")}
    wanted = Correction(cast(int, request.member_id), **told)
    by = {"by": request.maker, "approved_by": checker}
    for person in by.values():
        keep_apart(session, person, wanted.member_id)
    taken, outcome = _decided(session, editions, wanted, by, now)
    booked = _book(session, editions, wanted, taken, outcome, by, now)
    claims = ledger.claims
    name = claims.scope_of(_KIND, request.maker), claims.key_of((wanted.reference,))
    claimed = claims.find(session, *name)
    first = (claimed.outcome if claimed else None) or {}
    claims.bind(session, *name, first, booked.member_id, booked.op_id)
    return booked


def _of_file(
    session: Session, editions: Editions, wanted: Correction, approved: FileApproval, now: datetime
) -> Told:
    by = {"by": approved.maker, "approved_by": approved.checker, "file": approved.digest}
    for person in (approved.maker, approved.checker):
        keep_apart(session, person, wanted.member_id)
    taken, outcome = _decided(session, editions, wanted, by, now)
    return _book(session, editions, wanted, taken, outcome, by, now)


def _decided(
    session: Session,
    editions: Editions,
    wanted: Correction,
    by: dict[str, str],
    now: datetime,
    limits: Iterable[UsageKey] = (),
) -> tuple[Taken, Outcome]:
    """The member under their lock, and what the correction leads to, within the club's ceilings."""
    ceilings = watch(editions, "manual", by["by"], now, now)
    try:
        keys = {*ceilings.keys(wanted.member_id), *limits}
        taken = take(session, editions, wanted.member_id, now, limits=keys)
    except NotFound:
        raise NotFound.at("member_id") from None
    whose = members.survivor_of(session, members.by_id(session, wanted.member_id))
    members.check(members.stands(whose), "correct")
    reasons = {name: getattr(wanted, name) for name in ("reason_code", "note", "reference")} | by
    unit, points = wanted.unit, wanted.points
    outcome = spend.adjust(editions, unit, points, taken.snapshot, now, fresh_ids(now), reasons)
    return taken, ceilings.passed(outcome, {unit: abs(points)})


def _book(
    session: Session,
    editions: Editions,
    wanted: Correction,
    taken: Taken,
    outcome: Outcome,
    by: dict[str, str],
    now: datetime,
) -> Told:
    write(session, editions, taken, outcome, now)
    booked = outcome.booked("adjust")
    answer = _named(wanted) | {
        "adjustment_id": ids.pair_to_text(wanted.member_id, booked.op_id),
        "balance": balances(outcome),
        **standing_after(editions, outcome),
        "edition": booked.edition,
    }
    told = {"unit": wanted.unit, "points": wanted.points, "reason": wanted.reason_code}
    told |= {"operation": answer["adjustment_id"]} | {k: v for k, v in by.items() if k != "by"}
    name = ids.to_text(wanted.member_id)
    acts.record(session, now, actor=by["by"], kind="points.adjusted", subject=name, content=told)
    return Told(answer, wanted.member_id, booked.op_id)


def _ask(
    session: Session, editions: Editions, wanted: Correction, excess: Excess, taken: Taken, asking: Asking
) -> Told:
    """Let the correction wait for a second person; nothing of it is booked, and its reference is taken."""
    now, name = asking.now, ids.to_text(wanted.member_id)
    content = asdict(wanted) | {"member_id": name} | asdict(excess)
    request = approvals.ask(session, _KIND, content, maker=asking.client, now=now, member_id=wanted.member_id)
    approval_id = ids.to_text(request.approval_id)
    told = {"kind": _KIND, "digest": request.digest, "member": name}
    acts.record(session, now, actor=asking.client, kind="approval.asked", subject=approval_id, content=told)
    seen = standing.true_at(editions, taken.snapshot, now, fresh_ids(now)).outcome()
    answer = _named(wanted) | {
        "approval_id": approval_id,
        "status": "waiting_for_approval",
        **asdict(excess),
        "void_at": calendar.instant_text(request.void_at),
        "balance": balances(seen),
        **standing_after(editions, seen),
        "edition": editions.at(now).number,
    }
    return Told(answer, wanted.member_id)


def _named(wanted: Correction) -> dict[str, Any]:
    return {
        "member_id": ids.to_text(wanted.member_id),
        "unit": wanted.unit,
        "points": wanted.points,
        "reason_code": wanted.reason_code,
        "reference": wanted.reference,
    }
