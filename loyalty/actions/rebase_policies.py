"""Policies are rated by a newer edition: at once, or from their holders' next reviews on (I2)."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import acts, calendar, members, policies, tiers
from loyalty.actions.apply_policy import follow_one
from loyalty.actions.book import take
from loyalty.actions.once import Asking
from loyalty.calendar import BEGINNING
from loyalty.decide.programme import Editions
from loyalty.decide.rebasing import Rebasing
from loyalty.reads.policy import told_of
from loyalty.reads.rebasing import When, rebasing


def rebase_policies(
    session: Session, editions: Editions, numbers: Sequence[str], edition: int, when: When, *, asking: Asking
) -> dict[str, Rebasing]:
    """Rate a chunk of policies by an edition; those that are not yet. What each gives more or less is booked.

    A line of acts tells which, and from when on. What changes at a review acts by the clock, just before it.
    Policies of somebody who is stopped are left for a later run.
    """
    concerned = _locked(session, numbers, asking.now)
    done: dict[str, Rebasing] = {}
    for policy_no in concerned:
        made, _ = rebasing(session, editions, policy_no, edition, when, asking.now)
        if made is not None:
            policies.rebase(session, policy_no, made.told.rebases)
            _follow(session, editions, policy_no, made, concerned[policy_no], asking)
            done[policy_no] = made
    if done:
        since = {policy_no: calendar.instant_text(made.at) for policy_no, made in done.items()}
        told = {"when": when, "policies": since}
        acts.record(
            session,
            asking.now,
            actor=asking.client,
            kind="policies.rebased",
            subject=f"edition {edition}",
            content=told,
        )
    return done


def _locked(session: Session, numbers: Sequence[str], now: datetime) -> dict[str, set[int]]:
    """Whom each policy concerns; the policies are locked in their order, then the members in theirs.

    A policy that concerns somebody who is stopped is left out.
    """
    for policy_no in sorted(numbers):
        policies.lock(session, policy_no, now)
    concerned = {
        policy_no: {
            *policies.shares(session, policy_no),
            *(state.holder for state in told_of(session, policy_no).states if state.holder is not None),
        }
        for policy_no in numbers
    }
    stands = {one: tiers.stand(session, one, locked=True) for one in sorted(set().union(*concerned.values()))}
    stopped = {one for one, stand in stands.items() if stand is not None and stand.stopped_at is not None}
    return {policy_no: whom for policy_no, whom in concerned.items() if not whom & stopped}


def _follow(
    session: Session,
    editions: Editions,
    policy_no: str,
    made: Rebasing,
    concerned: Iterable[int],
    asking: Asking,
) -> None:
    known, now = policies.shares(session, policy_no), asking.now
    state = made.told.at(now) or made.told.states[0]
    for member_id in members.unmerged(session, tiers.alive(session, concerned)):
        taken = take(session, editions, member_id, now, since=BEGINNING)
        share = known.get(member_id)
        follow_one(session, editions, state, made.told, share, taken, asking, happened_at=now)
