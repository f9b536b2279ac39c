"""What all pages of staff share: who is signed in, what they may do, and what stands at their head."""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from secrets import token_urlsafe
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import Blueprint, current_app, g, redirect, render_template, request, session, url_for
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadRequest

from loyalty import staff as people
from loyalty.actions.once import Asking
from loyalty.db import carry_out, reading
from loyalty.decide.club import Club
from loyalty.decide.programme import Editions
from loyalty.errors import NoProgramme, NotPermitted, Unauthorised
from loyalty.pages import faults, look, words
from loyalty.pages.staff.allowing import Needs, needs_of
from loyalty.rooms import rooms
from loyalty.staff import OnDuty
from loyalty.stops import carry_or_stop

T = TypeVar("T")
SECRET = "staff"  # noqa: S105 - the name of what a browser keeps in its cookie
NEXT = "next"  #: where somebody was, who tells both factors again
_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")  #: as `fresh_key` makes them

staff = Blueprint("staff", __name__, url_prefix="/staff", template_folder=str(look.HERE / "templates"))
look.dress(staff)
words.speak(staff)
faults.answer_faults(staff, "staff/fault.html")


def here() -> OnDuty:
    """Who sends this request; for views behind the door."""
    return cast(OnDuty, g.here)


def carry(wish: Callable[[Session, datetime], T]) -> T:
    """Carry out what is asked for, in a transaction of its own, with or without a programme."""
    now = rooms().clock.now()
    return carry_out(lambda rows: wish(rows, now))


def act(wish: Callable[[Session, Editions, Asking], T], key: str | None = None) -> T:
    """Carry out what a colleague asks for of the club, in a transaction of its own. Raises AccountStopped.

    `key` names the wish where what is asked for has no name of its own: a form's (`form_key`), so that a
    second press of its button is the same wish.
    """
    room = rooms()
    asking = Asking(here().actor, key, room.clock.now())
    return carry_or_stop(room, lambda rows: wish(rows, room.shelf.editions(rows, asking.now), asking), "live")


def look_up(question: Callable[[Session, datetime], T]) -> T:
    """Answer what a page shows, from one consistent look, with or without a programme."""
    now = rooms().clock.now()
    with reading() as rows:
        return question(rows, now)


def ask(question: Callable[[Session, Editions, datetime], T]) -> T:
    """Answer what a page shows of the club, from one consistent look. Raises NoProgramme."""
    room = rooms()
    return look_up(lambda rows, now: question(rows, room.shelf.editions(rows, now), now))


def show(template: str, **more: Any) -> str:
    """A page of staff."""
    return render_template(f"staff/{template}.html", **more)


def form_key() -> str | None:
    """What names the form that was sent: a second press of its button is the same wish; None for no key."""
    key = request.form.get("key", "")
    return key if _KEY.fullmatch(key) else None


@staff.before_request
def _at_the_door() -> Any:
    g.here = None
    needs = needs_of(current_app.view_functions.get(request.endpoint or ""))
    secret, now = session.get(SECRET, ""), rooms().clock.now()
    if needs is None:
        raise NotPermitted
    with reading() as rows:
        g.club = _club(rows, now)
        with suppress(Unauthorised):
            g.here = people.on_duty(rows, secret, now)
    if not needs.signed_in:
        return None
    if g.here is None:
        session.pop(SECRET, None)
        if request.method == "GET":
            session[NEXT] = _this_page()
        return redirect(url_for("staff.sign_in"), 303)
    if g.here.seen_at <= now - people.SEEN_EVERY:
        carry_out(lambda rows: people.note(rows, secret, now))
    return _judged(needs, now)


@staff.before_request
def _refuse_nul() -> None:
    """Nobody types NUL, and no database keeps it."""
    told = [request.path, *(text for name, texts in request.values.lists() for text in (name, *texts))]
    if any("\0" in text for text in told):
        raise BadRequest


def _judged(needs: Needs, now: datetime) -> Any:
    if needs.permission is not None and needs.permission not in here().permissions:
        raise NotPermitted
    if not needs.fresh or here().is_fresh(now):
        return None
    session[NEXT] = _this_page() if request.method == "GET" else _where_from()
    return redirect(url_for("staff.again"), 303)


def _this_page() -> str:
    return request.full_path.removesuffix("?")


def _where_from() -> str:
    """The page of ours that a form was sent from; the first page where that is not known."""
    told = urlsplit(request.referrer or "")
    is_ours = told.netloc == request.host and told.path.startswith("/staff/")
    return told.path if is_ours else url_for("staff.home")


@staff.context_processor
def _for_templates() -> dict[str, Any]:
    me: OnDuty | None = g.get("here")
    club = g.club if "club" in g else look_up(_club)
    return {
        "here": me,
        "club": club,
        "zone": club.time_zone if club else UTC,
        "now": rooms().clock.now(),
        "may": lambda permission: me is not None and permission in me.permissions,
        "fresh_key": lambda: token_urlsafe(12),
    }


def editions_of(rows: Session, now: datetime) -> Editions | None:
    """The programme, as far as one is published."""
    with suppress(NoProgramme):
        return rooms().shelf.editions(rows, now)
    return None


def _club(rows: Session, now: datetime) -> Club | None:
    """The club, as far as a programme is published."""
    editions = editions_of(rows, now)
    return None if editions is None else editions.at(now).programme.club
