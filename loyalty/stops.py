"""A broken law stops one account, not the club: what broke is undone whole, and its member is stopped."""

from collections.abc import Callable
from typing import TypeVar

import structlog
from sqlalchemy.orm import Session

from loyalty import ids
from loyalty.actions.stop import stop_account
from loyalty.db import PATIENCE_SECONDS, Books, carry_out
from loyalty.errors import AccountStopped
from loyalty.guard import BooksDisturbed
from loyalty.rooms import Rooms

T = TypeVar("T")
_log = structlog.get_logger("loyalty.stops")


def stop_broken(room: Rooms, broken: BooksDisturbed, books: Books = "live") -> bool:
    """Stop the member whose books broke a law, in a transaction of its own; whether they were not before.

    Raises `broken` again where it names no member: then nobody knows whom to stop.
    """
    member_id = broken.member_id
    if member_id is None:
        raise broken
    now = room.clock.now()
    fresh = carry_out(
        lambda session: stop_account(session, member_id, broken.law, broken.detail, now), books=books
    )
    if fresh:
        member = ids.to_text(member_id)
        _log.error("account_stopped", member=member, law=broken.law, fault=broken.detail, books=books)
    return fresh


def carry_or_stop(room: Rooms, work: Callable[[Session], T], books: Books) -> T:
    """Carry out what somebody asks for; where it breaks a law of one member's books, that one is stopped.

    Raises AccountStopped then.
    """
    try:
        return carry_out(work, books=books)
    except BooksDisturbed as broken:
        stop_broken(room, broken, books)
        raise AccountStopped from broken


def carry_on(
    room: Rooms,
    work: Callable[[Session], T],
    *,
    patience_seconds: float = PATIENCE_SECONDS,
    books: Books = "live",
) -> T:
    """Carry out work on many members in one transaction; whose books break is stopped, and it is done anew.

    Then it goes on without them: work must pass over AccountStopped, and over NotFound
    of whoever was forgotten meanwhile.
    """
    passed_over = set[int | None]()
    while True:
        try:
            return carry_out(work, patience_seconds=patience_seconds, books=books)
        except BooksDisturbed as broken:
            if broken.member_id in passed_over:
                raise
            stop_broken(room, broken, books)
            passed_over.add(broken.member_id)
