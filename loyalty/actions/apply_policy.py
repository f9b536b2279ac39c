"""The core system tells a state of a policy: what it gives its holder changes, perhaps the tier."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from loyalty import calendar, ids, members, policies, tiers
from loyalty.actions.answers import balances, standing_after
from loyalty.actions.book import Taken, fresh_ids, take, write
from loyalty.actions.enrol import enrol_holder
from loyalty.actions.once import Asking, Told, Wish, once
from loyalty.actions.sold import gone_with
from loyalty.calendar import BEGINNING
from loyalty.decide import policy as decide
from loyalty.decide import rating
from loyalty.decide.outcome import Outcome
from loyalty.decide.programme import Editions
from loyalty.errors import CurrencyForeign, Invalid, NotAMember, NotFound
from loyalty.ledger import OF_POLICIES
from loyalty.policies import Insured, PolicyState
from loyalty.reads.policy import told_of


def apply_policy(
    session: Session, editions: Editions, state: PolicyState, *, asking: Asking, identity_key: bytes
) -> tuple[dict[str, Any], bool]:
    """Apply a state once per (policy, version), in any order of arrival; whoever held or holds it is moved.

    The state names its holder by member or by reference. Told again it changes nothing, but whoever joined
    since, as its holder by reference, is given what is theirs (I8).

    Raises NotAMember for a policy that nobody in the club ever held, NotFound for a member who is not there,
    PersonErased for a holder who was forgotten; of an insured person who was, no reference is kept. Raises
    Invalid, CurrencyForeign, KeyReused.
    """
    policies.check(state)
    now = asking.now
    currency = editions.at(now).programme.club.currency
    if state.currency != currency:
        raise CurrencyForeign(currency=state.currency, club=currency)

    def do() -> Told:
        policies.lock(session, state.policy_no, now)
        holder = _holder(session, editions, state, asking, identity_key)
        held = replace(state, holder=holder, insured=_insured(session, state, identity_key))
        known = policies.shares(session, state.policy_no)
        if held.holder is None and not policies.states(session, state.policy_no):
            raise NotAMember
        policies.keep_state(session, held, now)
        return _follow(session, editions, held, known, asking)

    key = (state.policy_no, str(state.version))
    answer, replayed = once(session, Wish("policy", asking, key, asdict(state), club_wide=True), do, editions)
    if replayed:
        _follow_joined(session, editions, state, asking)
    return answer, replayed


def _holder(
    session: Session, editions: Editions, state: PolicyState, asking: Asking, identity_key: bytes
) -> int | None:
    """The member that a state names, merged or not; somebody new where the club takes holders in (I8)."""
    if state.holder is not None:
        try:
            return members.by_id(session, state.holder).member_id
        except NotFound:
            raise NotFound.at("holder.member_id") from None
    if state.holder_reference is None:
        raise Invalid(fields={"holder": "must name a member or a reference"})
    try:
        return members.called(session, state.holder_reference).member_id
    except NotFound:
        members.refuse_erased(session, (state.holder_reference,), (), identity_key)
        if editions.at(asking.now).programme.club.enrolment != "automatic":
            return None
        newcomer = members.Newcomer(state.holder_reference, references=(state.holder_reference,))
        return enrol_holder(session, editions, newcomer, asking, identity_key)


def _insured(session: Session, state: PolicyState, identity_key: bytes) -> tuple[Insured, ...]:
    """The insured persons of a state, those who were forgotten without a name (M7)."""
    called = {one.reference for one in state.insured}
    if called:
        members.keep_called(session, called)
    gone = members.erased_among(session, called, identity_key)
    return tuple(replace(one, reference="") if one.reference in gone else one for one in state.insured)


def _follow(
    session: Session,
    editions: Editions,
    state: PolicyState,
    known: Mapping[int, policies.Share],
    asking: Asking,
) -> Told:
    """Move everybody whom the policy gives something, gave it, or will (I5), locked in their order."""
    now = asking.now
    told = told_of(session, state.policy_no)
    touched = {*known, *(one.holder for one in told.states if one.holder is not None)}
    concerned = members.unmerged(session, tiers.alive(session, touched))
    taken = {one: take(session, editions, one, now, since=BEGINNING) for one in concerned}
    outcomes = {
        one: follow_one(session, editions, state, told, known.get(one), taken[one], asking)
        for one in concerned
    }
    held = told.at(now)
    holder = held.holder if held is not None and held.holder is not None else state.holder
    holder = holder if holder is None else members.current(session, holder)
    if holder is None:
        return Told(_answer(editions, state, told, {}, None, now))
    outcome = outcomes[holder]
    before = rating.given_at(known[holder].steps, now) if holder in known else {}
    op_id = next((one.op_id for one in outcome.operations if one.kind in OF_POLICIES), None)
    return Told(_answer(editions, state, told, before, outcome, now), holder, op_id)


def _follow_joined(session: Session, editions: Editions, state: PolicyState, asking: Asking) -> None:
    """Move those of whom nothing was known when the policy was told, but who hold it, or held it."""
    policies.lock(session, state.policy_no, asking.now)
    told = told_of(session, state.policy_no)
    holders = {one.holder for one in told.states if one.holder is not None}
    for member_id in sorted(holders - policies.shares(session, state.policy_no).keys()):
        taken = take(session, editions, member_id, asking.now, since=BEGINNING)
        follow_one(session, editions, told.at(asking.now) or state, told, None, taken, asking)


def follow_one(
    session: Session,
    editions: Editions,
    state: PolicyState,
    told: rating.Told,
    known: policies.Share | None,
    taken: Taken,
    asking: Asking,
    happened_at: datetime | None = None,
) -> Outcome:
    """Book what a policy gives one member now, and keep what it will; the member is locked.

    It happened when the state came to hold, unless the club itself changed how it rates the policy.
    """
    now, member_id = asking.now, taken.snapshot.member_id
    known = known or policies.Share((), 0)
    after = rating.schedule(editions, told, member_id)
    waiting = rating.waiting(editions, told, member_id, now)
    share = decide.Share(known.steps, after, known.op_id or None, known.promises, waiting)
    void = decide.is_void(editions, told, now)
    gone = None
    if void and known.op_id:
        gone = gone_with(session, editions, member_id, known.op_id, void=True, now=now)
    since = happened_at or min(state.effective_at, now)
    reasons = _reasons(state, rating.rate(editions, told, now))
    outcome = decide.follow(editions, share, since, reasons, taken.snapshot, now, fresh_ids(now), gone)
    write(session, editions, taken, outcome, now, asking.imported_at)
    op_id, promises = decide.kept_of(share, outcome)
    if op_id is not None:
        kept = policies.Share(after, op_id, promises, now if void else None)
        policies.keep_share(session, member_id, state.policy_no, kept)
    return outcome


def _reasons(state: PolicyState, rated: rating.Rating) -> dict[str, Any]:
    """What an operation keeps of why: the policy's state, what each rule gives, what none counts (I6)."""
    return {
        "policy": state.policy_no,
        "version": state.version,
        "status": state.status,
        "because": [[one.rule, one.unit, one.points] for one in rated.because],
        "excluded": list(rated.excluded),
    }


def _answer(
    editions: Editions,
    state: PolicyState,
    told: rating.Told,
    before: Mapping[str, int],
    outcome: Outcome | None,
    now: datetime,
) -> dict[str, Any]:
    rated = rating.rate(editions, told, now)
    coming = [one.opens_at for one in rated.because if one.opens_at is None or one.opens_at > now]
    known = [at for at in coming if at is not None]
    held = told.at(now)
    is_theirs = outcome is not None and held is not None and held.holder == outcome.after.member_id
    standing = standing_after(editions, outcome) if outcome else {"tier": None, "tier_change": None}
    return {
        "policy_no": state.policy_no,
        "version": state.version,
        "in_force_version": held.version if held else None,
        "member_id": ids.to_text(outcome.after.member_id) if outcome else None,
        "position": {
            "before": dict(before),
            "after": rated.open_at(now) if is_theirs else {},
            "pending": bool(coming),
            "pending_until": calendar.instant_text(min(known)) if known else None,
        },
        "because": [
            {"rule": one.rule, "unit": one.unit, "points": one.points, "edition": one.edition}
            for one in rated.because
        ],
        "excluded": list(rated.excluded),
        "balance": balances(outcome) if outcome else {},
        **standing,
        "edition": editions.at(now).number,
    }
