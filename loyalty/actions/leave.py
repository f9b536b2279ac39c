"""A member leaves the club, and may come back; their points are kept as the programme says (M9)."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from loyalty import calendar, members
from loyalty.actions.book import fresh_ids, take, write
from loyalty.actions.keep_household import end_seat
from loyalty.actions.let_go import LEFT, say_goodbye
from loyalty.actions.once import Asking
from loyalty.actions.tell_news import hold_still
from loyalty.actions.turn import Turned, Why, turn
from loyalty.decide import leftover, standing
from loyalty.decide.programme import Editions
from loyalty.errors import AccountStopped, NotFound
from loyalty.members import Member


def leave(
    session: Session, editions: Editions, member_id: int, why: Why, *, reference: str, asking: Asking
) -> bool:
    """Let a member go, once for the client's reference; whether that was done before.

    Bookings end, devices are signed out. Points that can be spent are forfeited at once or kept for who comes
    back, until the end of a day that is written down now. Raises NotFound, StateForbids, HoldOpen,
    AccountStopped, KeyReused.
    """
    now = asking.now

    def do(member: Member) -> Turned:
        taken = take(session, editions, member.member_id, now)
        leftover.refuse_held(standing.true_at(editions, taken.snapshot, now, fresh_ids(now)))
        kept_days = editions.at(now).programme.club.kept_days
        members.leave(member, _forfeits_at(editions, kept_days, now))
        end_seat(session, member.member_id, "gone", now)
        if kept_days == 0:
            _forfeit(session, editions, member, now)
        return Turned(say_goodbye(session, member.member_id, now, LEFT))

    return turn(session, "leave", member_id, why, "member.left", do, reference=reference, asking=asking)


def come_back(
    session: Session, editions: Editions, member_id: int, why: Why, *, reference: str, asking: Asking
) -> bool:
    """Who left is a member again, once for the client's reference; whether that was done before.

    Within the time that their points are kept they find them all; later they find none. Raises NotFound,
    StateForbids, AccountStopped, KeyReused.
    """

    def do(member: Member) -> Turned:
        if members.forfeits(member, asking.now):
            _forfeit(session, editions, member, asking.now)
        members.come_back(member)
        return Turned(())

    done = "member.came_back"
    return turn(session, "come_back", member_id, why, done, do, reference=reference, asking=asking)


def forfeit_left(
    session: Session, editions: Editions, after_id: int, limit: int, now: datetime
) -> Sequence[int]:
    """Forfeit what is not kept any longer of up to `limit` members above `after_id` who left; their ids.

    Whoever is stopped is passed over: a later night does it.
    """
    found = members.due_to_forfeit(session, after_id, limit, now)
    for member_id in found:
        with suppress(AccountStopped, NotFound):
            hold_still(session, member_id)
            member = members.locked(session, member_id)
            if members.forfeits(member, now):
                _forfeit(session, editions, member, now)
    return found


def _forfeits_at(editions: Editions, kept_days: int | None, now: datetime) -> datetime | None:
    """The end of the last day on which the points are kept."""
    if kept_days is None:
        return None
    today = calendar.local_day(now, editions.zone)
    return calendar.day_after(today + timedelta(days=kept_days), editions.zone)


def _forfeit(session: Session, editions: Editions, member: Member, now: datetime) -> None:
    taken = take(session, editions, member.member_id, now)
    course = standing.true_at(editions, taken.snapshot, now, fresh_ids(now))
    leftover.forfeit_left(course, now)
    write(session, editions, taken, course.outcome(), now)
    member.forfeits_at = None
