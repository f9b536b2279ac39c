"""The club forgets a person: nothing says who the member was, and the books still balance (M7)."""

from dataclasses import replace

from sqlalchemy.orm import Session

from loyalty import (
    access,
    acts,
    approvals,
    benefits,
    ids,
    ledger,
    letters,
    members,
    policies,
    reviews,
    rewards,
    sales,
    tiers,
)
from loyalty.actions.apply_policy import follow_one
from loyalty.actions.book import Taken, fresh_ids, take, write
from loyalty.actions.buy_reward import cancel_order
from loyalty.actions.keep_household import end_seat
from loyalty.actions.let_go import ERASED as BY_ERASURE
from loyalty.actions.let_go import let_go_of_all
from loyalty.actions.merge import lock_policies
from loyalty.actions.once import Asking
from loyalty.actions.review import turn_down
from loyalty.actions.tell_news import hold_still
from loyalty.calendar import BEGINNING
from loyalty.decide import leftover, standing
from loyalty.decide.course import ERASED, Course
from loyalty.decide.outcome import Event
from loyalty.decide.programme import Editions
from loyalty.errors import VersionStale
from loyalty.reads.policy import told_of


def erase(
    session: Session,
    editions: Editions,
    member_id: int,
    version: int,
    *,
    asking: Asking,
    identity_key: bytes,
    by_member: bool = False,
) -> None:
    """Forget the person behind a member, once, for ever.

    Where the member's own page asks (`by_member`), whatever keeps points in keeps them from being forfeited.

    Whoever was merged into them is forgotten with them. Orders are cancelled, bookings let go, sales under
    review rejected; policies give nobody anything until another holder is told; what is left of points is
    forfeited. Raises NotFound, for whoever was forgotten before, too; VersionStale when `version` is not the
    member's; HoldOpen, AccountStopped; by the page StateForbids, SpendLocked.
    """
    now = asking.now
    member_id = members.current(session, member_id)
    merged, held = members.merged_into(session, member_id), lock_policies(session, member_id, now)
    for one in merged:  # their late facts lock them before the survivor
        hold_still(session, one)
    taken = take(session, editions, member_id, now)
    member = members.locked(session, member_id)
    if member.version != version:
        raise VersionStale
    if by_member:
        members.check(member.state, "erase")
        members.spend_guard(member).check(now)
    leftover.refuse_held(standing.true_at(editions, taken.snapshot, now, fresh_ids(now)))
    for order in rewards.orders(session, member_id):
        if order.state == "open":
            by_itself = replace(asking, header_key=None)
            cancel_order(session, editions, order.member_id, order.op_id, asking=by_itself)
    for review in reviews.open_of(session, member_id):
        turn_down(session, review, asking)
    end_seat(session, member_id, "erased", now)
    _forget_policies(session, editions, (member_id, *merged), held, identity_key, asking)
    taken = take(session, editions, member_id, now)
    course = standing.true_at(editions, taken.snapshot, now, fresh_ids(now))
    leftover.forfeit_all(course, now)
    _tell(session, editions, taken, course, asking)
    for one in merged:
        alone = take(session, editions, one, now, alone=True)
        _tell(
            session, editions, alone, standing.true_at(editions, alone.snapshot, now, fresh_ids(now)), asking
        )


def _tell(session: Session, editions: Editions, taken: Taken, course: Course, asking: Asking) -> None:
    """Let go of what is booked, tell that a member is forgotten, and empty what was written beside."""
    now, member_id = asking.now, taken.snapshot.member_id
    course.events.extend(let_go_of_all(session, member_id, now, BY_ERASURE))
    course.events.append(Event(ERASED, {}))
    write(session, editions, taken, course.outcome(), now)
    _forget_words(session, member_id, asking)
    acts.record(session, now, actor=asking.client, kind=ERASED, subject=ids.to_text(member_id))


def _forget_policies(
    session: Session,
    editions: Editions,
    whose: tuple[int, ...],
    held: list[str],
    identity_key: bytes,
    asking: Asking,
) -> None:
    """Nobody holds the policies that the person held: what they gave goes, and what they promised (I8).

    `whose` are the member and whoever was merged into them.
    """
    now, member_id = asking.now, whose[0]
    for one in whose:
        called = members.forget_person(session, members.locked(session, one), now, identity_key=identity_key)
        policies.forget_person(session, one, called)
    for policy_no in held:
        told = told_of(session, policy_no)
        share = policies.shares(session, policy_no).get(member_id)
        if share is not None:
            state = told.at(now) or told.states[0]
            taken = take(session, editions, member_id, now, since=BEGINNING)
            follow_one(session, editions, state, told, share, taken, asking, happened_at=now)


def _forget_words(session: Session, member_id: int, asking: Asking) -> None:
    """What was written to them, and beside what was booked; their place at pages, tills and places."""
    access.forget_person(session, member_id)
    letters.forget_letters_of(session, member_id)
    ledger.claims.forget_person(session, member_id, asking.now)
    ledger.history.forget_words(session, member_id)
    sales.forget_person(session, member_id)
    benefits.forget_person(session, member_id)
    approvals.forget_person(session, member_id)
    reviews.unlink_member(session, member_id)
    tiers.forget_person(session, member_id, asking.now)
    members.forget_notes(session, member_id)  # which the database allows from now on
