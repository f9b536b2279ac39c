"""News of policies and premiums of a span of members, as facts they lived."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from loyalty import calendar
from loyalty.acts import Act
from loyalty.decide import premium
from loyalty.decide.lived import Insured, Paid
from loyalty.decide.rating import Told
from loyalty.ledger import OF_POLICIES
from loyalty.ledger import OperationRow as Operation
from loyalty.members import Reference
from loyalty.policies import (
    PaidPremium,
    PolicyRow,
    PolicyShare,
    PolicyState,
    PolicyVersion,
    Premium,
    rebases_of,
    state_of,
)
from loyalty.reads.span import Span, Turn, Turns

Asked = Mapping[tuple[str, int, str], datetime]  #: (policy, edition, from when on) → when that was asked for

_FIRST = 0  #: the place of news that booked nothing, among what was booked at its instant


@dataclass(frozen=True, slots=True)
class Rebased:
    """A policy is rated by an edition from an instant on; when that was asked for."""

    asked_at: datetime
    at: datetime
    edition: int


@dataclass(frozen=True, slots=True)
class Followed:
    """All states of a policy in the order they were told, each with when, and its rebases."""

    states: tuple[tuple[datetime, PolicyState], ...]
    rebased: tuple[Rebased, ...]

    def told(self, by: datetime, later: Collection[int] = ()) -> Told:
        """What was told by an instant, without the versions that came `later` at that very instant."""
        states = [
            state
            for told_at, state in self.states
            if told_at < by or (told_at == by and state.version not in later)
        ]
        rebases = sorted((one.at, one.edition) for one in self.rebased if one.asked_at <= by)
        return Told(tuple(sorted(states, key=lambda state: state.version)), tuple(rebases))

    def as_held_by(self, member_id: int, erased_at: datetime) -> "Followed":
        """As it was before its holder was forgotten: nobody else is known to have held it (M7)."""
        states = tuple(
            (told_at, replace(state, holder=member_id))
            if told_at <= erased_at and state.holder is None and state.holder_reference is None
            else (told_at, state)
            for told_at, state in self.states
        )
        return replace(self, states=states)


@dataclass(frozen=True, slots=True)
class Policies:
    """The policies that concern a span of members, and which concern whom."""

    by_number: Mapping[str, Followed]
    of_member: Mapping[int, set[str]]


def asked(session: Session, as_of: datetime) -> Asked:
    """When it was asked for that policies are rated by another edition."""
    rows = select(Act.at, Act.subject, Act.content).where(Act.kind == "policies.rebased", Act.at <= as_of)
    return {
        (policy_no, int(subject.removeprefix("edition ")), since): asked_at
        for asked_at, subject, content in session.execute(rows)
        for policy_no, since in content["policies"].items()
    }


def policies_of(session: Session, span: Span, asked: Asked) -> Policies:
    """All that is told of the policies that concern members: held, given points for, or paid for."""
    told = PolicyVersion
    held = select(told.holder, told.policy_no).where(told.holder.between(span.first, span.last))
    given = select(PolicyShare.member_id, PolicyShare.policy_no).where(span.holds(PolicyShare))
    paid = select(Premium.member_id, Premium.policy_no).where(span.holds(Premium))
    of_member: dict[int, set[str]] = defaultdict(set)
    for member_id, policy_no in session.execute(held.union(given, paid)):
        of_member[member_id].add(policy_no)
    numbers = sorted({number for mine in of_member.values() for number in mine})
    return Policies(_followed(session, span, numbers, asked) if numbers else {}, of_member)


def facts_of_policies(
    session: Session,
    span: Span,
    policies: Policies,
    operations: Sequence[Any],
    erased: Mapping[int, datetime],
) -> Turns:
    """Every state told of a policy that concerns a member, whatever else booked news of it, and premiums."""
    booked: dict[tuple[int, str], list[Any]] = defaultdict(list)
    for row in operations:
        if row.kind in OF_POLICIES and row.booked_at != erased.get(row.member_id):
            booked[row.member_id, row.reasons["policy"]].append(row)
    for member_id, numbers in policies.of_member.items():
        for policy_no in sorted(numbers & policies.by_number.keys()):
            policy = policies.by_number[policy_no]
            if member_id in erased:
                policy = policy.as_held_by(member_id, erased[member_id])
            yield from _news(member_id, policy, booked[member_id, policy_no])
    yield from _premiums(session, span, policies)


def _news(member_id: int, policy: Followed, booked: Sequence[Any]) -> Iterator[Turn]:
    """What one member heard of one policy: its states, rebases, and what came of it when they joined."""
    placed = {(row.booked_at, row.reasons["version"]): row.op_id for row in booked}
    told = {told_at for told_at, _ in policy.states}
    for told_at in sorted(told):
        versions = {state.version: state for at, state in policy.states if at == told_at}
        arrived = _arrived(
            sorted(versions), {of: op_id for (at, of), op_id in placed.items() if at == told_at}
        )
        for turn, (version, place) in enumerate(arrived, start=1):
            known = policy.told(told_at, [later for later, _ in arrived[turn:]])
            if any(one.holder == member_id for one in known.states):
                yield member_id, told_at, place, Insured(told_at, known, versions[version])
    rebased = {one.asked_at for one in policy.rebased}
    others = {row.booked_at: row.op_id for row in booked if row.booked_at not in told}
    for at in sorted(rebased | others.keys()):
        known = policy.told(at)
        if any(one.holder == member_id for one in known.states):
            state = known.at(at) or known.states[0]
            yield member_id, at, others.get(at, _FIRST), Insured(at, known, state, by_club=at in rebased)


def _arrived(versions: Sequence[int], placed: Mapping[int, int]) -> list[tuple[int, int]]:
    """The versions told at one instant in the order they came, each with its place: one after the other.

    Where what they booked says otherwise, those that booked nothing came first.
    """
    arrived, last = list[tuple[int, int]](), _FIRST
    for version in versions:
        last = placed.get(version, last)
        arrived.append((version, last))
    if any(before > after for (_, before), (_, after) in pairwise(arrived)):
        return sorted(((one, placed.get(one, _FIRST)) for one in versions), key=lambda one: one[1])
    return arrived


def _premiums(session: Session, span: Span, policies: Policies) -> Turns:
    mine = (Operation.member_id == Premium.member_id) & (Operation.op_id == Premium.op_id)
    rows = (
        select(Premium, Operation.booked_at)
        .join(Operation, mine)
        .where(span.holds(Premium), span.booked(Operation))
    )
    for row, booked_at in session.execute(rows):
        currency = span.editions.at(booked_at).programme.club.currency
        fact = PaidPremium(row.reference, row.policy_no, row.due_on, row.paid_at, row.amount_minor, currency)
        told = policies.by_number[row.policy_no].told(booked_at)
        state = premium.paid_under(told, min(row.paid_at, booked_at))
        yield row.member_id, booked_at, row.op_id, Paid(booked_at, row.op_id, fact, state)


def _followed(session: Session, span: Span, numbers: Sequence[str], asked: Asked) -> dict[str, Followed]:
    called = select(Reference.value, Reference.member_id).where(span.holds(Reference))
    names = dict(session.execute(called).tuples().all())
    told = select(PolicyVersion).where(
        PolicyVersion.policy_no.in_(numbers), PolicyVersion.told_at <= span.as_of
    )
    states: dict[str, list[tuple[datetime, PolicyState]]] = defaultdict(list)
    for row in session.scalars(told.order_by(PolicyVersion.told_at, PolicyVersion.version)):
        state = state_of(row)
        if state.holder is None and state.holder_reference in names:
            state = replace(state, holder=names[state.holder_reference])
        states[row.policy_no].append((row.told_at, state))
    rebased = {
        row.policy_no: tuple(
            Rebased(asked.get((row.policy_no, edition, calendar.instant_text(at)), at), at, edition)
            for at, edition in rebases_of(row)
        )
        for row in session.scalars(select(PolicyRow).where(PolicyRow.policy_no.in_(numbers)))
    }
    return {number: Followed(tuple(states[number]), rebased[number]) for number in states}
