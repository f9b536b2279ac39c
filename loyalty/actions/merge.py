"""Two members are one person: the one is merged into the other, in one transaction (M6)."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from loyalty import access, acts, ids, members, policies, reviews
from loyalty.actions.answers import balances, standing_after
from loyalty.actions.apply_policy import follow_one
from loyalty.actions.book import Taken, fresh_ids, take, take_true, write
from loyalty.actions.keep_apart import keep_apart
from loyalty.actions.keep_household import hand_seat_on
from loyalty.actions.once import Asking, Told, Wish, once
from loyalty.calendar import BEGINNING
from loyalty.decide import merge as decision
from loyalty.decide.course import MERGED
from loyalty.decide.outcome import Outcome
from loyalty.decide.programme import Editions
from loyalty.errors import NotFound, ReviewWaits, SameMember
from loyalty.members import Member
from loyalty.reads.policy import told_of


def merge(
    session: Session,
    editions: Editions,
    gone: int,
    stays: int,
    *,
    reason: str,
    note: str,
    reference: str,
    asking: Asking,
    approved_by: str | None = None,
) -> tuple[dict[str, Any], bool]:
    """Let `gone` be `stays` from now on, once for the client's reference; the answer shows the latter.

    What was withdrawn by either is withdrawn, and letters that either does not want do not come; whoever is
    signed in to the pages of `gone` is signed out. `approved_by` is a second person who stands for it. Raises
    SameMember, SelfDealing, NotFound, AlreadyMerged, StateForbids, SpendLocked, ReviewWaits, AccountStopped,
    KeyReused.
    """
    now = asking.now

    def do() -> Told:
        if gone == stays:
            raise SameMember
        for one in (gone, stays):
            keep_apart(session, asking.client, one)
        held = lock_policies(session, gone, now)
        rows = _locked(session, editions, gone, stays, now)
        term = take(session, editions, gone, now, alone=True).snapshot.terms[-1]
        members.merge(session, rows[gone], rows[stays], now)
        hand_seat_on(session, gone, stays, asking)
        follow_policies(session, editions, held, sorted(rows), asking)
        reasons = {"reason": reason, "note": note, "reference": reference, **names_of(asking, approved_by)}
        outcomes, booked = settle_between(
            session,
            editions,
            (gone, stays),
            lambda both, new_ids: decision.merge(editions, both, term, now, new_ids, reasons),
            now,
        )
        members.keep_stricter(session, rows[gone], rows[stays], now)
        access.end_sessions(session, gone, now)
        name = ids.pair_to_text(gone, booked)
        told = {"into": ids.to_text(stays), "reason": reason, "operation": name}
        record(session, MERGED, gone, told, asking, approved_by)
        answer = answer_of(editions, outcomes[1], gone, stays, reference) | {"merge_id": name}
        return Told(answer, gone, booked)

    content = {"member": gone, "into": stays, "reason": reason, "note": note}
    return once(session, Wish("merge", asking, (reference,), content), do, editions)


def names_of(asking: Asking, approved_by: str | None) -> dict[str, str]:
    """Who stands for an act: whoever asks, and the second person, where there is one."""
    return {"by": asking.client} | ({"approved_by": approved_by} if approved_by else {})


def record(
    session: Session,
    kind: str,
    member_id: int,
    told: dict[str, str],
    asking: Asking,
    approved_by: str | None,
) -> None:
    """Keep an act on a member, in the name of whoever asks."""
    content = told | {name: who for name, who in names_of(asking, approved_by).items() if name != "by"}
    name = ids.to_text(member_id)
    acts.record(session, asking.now, actor=asking.client, kind=kind, subject=name, content=content)


def lock_policies(session: Session, member_id: int, now: datetime) -> list[str]:
    """Lock whatever a member holds or held, before anybody's standing; the numbers, in order."""
    held = sorted({*policies.told_of_holder(session, member_id), *policies.policies_of(session, member_id)})
    for policy_no in held:
        policies.lock(session, policy_no, now)
    return held


def follow_policies(
    session: Session, editions: Editions, numbers: Collection[str], concerned: Collection[int], asking: Asking
) -> None:
    """Book what policies give whom, as they are held now (I5)."""
    for policy_no in numbers:
        told = told_of(session, policy_no)
        shares = policies.shares(session, policy_no)
        for one in concerned:
            taken = take(session, editions, one, asking.now, since=BEGINNING, alone=True)
            state = told.at(asking.now) or told.states[0]
            share = shares.get(one)
            follow_one(session, editions, state, told, share, taken, asking, happened_at=asking.now)


def settle_between(
    session: Session,
    editions: Editions,
    both: tuple[int, int],
    decide: Callable[..., tuple[Outcome, Outcome]],
    now: datetime,
) -> tuple[tuple[Outcome, Outcome], int]:
    """Take two locked members with all their terms, write what is decided; the outcomes, and its number."""
    taken: Mapping[int, Taken] = {
        one: take(session, editions, one, now, since=BEGINNING, alone=True) for one in both
    }
    outcomes = decide((taken[both[0]].snapshot, taken[both[1]].snapshot), fresh_ids(now))
    for one, outcome in zip(both, outcomes, strict=True):
        write(session, editions, replace(taken[one], joined=None), outcome, now)
    [booked] = {one.op_id for outcome in outcomes for one in outcome.operations if one.kind == "merge_out"}
    return outcomes, booked


def answer_of(editions: Editions, outcome: Outcome, gone: int, stays: int, reference: str) -> dict[str, Any]:
    """What whoever merges, or parts, hears of the one whom it leaves with points."""
    return {
        "member_id": ids.to_text(gone),
        "survivor_id": ids.to_text(stays),
        "reference": reference,
        "balance": balances(outcome),
        **standing_after(editions, outcome),
        "edition": editions.at(outcome.after.terms[-1].from_at).number,
    }


def _locked(
    session: Session, editions: Editions, gone: int, stays: int, now: datetime
) -> Mapping[int, Member]:
    """Both locked in the order of their ids, true by now; points may leave, no sale of `gone` waits."""
    for one in sorted((gone, stays)):
        try:
            take_true(session, editions, one, now)
        except NotFound:
            if one == stays:
                raise NotFound.at("into") from None
            raise
    rows = {one: members.locked(session, one) for one in sorted((gone, stays))}
    if not any(row.merged_into for row in rows.values()):  # who was merged hears that, from the store
        for row in rows.values():
            members.check(members.stands(row), "merge")
    for row in rows.values():
        members.spend_guard(row).check(now)
    if reviews.open_of(session, gone):
        raise ReviewWaits
    return rows
