"""What all pages of a member share: who is signed in, and what stands at their head."""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from secrets import token_urlsafe
from typing import Any, TypeVar, cast

from flask import Blueprint, g, redirect, render_template, request, session, url_for
from sqlalchemy.orm import Session

from loyalty import access
from loyalty.actions.once import Asking
from loyalty.db import carry_out, reading
from loyalty.decide.club import Club
from loyalty.decide.programme import Editions
from loyalty.errors import NoProgramme, Unauthorised
from loyalty.members import Act, may
from loyalty.pages import faults, look, words
from loyalty.pages.member.faces import icon_of
from loyalty.reads.signed_in import SEEN_EVERY, SignedIn, signed_in
from loyalty.rooms import rooms
from loyalty.stops import carry_or_stop

T = TypeVar("T")
SECRET = "member"  # noqa: S105 - the name of what a browser keeps in its cookie
CLIENT = "me"  #: who asks for what a member does on their pages
_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")  #: as `fresh_key` makes them
_OPEN = {
    "me.sign_in", "me.ask", "me.code", "me.prove", "me.which", "me.pick", "me.join", "me.become", "me.nobody",
    "me.freeze", "me.freeze_now", "me.farewell"
}  # fmt: skip

me = Blueprint("me", __name__, url_prefix="/me", template_folder=str(look.HERE / "templates"))

look.dress(me)
words.speak(me)
faults.answer_faults(me, "member/fault.html")


def here() -> SignedIn:
    """Who sends this request; for views behind the door."""
    return cast(SignedIn, g.here)


def carry(wish: Callable[[Session, Editions, Asking], T], key: str | None = None) -> T:
    """Carry out what the member asks for, in a transaction of its own. Raises AccountStopped.

    `key` names the wish where what is asked for has no name of its own: a form's, so that a second press
    of its button is the same wish.
    """
    room = rooms()
    asking = Asking(CLIENT, key, room.clock.now())
    return carry_or_stop(room, lambda rows: wish(rows, room.shelf.editions(rows, asking.now), asking), "live")


def ask(question: Callable[[Session, Editions, datetime], T]) -> T:
    """Answer what a page shows, from one consistent look."""
    room = rooms()
    now = room.clock.now()
    with reading() as rows:
        return question(rows, room.shelf.editions(rows, now), now)


def show(template: str, **more: Any) -> str:
    """A page of the signed-in member."""
    return render_template(f"member/{template}.html", **more)


def form_key() -> str | None:
    """What names the form that was sent: a second press of its button is the same wish; None for no key."""
    key = request.form.get("key", "")
    return key if _KEY.fullmatch(key) else None


@me.before_request
def _at_the_door() -> Any:
    g.here, room = None, rooms()
    secret, now = session.get(SECRET, ""), room.clock.now()
    with reading() as rows:
        g.club = room.shelf.editions(rows, now).at(now).programme.club
        if request.endpoint in _OPEN:
            return None
        try:
            g.here = signed_in(rows, secret, now)
        except Unauthorised:
            session.pop(SECRET, None)
            return redirect(url_for("me.sign_in"), 303)
    if g.here.seen_at <= now - SEEN_EVERY:
        carry_out(lambda rows: access.note_session(rows, secret, now))
    return None


@me.context_processor
def _for_templates() -> dict[str, Any]:
    club = g.get("club") or _club()
    zone = club.time_zone if club else UTC
    shown = {"here": g.get("here"), "club": club, "zone": zone, "now": rooms().clock.now()}
    return shown | {"fresh_key": lambda: token_urlsafe(12), "icon_of": icon_of, "may": _may}


def _may(act: Act) -> bool:
    """Whether the signed-in member's state allows an act: a button that is refused is not shown."""
    return may(here().state, act)


def _club() -> Club | None:
    """The club, for what is refused before the door has looked; None where no programme is published."""
    with suppress(NoProgramme):
        return ask(lambda _, editions, now: editions.at(now).programme.club)
    return None
