"""One visit of a member: what it is, who told it, and what a colleague says became of it."""

from collections.abc import Callable
from typing import Any, cast, get_args

from flask import flash, redirect, request, url_for
from flask_babel import gettext

from loyalty import problems
from loyalty.actions.close_visit import REASONS, close_visit
from loyalty.benefits import State
from loyalty.errors import Refusal
from loyalty.pages.staff.allowing import allowed
from loyalty.pages.staff.benefit_words import closing_words, reason_words
from loyalty.pages.staff.blueprint import act, ask, show
from loyalty.pages.staff.days import day_told
from loyalty.pages.staff.member_words import visit_words
from loyalty.pages.words import said
from loyalty.reads.visits import OneVisit, one_of_all


@allowed("benefits:see")
def visit_page(use_id: tuple[int, int]) -> Any:
    """One visit."""
    return _visit(use_id)


@allowed("benefits:act")
def end_visit(use_id: tuple[int, int]) -> Any:
    """They came, they did not, or it is cancelled; from the list of a day it goes on there."""
    state, reason = request.form.get("state", ""), request.form.get("reason", "")
    if state not in get_args(State) or (state == "cancelled" and reason not in REASONS):
        return _visit(use_id, fault=gettext("Please choose why.")), 422
    told = cast(State, state)
    why = reason if told == "cancelled" else None
    try:
        act(lambda rows, editions, asking: close_visit(rows, editions, use_id, told, why, asking=asking))
    except Refusal as refusal:
        if problems.problem_of(refusal).status not in (403, 409, 422):
            raise
        return _visit(use_id, fault=said(refusal)), 422
    done: dict[str, str] = {
        "used": gettext("The visit is recorded."),
        "no_show": gettext("Noted that nobody came."),
        "cancelled": gettext("The booking is cancelled."),
    }
    flash(done[state])
    return redirect(_where_from(use_id), 303)


def _where_from(use_id: tuple[int, int]) -> str:
    day, place = day_told(request.form.get("day", "")), request.form.get("place", "")
    if day is None:
        return url_for("staff.visit", use_id=use_id)
    return url_for("staff.bookings", day=day.isoformat(), place=place[:40])


def _visit(use_id: tuple[int, int], **more: Any) -> str:
    found: OneVisit = ask(lambda rows, editions, now: one_of_all(rows, editions, use_id, now))
    words = {"visit_words": visit_words(), "reason_words": reason_words(), "closing_words": closing_words()}
    return show("benefits/visit", found=found, one=found.visit, **words, **more)


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/benefits/visits/<pair:use_id>", "GET", "visit", visit_page),
    ("/benefits/visits/<pair:use_id>", "POST", "end_visit", end_visit),
)
