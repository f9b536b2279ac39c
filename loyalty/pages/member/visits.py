"""A member's bookings and past visits: the list, one of them, and letting one go."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from loyalty import ids
from loyalty.actions.move_up import move_up
from loyalty.actions.once import Asking
from loyalty.actions.use_benefit import close_use
from loyalty.decide.programme import Editions
from loyalty.errors import CancelTooLate, NotFound, UseClosed
from loyalty.pages.member.blueprint import ask, carry, here, show
from loyalty.reads.own_visits import one_visit, visits_page

PAGE = 20


def visits() -> Any:
    """What is booked, and what is over, a page at a time."""
    before = ids.from_text(request.args.get("before", ""))
    found = ask(lambda rows, editions, now: visits_page(rows, editions, here().member_id, before, PAGE, now))
    return show("visits", page=found, is_first=before is None)


def visit(use_id: tuple[int, int]) -> Any:
    """One booking or visit."""
    return _visit(use_id)


def cancel(use_id: tuple[int, int]) -> Any:
    """Let a booking go, as long as its terms allow; who waits for its place gets it (ADR 0040)."""
    _check_own(use_id)

    def wish(rows: Session, editions: Editions, asking: Asking) -> dict[str, Any]:
        return close_use(rows, editions, *use_id, "cancelled", asking=asking)[0]

    try:
        told = carry(wish)
    except CancelTooLate:
        return _visit(use_id, gettext("It is too late to cancel this.")), 422
    except UseClosed:
        return _visit(use_id, gettext("This booking is over already.")), 422
    event_id = ids.from_text(told["event"] or "")
    while event_id and carry(lambda rows, editions, asking: move_up(rows, editions, event_id, asking.now)):
        pass
    flash(gettext("Cancelled."))
    return redirect(url_for("me.visit", use_id=use_id), 303)


def _visit(use_id: tuple[int, int], fault: str | None = None) -> str:
    _check_own(use_id)
    found = ask(lambda rows, editions, now: one_visit(rows, editions, use_id, now))
    return show("visit", visit=found, fault=fault)


def _check_own(use_id: tuple[int, int]) -> None:
    """Another's is heard as one that is not. Raises NotFound."""
    if use_id[0] != here().member_id:
        raise NotFound


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/bookings", "GET", "visits", visits),
    ("/bookings/<pair:use_id>", "GET", "visit", visit),
    ("/bookings/<pair:use_id>/cancel", "POST", "cancel_visit", cancel),
)
