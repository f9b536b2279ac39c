"""What the club knows of a member's own policies, and what each gives them: now, soon, and why (I6, I7)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from loyalty import calendar, members, policies
from loyalty.decide import rating
from loyalty.decide.programme import Editions
from loyalty.decide.rating import Because, Told
from loyalty.errors import NotFound
from loyalty.ledger import Unit
from loyalty.policies import PolicyState


@dataclass(frozen=True, slots=True)
class Coming:
    """From a day on, what a policy gives more of a unit, or less."""

    day: date
    unit: str
    points: int  #: signed, in the unit's smallest steps


@dataclass(frozen=True, slots=True)
class HeldPolicy:
    """One policy as its holder sees it. Of one that passed to somebody else, nothing of after that."""

    policy_no: str
    state: PolicyState  #: the last one in which it was the member's
    left_on: date | None  #: since that day it is not theirs any more
    state_on: date  #: since when that state holds
    points: Mapping[str, int]  #: what it gives now, by unit
    gave: Mapping[str, int]  #: where it gives nothing now: what it gave last
    coming: tuple[Coming, ...]  #: the first to come first
    waiting: Mapping[str, int]  #: what it will give on a day that nobody knows yet (I4)
    because: tuple[Because, ...]  #: what it gives now, rule by rule
    excluded: tuple[str, ...]  #: products of coverages that no rule counts (I6)


@dataclass(frozen=True, slots=True)
class HeldPolicies:
    """All policies of a member, what gives most first, with what they give together."""

    policies: tuple[HeldPolicy, ...]
    points: Mapping[str, int]
    units: Mapping[str, Unit]


def held_policies(session: Session, editions: Editions, member_id: int, now: datetime) -> HeldPolicies:
    """A member's policies. Raises NotFound where the programme gives nothing for policies."""
    programme = editions.at(now).programme
    if not programme.follows_policies:
        raise NotFound
    return policies_called(session, editions, member_id, members.references(session, member_id), now)


def policies_called(
    session: Session, editions: Editions, member_id: int, called: Iterable[str], now: datetime
) -> HeldPolicies:
    """The same of a member whom core systems call so."""
    programme, names = editions.at(now).programme, frozenset(called)
    found = []
    for states, rebases in policies.told_of_member(session, member_id).values():
        mine = (replace(one, holder=member_id) if _is_called(one, names) else one for one in states)
        told = Told(tuple(mine), rebases)
        if (held := _held(editions, told, member_id, now)) is not None:
            found.append(held)
    found.sort(key=lambda one: (-max(one.points.values(), default=0), one.left_on is not None, one.policy_no))
    points: dict[str, int] = {}
    for one in found:
        for unit, given in one.points.items():
            points[unit] = points.get(unit, 0) + given
    return HeldPolicies(tuple(found), points, programme.units)


def _is_called(state: PolicyState, names: frozenset[str]) -> bool:
    """Whether it was told of the member before they joined."""
    return state.holder is None and state.holder_reference in names


def _held(editions: Editions, told: Told, member_id: int, now: datetime) -> HeldPolicy | None:
    line = told.line(now)
    own = [place for place, one in enumerate(line) if one.holder == member_id]
    if not own:
        return None
    last, zone = own[-1], editions.zone
    state = line[last]
    after = line[last + 1] if last + 1 < len(line) else None
    steps = rating.schedule(editions, told, member_id)
    points = rating.given_at(steps, now)
    earlier = [given for at, given in steps if at <= now and given]
    reasons = rating.rate(editions, told, now) if after is None else rating.Rating((), ())
    products = {one.no: one.product for one in state.coverages}
    return HeldPolicy(
        state.policy_no,
        state,
        calendar.local_day(after.effective_at, zone) if after else None,
        calendar.local_day(_since(line[: last + 1]), zone),
        points,
        {} if points or not earlier else earlier[-1],
        tuple(_coming(editions, steps, points, now)),
        rating.waiting(editions, told, member_id, now),
        tuple(one for one in reasons.because if one.opens_at is not None and one.opens_at <= now),
        tuple(products[no] for no in reasons.excluded if no in products),
    )


def _since(line: Sequence[PolicyState]) -> datetime:
    """Since when the status of the last state holds, whatever else of it was told anew."""
    since = line[-1].effective_at
    for state in reversed(line):
        if state.status != line[-1].status:
            break
        since = state.effective_at
    return since


def _coming(
    editions: Editions, steps: tuple[rating.Step, ...], points: Mapping[str, int], now: datetime
) -> Iterator[Coming]:
    before = points
    for at, given in steps:
        if at <= now:
            continue
        for unit in sorted({*before, *given}):
            if change := given.get(unit, 0) - before.get(unit, 0):
                yield Coming(calendar.local_day(at, editions.zone), unit, change)
        before = given
