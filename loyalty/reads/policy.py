"""A policy as the club knows it: its states, what it gives and why; each policy's part of a member (I7)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import members, policies
from loyalty.decide import rating
from loyalty.decide.programme import Editions
from loyalty.decide.rating import Rating, Told
from loyalty.errors import NotFound
from loyalty.policies import PolicyState


@dataclass(frozen=True, slots=True)
class Given:
    """From an instant on, what a policy gives its holder."""

    at: datetime
    units: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class PolicyView:
    """A policy at an instant: the state that holds, every state told, what it gives and will, by whom."""

    policy_no: str
    at: datetime
    state: PolicyState | None
    states: tuple[PolicyState, ...]
    rating: Rating
    position: Mapping[str, int]
    schedule: tuple[Given, ...]


@dataclass(frozen=True, slots=True)
class PolicyPart:
    """What one policy gives a member at an instant (I7)."""

    policy_no: str
    status: str
    units: Mapping[str, int]


def told_of(session: Session, policy_no: str, by: datetime | None = None) -> Told:
    """All that is known of a policy, or was by an instant. Who joined since a state was told holds it too."""
    survivors: dict[int, int] = {}
    known = (_resolved(session, state, survivors) for state in policies.states(session, policy_no, by))
    return Told(tuple(known), policies.rebases(session, policy_no))


def held_of(session: Session, numbers: Collection[str]) -> dict[str, Told]:
    """Who held each of some policies, and since when, asked for at once; nothing of how they are rated."""
    states = policies.states_of(session, numbers) if numbers else {}
    survivors: dict[int, int] = {}
    return {
        number: Told(tuple(_resolved(session, state, survivors) for state in states.get(number, ())))
        for number in numbers
    }


def policy_view(
    session: Session, editions: Editions, policy_no: str, at: datetime, now: datetime
) -> PolicyView:
    """A policy at an instant, by what was told until then. Raises NotFound."""
    told = told_of(session, policy_no, min(at, now))
    if not told.states:
        raise NotFound
    state, rated = told.at(at), rating.rate(editions, told, at)
    holder = state.holder if state is not None else None
    steps = rating.schedule(editions, told, holder) if holder is not None else ()
    schedule = tuple(Given(*step) for step in steps)
    return PolicyView(policy_no, at, state, told.states, rated, rating.given_at(steps, at), schedule)


def parts_of(
    session: Session, editions: Editions, member_id: int, at: datetime, now: datetime
) -> tuple[PolicyPart, ...]:
    """What each policy gives a member at an instant; those that give nothing are left out (I7)."""
    parts = []
    for policy_no in policies.policies_of(session, member_id):
        told = told_of(session, policy_no, min(at, now))
        given = rating.given_at(rating.schedule(editions, told, member_id), at)
        state = told.at(at)
        if given and state is not None:
            parts.append(PolicyPart(policy_no, state.status, given))
    return tuple(parts)


def _resolved(session: Session, state: PolicyState, survivors: dict[int, int]) -> PolicyState:
    """The state with its holder, by reference too; of whoever was merged, the survivor (M6), asked once."""
    if state.holder is not None:
        if state.holder not in survivors:
            survivors[state.holder] = members.current(session, state.holder)
        return replace(state, holder=survivors[state.holder])
    if state.holder_reference is None:
        return state
    try:
        return replace(state, holder=members.by_reference(session, state.holder_reference).member_id)
    except NotFound:
        return state
