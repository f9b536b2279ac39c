"""Birthdays and anniversaries of one day: each member's yearly occasion becomes points, once a year (N8)."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime

from sqlalchemy.orm import Session

from loyalty import calendar, ids, ledger, members
from loyalty.actions.book import fresh_ids, take, write
from loyalty.decide.giving import judged_at, limit_keys
from loyalty.decide.occasion import yearly
from loyalty.decide.programme import Editions
from loyalty.errors import AccountStopped, NotFound
from loyalty.reads.booked import booked_until

OCCASIONS = ("birthday", "anniversary")


def celebrate(
    session: Session,
    editions: Editions,
    on: str,
    day: date,
    after_id: int,
    limit: int,
    now: datetime,
    imported_at: datetime | None = None,
) -> Sequence[int]:
    """Award up to `limit` members above `after_id` whose birthday or anniversary falls on `day`; their ids.

    Whoever joined on that day or later is not concerned. A year's occasion is claimed, so that no second
    run gives it again. Whoever is stopped is passed over, and their claim is not taken.
    """
    starts_at = calendar.day_start(day, editions.zone)
    find = members.members_with_birthday if on == "birthday" else members.members_with_anniversary
    chunk = find(session, falling_on(day), starts_at, after_id, limit)
    for member_id in chunk:
        if imported_at is not None and (booked_until(session, member_id) or now) > now:
            continue  # a night of history gives nothing to somebody whose books are already beyond it
        with suppress(AccountStopped, NotFound), session.begin_nested():
            _give(session, editions, on, day, member_id, now, imported_at)
    return chunk


def _give(
    session: Session,
    editions: Editions,
    on: str,
    day: date,
    member_id: int,
    now: datetime,
    imported_at: datetime | None,
) -> None:
    key = ledger.claims.key_of((ids.to_text(member_id), str(day.year)))
    if ledger.claims.take(session, on, key, "", now) is not None:
        return
    starts_at = calendar.day_start(day, editions.zone)
    limits = limit_keys(editions, on, judged_at(editions, starts_at, now), member_id)
    taken = take(session, editions, member_id, now, since=starts_at, limits=limits)
    outcome = yearly(editions, on, starts_at, taken.snapshot, now, fresh_ids(now))
    write(session, editions, taken, outcome, now, imported_at)
    booked = next((op.op_id for op in outcome.operations if op.kind == "earn"), None)
    ledger.claims.bind(session, on, key, {"answer": {}}, member_id, booked)


def falling_on(day: date) -> tuple[int, ...]:
    """The month-and-day numbers whose yearly occasion falls on a day: 29 February's on the 28th, at need.

    >>> falling_on(date(2027, 2, 28)), falling_on(date(2028, 2, 28))
    ((228, 229), (228,))
    """
    own = day.month * 100 + day.day
    leapless = own == 228 and calendar.month_end(day) == day
    return (own, 229) if leapless else (own,)
