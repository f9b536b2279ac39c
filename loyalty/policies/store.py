"""The rows of policies."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, String, bindparam, cast, func, insert, or_, select, text, update
from sqlalchemy.orm import Session

from loyalty.guard import expect_one
from loyalty.policies.facts import Coverage, Insured, PaidPremium, PolicyState
from loyalty.policies.models import Policy, PolicyShare, PolicyVersion, Premium
from loyalty.tables import Moment, family

Rebase = tuple[datetime, int]  #: from that instant every layer is rated by that edition (I2)
Step = tuple[datetime, Mapping[str, int]]  #: from that instant a policy gives so many points of each unit

_COLUMNS = ("policy_no", "version", "effective_at", "status", "holder")
_DAYS = ("issued_on", "receipt_signed_on", "cooling_off_ends_on", "paid_to", "grace_ends_on")
_OPEN = text(
    "INSERT INTO policy (policy_no, rebases, told_at) VALUES (:policy_no, '[]', :told_at) "
    "ON CONFLICT (policy_no) DO NOTHING"
).bindparams(bindparam("told_at", type_=Moment))


@dataclass(frozen=True, slots=True)
class Share:
    """What a policy gives one member, as it was last worked out; its first operation keeps its promises."""

    steps: tuple[Step, ...]
    op_id: int
    promises: int = 0
    void_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class HeldShare:
    """What one policy gave a member, gives and will, from each instant on, the first one first."""

    policy_no: str
    issued_on: date
    steps: tuple[Step, ...]

    def given_at(self, at: datetime) -> Mapping[str, int]:
        """What it gives at an instant, by unit."""
        return next((points for since, points in reversed(self.steps) if since <= at), {})


def lock(session: Session, policy_no: str, now: datetime) -> tuple[Rebase, ...]:
    """Lock a policy, and open it if nobody has told of it yet; its rebases."""
    session.execute(_OPEN, {"policy_no": policy_no, "told_at": now})
    mine = select(Policy).where(Policy.policy_no == policy_no).with_for_update()
    return rebases_of(session.scalars(mine, execution_options={"populate_existing": True}).one())


def rebases(session: Session, policy_no: str) -> tuple[Rebase, ...]:
    """The rebases of a policy; none of one that nobody told of."""
    found = session.get(Policy, policy_no)
    return rebases_of(found) if found else ()


def rebase(session: Session, policy_no: str, told: Iterable[Rebase]) -> None:
    """Keep from when on which edition rates a locked policy."""
    rows = [[at.isoformat(), edition] for at, edition in told]
    done = session.execute(update(Policy).where(Policy.policy_no == policy_no).values(rebases=rows))
    expect_one(done, "positions", "the policy")


def keep_state(session: Session, state: PolicyState, now: datetime) -> None:
    """Keep what was told of a policy."""
    content = asdict(state)
    row = {name: content.pop(name) for name in _COLUMNS} | {"told_at": now}
    days = {name: content[name].isoformat() for name in _DAYS if content[name] is not None}
    session.execute(insert(PolicyVersion), [row | {"content": content | days}])


def states(session: Session, policy_no: str, told_by: datetime | None = None) -> tuple[PolicyState, ...]:
    """Every state of a policy, or those told by an instant, by version."""
    rows = select(PolicyVersion).where(PolicyVersion.policy_no == policy_no)
    if told_by is not None:
        rows = rows.where(PolicyVersion.told_at <= told_by)
    return tuple(state_of(row) for row in session.scalars(rows.order_by(PolicyVersion.version)))


def states_of(session: Session, numbers: Iterable[str]) -> dict[str, tuple[PolicyState, ...]]:
    """Every state of each of these policies, by version."""
    found: dict[str, list[PolicyState]] = {}
    rows = select(PolicyVersion).where(PolicyVersion.policy_no.in_(list(numbers)))
    for row in session.scalars(rows.order_by(PolicyVersion.policy_no, PolicyVersion.version)):
        found.setdefault(row.policy_no, []).append(state_of(row))
    return {policy_no: tuple(told) for policy_no, told in found.items()}


def shares(session: Session, policy_no: str) -> dict[int, Share]:
    """What a policy gives, by member."""
    rows = session.scalars(select(PolicyShare).where(PolicyShare.policy_no == policy_no))
    return {row.member_id: _share(row) for row in rows}


def shares_of(session: Session, member_id: int) -> tuple[HeldShare, ...]:
    """What each policy gives one member, or gave, with when it was issued: in one statement."""
    told = PolicyVersion
    last = (
        select(func.max(told.version)).where(told.policy_no == PolicyShare.policy_no).correlate(PolicyShare)
    )
    mine = (
        select(PolicyShare, told)
        .join(told, (told.policy_no == PolicyShare.policy_no) & (told.version == last.scalar_subquery()))
        .where(PolicyShare.member_id == member_id)
        .order_by(PolicyShare.policy_no)
    )
    return tuple(
        HeldShare(share.policy_no, state_of(version).issued_on, _share(share).steps)
        for share, version in session.execute(mine)
    )


def policies_of(session: Session, member_id: int) -> list[str]:
    """The policies that give a member something, gave it, or will."""
    mine = select(PolicyShare.policy_no).where(PolicyShare.member_id == member_id)
    return list(session.scalars(mine.order_by(PolicyShare.policy_no)))


def told_of_holder(session: Session, member_id: int) -> list[str]:
    """The policies that any state said a member holds, or whoever was merged into them."""
    told = select(PolicyVersion.policy_no).where(PolicyVersion.holder.in_(family(member_id))).distinct()
    return list(session.scalars(told.order_by(PolicyVersion.policy_no)))


def told_of_member(
    session: Session, member_id: int
) -> dict[str, tuple[tuple[PolicyState, ...], tuple[Rebase, ...]]]:
    """Every state and rebase of each policy that gives a member something, or that any state said they hold.

    By policy, in order, from one statement; gave it or will give it is the same.
    """
    told = PolicyVersion
    held = select(told.policy_no).where(told.holder.in_(family(member_id)))
    given = select(PolicyShare.policy_no).where(PolicyShare.member_id == member_id)
    rows = (
        select(told, Policy)
        .join(Policy, Policy.policy_no == told.policy_no)
        .where(told.policy_no.in_(held.union(given)))
        .order_by(told.policy_no, told.version)
    )
    found: dict[str, tuple[tuple[PolicyState, ...], tuple[Rebase, ...]]] = {}
    for row, policy in session.execute(rows):
        earlier, _ = found.get(row.policy_no, ((), ()))
        found[row.policy_no] = ((*earlier, state_of(row)), rebases_of(policy))
    return found


def touching(session: Session, member_id: int) -> list[str]:
    """The policies of both: that any state said a member holds, or that give, gave or will give them."""
    told = select(PolicyVersion.policy_no).where(PolicyVersion.holder.in_(family(member_id)))
    gives = select(PolicyShare.policy_no).where(PolicyShare.member_id == member_id)
    return sorted(session.scalars(told.union(gives)))


def void_operations(session: Session, member_id: int) -> list[int]:
    """The first operations of a member's policies that never were, and their reversed premiums (T10)."""
    never = select(PolicyShare.op_id).where(
        PolicyShare.member_id == member_id, PolicyShare.void_at.is_not(None)
    )
    back = select(Premium.op_id).where(Premium.member_id == member_id, Premium.reversed_at.is_not(None))
    return sorted([*session.scalars(never), *session.scalars(back)])


def keep_share(session: Session, member_id: int, policy_no: str, share: Share) -> None:
    """Keep what a policy gives one member from now on."""
    key = {"member_id": member_id, "policy_no": policy_no}
    values = {
        "steps": [[at.isoformat(), dict(points)] for at, points in share.steps],
        "op_id": share.op_id,
        "promises": share.promises,
        "void_at": share.void_at,
    }
    if session.get(PolicyShare, (member_id, policy_no)) is None:
        session.execute(insert(PolicyShare), [key | values])
        return
    mine = update(PolicyShare).where(PolicyShare.member_id == member_id, PolicyShare.policy_no == policy_no)
    expect_one(session.execute(mine.values(values)), "positions", "the share of a policy", member_id)


def forget_person(session: Session, member_id: int, references: Iterable[str]) -> None:
    """Nobody holds, and nobody is named by, what was told of a person's policies, nor by others' (M7).

    `references` are theirs; of the policies that they held, every insured person's goes.
    """
    called = sorted(references)
    held = PolicyVersion.holder == member_id
    rows = select(PolicyVersion).where(or_(held, *(_mentions(one) for one in called)))
    for row in session.scalars(rows).all():
        is_theirs = row.holder == member_id
        row.content = without_names(row.content, None if is_theirs else called)
        row.holder = None if is_theirs else row.holder
    session.flush()


def without_names(content: Mapping[str, Any], called: Collection[str] | None = None) -> dict[str, Any]:
    """What was told of a policy without the references of persons: all of them, or those `called` so (M7)."""

    def goes(reference: str | None) -> bool:
        return called is None or reference in called

    holder = content["holder_reference"]
    insured = [one | {"reference": ""} if goes(one["reference"]) else one for one in content["insured"]]
    return {**content, "holder_reference": None if goes(holder) else holder, "insured": insured}


def _mentions(reference: str) -> ColumnElement[bool]:
    """Whether what was told may name a person so: SQLite keeps other letters than PostgreSQL does."""
    content = cast(PolicyVersion.content, String)
    spelled = {json.dumps(reference), json.dumps(reference, ensure_ascii=False)}
    return or_(*(content.contains(one, autoescape=True) for one in sorted(spelled)))


def numbers(session: Session, after: str = "", limit: int = 1000) -> Sequence[str]:
    """Up to `limit` policies behind that one, in order."""
    rows = select(Policy.policy_no).where(Policy.policy_no > after).order_by(Policy.policy_no)
    return session.scalars(rows.limit(limit)).all()


def keep_premium(
    session: Session, fact: PaidPremium, member_id: int, op_id: int, award: list[list[Any]]
) -> None:
    """Keep a premium that was paid, under the operation that awarded it."""
    row = asdict(fact) | {"member_id": member_id, "op_id": op_id, "award": award}
    del row["currency"]  # the club has one
    session.execute(insert(Premium), [row])


def premium(session: Session, reference: str) -> Premium | None:
    """A premium by the core system's name for it, as it is now."""
    return session.get(Premium, reference, populate_existing=True)


def reverse_premium(session: Session, member_id: int, reference: str, now: datetime) -> None:
    """Note on a member's premium that it was never paid."""
    mine = (Premium.reference == reference, Premium.member_id == member_id, Premium.reversed_at.is_(None))
    done = session.execute(update(Premium).where(*mine).values(reversed_at=now))
    expect_one(done, "5", "a premium not reversed yet", member_id)


def rebases_of(row: Policy) -> tuple[Rebase, ...]:
    """The rebases of a policy as its row says."""
    return tuple((datetime.fromisoformat(at), edition) for at, edition in row.rebases)


def _share(row: PolicyShare) -> Share:
    steps = tuple((datetime.fromisoformat(at), points) for at, points in row.steps)
    return Share(steps, row.op_id, row.promises, row.void_at)


def state_of(row: PolicyVersion) -> PolicyState:
    """A state as its row says."""
    content = dict(row.content)
    coverages = tuple(Coverage(**one) for one in content.pop("coverages"))
    insured = tuple(Insured(**one) for one in content.pop("insured"))
    own: dict[str, Any] = {name: getattr(row, name) for name in _COLUMNS}
    own |= {name: _day(content.pop(name)) for name in _DAYS}
    return PolicyState(**own, **content, coverages=coverages, insured=insured)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
