"""The core system tells a premium that was paid: points for the holder of the policy, or taken back again."""

from dataclasses import asdict
from typing import Any

from sqlalchemy.orm import Session

from loyalty import ids, ledger, policies
from loyalty.actions.answers import awarded, balances, standing_after
from loyalty.actions.book import fresh_ids, take, write
from loyalty.actions.once import Asking, Told, Wish, once
from loyalty.actions.sold import gone_with, load_given, taken_view
from loyalty.actions.who import Bearer, take_bearer
from loyalty.calendar import BEGINNING
from loyalty.decide import premium as decide
from loyalty.decide.cancel import cancel
from loyalty.decide.ceilings import refuse_ahead
from loyalty.decide.giving import in_time, judged_at, limit_keys
from loyalty.decide.outcome import Outcome
from loyalty.decide.programme import Editions
from loyalty.errors import CurrencyForeign, NotAMember, NotFound, ReferenceCancelled
from loyalty.policies import PaidPremium, PolicyState
from loyalty.reads.policy import told_of


def pay_premium(
    session: Session, editions: Editions, fact: PaidPremium, *, asking: Asking
) -> tuple[dict[str, Any], bool]:
    """Award a premium to whoever held the policy when it was paid, once for its reference in the whole club.

    Raises CurrencyForeign, SoldInFuture; NotFound for a policy that nobody told of, NotAMember for one of a
    holder who is not in the club; CardBlocked for a holder who may not act; TooManyPoints, KeyReused, and
    ReferenceCancelled for a premium that was reversed before it was told.
    """
    now = asking.now
    currency = editions.at(now).programme.club.currency
    if fact.currency != currency:
        raise CurrencyForeign(currency=fact.currency, club=currency)

    def do() -> Told:
        refuse_ahead(now, paid_at=fact.paid_at)
        happened_at = min(fact.paid_at, now)
        told = told_of(session, fact.policy_no)
        if not told.states:
            raise NotFound.at("policy_no")
        state = decide.paid_under(told, happened_at)
        if state.holder is None:
            raise NotAMember
        judged = judged_at(editions, happened_at, now)
        taken = take_bearer(
            session,
            editions,
            Bearer(member_id=state.holder),
            now,
            at=happened_at,
            limits=lambda member_id: limit_keys(editions, "premium", judged, member_id),
        )
        outcome = decide.pay(editions, fact, state, asking.client, taken.snapshot, now, fresh_ids(now))
        write(session, editions, taken, outcome, now)
        op_id = outcome.booked("earn").op_id
        award = [list(part) for part in outcome.award.parts] if outcome.award else []
        policies.keep_premium(session, fact, state.holder, op_id, award)
        return Told(_answer(editions, fact, state, outcome, asking), state.holder, op_id)

    wish = Wish("premium", asking, (fact.reference,), asdict(fact), club_wide=True)
    return once(session, wish, do, editions)


def reverse_premium(
    session: Session, editions: Editions, reference: str, *, asking: Asking
) -> tuple[dict[str, Any], bool]:
    """Make a premium void, whenever it was paid (P18); reversing it again changes nothing.

    Its points are taken back and it counts against no limit. One that was not told yet is refused when it
    comes. Raises KeyReused.
    """
    claims = ledger.claims
    scope, key = claims.scope_of("premium", None), claims.key_of((reference,))

    def do() -> Told:
        claims.take(session, scope, key, claims.ANY, asking.now)
        kept = policies.premium(session, reference)
        if kept is not None:
            return _undo(session, editions, kept, asking)
        claims.bury(session, scope, key, {"code": ReferenceCancelled.code, "facts": {}})
        return Told(_nothing(editions, reference, asking))

    wish = Wish("premium_reversal", asking, (reference,), {"reference": reference}, club_wide=True)
    return once(session, wish, do, editions)


def _undo(session: Session, editions: Editions, kept: policies.Premium, asking: Asking) -> Told:
    now, member_id, op_id = asking.now, kept.member_id, kept.op_id
    earned = ledger.history.operation(session, member_id, op_id)
    if earned is None:
        raise NotFound
    judged = judged_at(editions, earned.happened_at, earned.booked_at)
    limits = limit_keys(editions, "premium", judged, member_id, earned.edition)
    taken = take(session, editions, member_id, now, since=BEGINNING, limits=limits)
    sold = load_given(session, member_id, op_id, kept.award)
    gone = gone_with(session, editions, member_id, op_id, void=True, now=now)
    outcome = cancel(
        editions, sold, taken.snapshot, now, fresh_ids(now), void=True, gone=gone, judged_at=judged
    )
    booked = outcome.booked("cancel")
    write(session, editions, taken, outcome, now)
    policies.reverse_premium(session, member_id, kept.reference, now)
    answer = _nothing(editions, kept.reference, asking) | {
        "was": "booked",
        "premium_id": ids.pair_to_text(member_id, op_id),
        "policy_no": kept.policy_no,
        "member_id": ids.to_text(member_id),
        **taken_view(editions, outcome, booked),
    }
    return Told(answer, member_id, booked.op_id)


def _answer(
    editions: Editions, fact: PaidPremium, state: PolicyState, outcome: Outcome, asking: Asking
) -> dict[str, Any]:
    member_id, operation, now = outcome.after.member_id, outcome.booked("earn"), asking.now
    return {
        "premium_id": ids.pair_to_text(member_id, operation.op_id),
        "reference": fact.reference,
        "policy_no": fact.policy_no,
        "member_id": ids.to_text(member_id),
        "year": state.year_of(fact.due_on),
        "award": awarded(outcome),
        "balance": balances(outcome),
        **standing_after(editions, outcome),
        "edition": operation.edition,
        "late": not in_time(editions, min(fact.paid_at, now), now),
        "clock_ahead": fact.paid_at > now,
    }


def _nothing(editions: Editions, reference: str, asking: Asking) -> dict[str, Any]:
    """What is heard where nothing had to be undone."""
    return {
        "reference": reference,
        "was": "unseen",
        "premium_id": None,
        "policy_no": None,
        "member_id": None,
        "taken_back": {},
        "shortfall": {},
        "debt": {},
        "balance": {},
        "tier": None,
        "tier_change": None,
        "edition": editions.at(asking.now).number,
    }
