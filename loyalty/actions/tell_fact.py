"""Somebody tells what a member did: points by the rules of activities, and what waited for it (P11)."""

from dataclasses import asdict, replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from loyalty import ids, ledger, members
from loyalty.actions.answers import awarded, balances, standing_after
from loyalty.actions.book import fresh_ids, write
from loyalty.actions.once import Asking, Told, Wish, once
from loyalty.actions.who import Bearer, take_bearer
from loyalty.decide.ceilings import Watch, refuse_ahead, watch
from loyalty.decide.giving import in_time, judged_at, limit_keys
from loyalty.decide.occasion import Activity, activity
from loyalty.decide.outcome import Outcome
from loyalty.decide.programme import Editions
from loyalty.errors import NotFound
from loyalty.usage import UsageKey


def tell_fact(
    session: Session,
    editions: Editions,
    bearer: Bearer,
    fact: Activity,
    about: tuple[int, int] | None,
    *,
    asking: Asking,
) -> tuple[dict[str, Any], bool]:
    """Award an activity, once for the client's reference; `about` is the member and the sale it is about.

    Raises SoldInFuture, CardUnknown, NotFound, CardBlocked, CeilingExceeded, TooManyPoints, KeyReused.
    """
    now = asking.now

    def do() -> Told:
        refuse_ahead(now, happened_at=fact.happened_at)
        happened_at = min(fact.happened_at, now)
        ceilings = watch(editions, "earn", asking.client, happened_at, now)
        keys = partial(_keys, editions, judged_at(editions, happened_at, now), ceilings, fact)
        taken = take_bearer(session, editions, bearer, now, at=happened_at, limits=keys)
        member_id = taken.snapshot.member_id
        told = fact if about is None else replace(fact, about=_about(session, member_id, about))
        outcome = activity(editions, told, taken.snapshot, now, fresh_ids(now))
        if outcome.award and outcome.award.given:
            outcome = ceilings.passed(outcome, outcome.award.given)
        write(session, editions, taken, outcome, now)
        return Told(_answer(editions, fact, outcome, asking), member_id, outcome.booked("earn").op_id)

    content = {"bearer": bearer.content, "fact": asdict(fact), "about": about}
    return once(session, Wish("fact", asking, (fact.reference,), content), do, editions)


def _keys(editions: Editions, at: datetime, ceilings: Watch, fact: Activity, member_id: int) -> set[UsageKey]:
    """The counters that must be locked first."""
    limits = limit_keys(editions, "activity", at, member_id, told=fact.attributes)
    return limits | ceilings.keys(member_id)


def _about(session: Session, member_id: int, about: tuple[int, int]) -> int:
    """What keeps the promises of what this member earned there, or who was merged into them (M6).

    Raises NotFound.
    """
    owner, op_id = about
    is_theirs = members.current(session, owner) == member_id
    done = ledger.history.operation(session, owner, op_id) if is_theirs else None
    if done is None or done.kind != "earn":
        raise NotFound.at("about")
    if owner == member_id:
        return op_id
    kept = ledger.merged.promised_since(session, owner)
    return max((since for since, first in kept.items() if first == op_id), default=op_id)


def _answer(editions: Editions, fact: Activity, outcome: Outcome, asking: Asking) -> dict[str, Any]:
    member_id, operation, now = outcome.after.member_id, outcome.booked("earn"), asking.now
    return {
        "fact_id": ids.pair_to_text(member_id, operation.op_id),
        "award": awarded(outcome),
        "opened": [
            {"operation": ids.pair_to_text(member_id, one.opens.pending.op_id)}
            | {"unit": one.opens.unit, "points": one.opens.pending.points}
            for one in outcome.operations
            if one.opens is not None and one.reasons and "event" in one.reasons
        ],
        "balance": balances(outcome),
        **standing_after(editions, outcome),
        "edition": operation.edition,
        "late": not in_time(editions, min(fact.happened_at, now), now),
        "clock_ahead": fact.happened_at > now,
    }
