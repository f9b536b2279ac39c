"""What news of a policy leads to for one member: the difference now, and the scheduled ones to come. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from loyalty.decide import resuming, standing
from loyalty.decide.course import Course
from loyalty.decide.outcome import Outcome, Snapshot
from loyalty.decide.programme import Editions
from loyalty.decide.rating import Step, Told, given_at
from loyalty.decide.resuming import Gone
from loyalty.ledger.lots import Account, Change, Pending, awake, credit, lot_for
from loyalty.ledger.operations import OF_POLICIES, Opening, Operation, Part
from loyalty.ledger.undoing import take_back
from loyalty.policies.position import cooling_off_end, timeline

POSITION = "position"
COOLING_OFF = "policy.cooling_off_end"  #: what points without a day wait for; no activity is called so


@dataclass(frozen=True, slots=True)
class Share:
    """What a policy gives a member: as it was worked out before, and as it is known now."""

    before: tuple[Step, ...]
    after: tuple[Step, ...]
    op_id: int | None = None  #: of the member's first operation for the policy; None: this will be it
    promises: int = 0  #: how many it has had so far
    waiting: Mapping[str, int] = field(default_factory=dict)  #: once the end of cooling-off is known (I4)

    def changes(self, now: datetime) -> bool:
        """Whether the policy gives anything else now, or will by the clock."""
        return _from(self.before, now) != _from(self.after, now)


def follow(
    editions: Editions,
    share: Share,
    happened_at: datetime,
    reasons: Mapping[str, Any],
    snapshot: Snapshot,
    now: datetime,
    ids: Iterator[int],
    gone: Gone | None = None,
) -> Outcome:
    """Book what a policy gives more or less now, and promise what it will by the clock (I1, I2).

    A rise lifts in the same operation (T4); a fall changes no term before its end (T5). `gone`: where the
    policy counts as never made, the terms that it alone caused end (T10).
    """
    course = standing.true_at(editions, snapshot, now, ids)
    if not share.changes(now) and share.waiting == _waiting(course, share):
        return course.outcome()
    op_id, edition = course.new_id(), editions.at(happened_at)
    first = op_id if share.op_id is None else share.op_id
    parts, accounts, superseded = [], {}, []
    for unit in _units(course, share):
        account, closed = _without_promises(course.account(unit), first)
        superseded += [Opening(unit, pending) for pending in closed]
        promised = _promised(editions, share, unit, first, now)
        moved = _moved(course, share, unit, account, happened_at, now)
        accounts[unit] = moved.account._replace(pending=(*moved.account.pending, *promised))
        points = abs(sum(move.points for move in moved.moves if move.contra == POSITION))
        parts.append(Part(unit, points, moved.moves, promised))
    operation = Operation(
        op_id,
        "policy" if share.op_id is None else POSITION,
        edition.number,
        happened_at,
        tuple(parts),
        refers_to=share.op_id,
        reasons=reasons,
        supersedes=tuple(superseded),
    )
    resuming.book(course, operation, accounts, gone, now)
    return course.outcome()


def kept_of(share: Share, outcome: Outcome) -> tuple[int | None, int]:
    """The member's first operation for the policy, and how many promises it has had, after an outcome."""
    booked = [operation for operation in outcome.operations if operation.kind in OF_POLICIES]
    first = share.op_id or next((operation.op_id for operation in booked), None)
    return first, share.promises + sum(len(part.promised) for one in booked for part in one.parts)


def is_void(editions: Editions, told: Told, now: datetime) -> bool:
    """Whether there never was a policy: it is rescinded, or was cancelled in its cooling-off (T10)."""
    state = told.at(now)
    if state is None or state.status != "cancelled":
        return state is not None and state.status == "rescinded"
    terms = editions.at(state.effective_at).programme.policies
    end = cooling_off_end(timeline(told.states), state.effective_at, terms, editions.zone)
    return end is None or state.effective_at < end


def _from(steps: tuple[Step, ...], now: datetime) -> tuple[Mapping[str, int], tuple[Step, ...]]:
    """What is given at an instant, and what changes after it."""
    return given_at(steps, now), tuple(step for step in steps if step[0] > now)


def _units(course: Course, share: Share) -> list[str]:
    stepped = {unit for _, points in (*share.before, *share.after) for unit in points}
    return sorted(stepped | share.waiting.keys() | _waiting(course, share).keys())


def _waiting(course: Course, share: Share) -> dict[str, int]:
    """What of the policy waits without a day, as it was told before."""
    return {
        unit: pending.points
        for unit, account in course.accounts.items()
        for pending in account.pending
        if pending.op_id == share.op_id and pending.on_event == COOLING_OFF
    }


def _without_promises(account: Account, op_id: int) -> tuple[Account, tuple[Pending, ...]]:
    """The account without what an earlier state of the policy promised by the clock."""
    closed = tuple(pending for pending in account.pending if pending.op_id == op_id)
    kept = tuple(pending for pending in account.pending if pending.op_id != op_id)
    return account._replace(pending=kept), closed


def _promised(editions: Editions, share: Share, unit: str, op_id: int, now: datetime) -> tuple[Pending, ...]:
    """The differences that the clock will bring, those that lower below nil (I1); then what has no day."""
    given = given_at(share.after, now).get(unit, 0)
    promised: list[Pending] = []
    for at, units in share.after:
        if at > now and (difference := units.get(unit, 0) - given):
            given += difference
            edition = editions.at(at)
            no, expiry = share.promises + len(promised) + 1, edition.programme.units[unit].expiry
            promised.append(Pending(op_id, no, difference, at, expiry, edition.number, contra=POSITION))
    if points := share.waiting.get(unit, 0):
        edition = editions.at(now)
        no, expiry = share.promises + len(promised) + 1, edition.programme.units[unit].expiry
        promised.append(
            Pending(op_id, no, points, None, expiry, edition.number, COOLING_OFF, contra=POSITION)
        )
    return tuple(promised)


def _moved(
    course: Course, share: Share, unit: str, account: Account, happened_at: datetime, now: datetime
) -> Change:
    """What the policy gives more or less at once; its day is that of the last change by now (N6)."""
    difference = given_at(share.after, now).get(unit, 0) - given_at(share.before, now).get(unit, 0)
    changed_at = max((at for at, _ in share.after if at <= now), default=happened_at)
    day, today = course.day(changed_at), course.day(now)
    if difference < 0:
        return take_back(account, -difference, (), clamp=False, counts_on=day, contra=POSITION)
    if difference == 0:
        return Change(account)
    lot = awake(account, lot_for(course.editions.at(happened_at).programme.units[unit], day), today)
    return credit(account, lot, difference, POSITION, day, today)
