"""The middle of every route: one question or one wish, one transaction, one look at the clock."""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from loyalty.actions.once import Asking
from loyalty.api.auth import caller, language
from loyalty.api.idempotency import header_key
from loyalty.db import reading
from loyalty.decide.programme import Editions
from loyalty.reads.print_lines import print_lines
from loyalty.rooms import rooms
from loyalty.stops import carry_or_stop

T = TypeVar("T")


def carry(wish: Callable[[Session, Editions, Asking], T], *, keyed: bool = True) -> T:
    """Carry out what this request asks for, in its own transaction.

    Not `keyed`: the request's own Idempotency-Key does not name this wish, which is one of many.
    Where it breaks a law of somebody's books they are stopped; raises AccountStopped.
    """
    room, books = rooms(), caller().books
    asking = Asking(caller().client, header_key() if keyed else None, room.clock.now())
    return carry_or_stop(
        room, lambda session: wish(session, room.shelf.editions(session, asking.now), asking), books
    )


def look(question: Callable[[Session, Editions, Asking], T]) -> T:
    """Answer what this request asks, from one consistent look."""
    room = rooms()
    asking = Asking(caller().client, None, room.clock.now())
    with reading(caller().books) as session:
        return question(session, room.shelf.editions(session, asking.now), asking)


def carry_for_till(
    wish: Callable[[Session, Editions, Asking], tuple[dict[str, Any], bool]],
) -> tuple[dict[str, Any], bool]:
    """Carry out what a till asks for; its answer with the lines to print, and whether it is a replay."""

    def printed(session: Session, editions: Editions, asking: Asking) -> tuple[dict[str, Any], bool]:
        answer, replayed = wish(session, editions, asking)
        return with_print(editions, answer, language(), replayed=replayed), replayed

    return carry(printed)


def with_print(
    editions: Editions, answer: dict[str, Any], language: str, *, replayed: bool
) -> dict[str, Any]:
    """What a till hears, with the lines that it prints in its language."""
    programme = editions.number(answer["edition"]).programme
    available = {unit: points["available"] for unit, points in answer["balance"].items()}
    known = bool(answer["balance"])  # what was cancelled before it was told is nobody's yet
    lines = print_lines(programme, answer["tier"], available, language) if known else []
    return {**answer, "print": lines, "replayed": replayed}
