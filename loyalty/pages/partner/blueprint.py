"""What all pages of a place share: who is signed in, and what stands at their head."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar, cast

from flask import Blueprint, g, redirect, request, session, url_for
from sqlalchemy.orm import Session

from loyalty import access, benefits
from loyalty.actions.once import Asking
from loyalty.benefits import Place
from loyalty.db import Books, books_kept, carry_out, reading
from loyalty.decide.programme import Editions
from loyalty.errors import NotFound, Unauthorised
from loyalty.pages import faults, look, words
from loyalty.rooms import rooms
from loyalty.stops import carry_or_stop

T = TypeVar("T")
SECRET = "place"  # noqa: S105 - the name of what a browser keeps in its cookie
_OPEN = {"partner.sign_in", "partner.come_in"}  #: pages for those who are not signed in

partner = Blueprint("partner", __name__, url_prefix="/partner", template_folder=str(look.HERE / "templates"))
look.dress(partner)
words.speak(partner)
faults.answer_faults(partner, "partner/fault.html")


@dataclass(frozen=True, slots=True)
class AtPlace:
    """Who is signed in: one place, by one of its keys."""

    place: Place
    name: dict[str, str]
    client: str
    key_id: int
    prefix: str
    books: Books
    locked_until: datetime | None  #: after too many unknown cards


def here() -> AtPlace:
    """Who sends this request; for views behind the door."""
    return cast(AtPlace, g.here)


def carry(wish: Callable[[Session, Editions, Asking], T]) -> T:
    """Carry out what the place asks for, in a transaction of its own. Raises AccountStopped."""
    room = rooms()
    asking = Asking(here().client, None, room.clock.now())
    return carry_or_stop(
        room, lambda session: wish(session, room.shelf.editions(session, asking.now), asking), here().books
    )


def ask(question: Callable[[Session, Editions, datetime], T], books: Books | None = None) -> T:
    """Answer what a page shows, from one consistent look."""
    room = rooms()
    now = room.clock.now()
    with reading(books or here().books) as session:
        return question(session, room.shelf.editions(session, now), now)


@partner.before_request
def _at_the_door() -> Any:
    g.here = None
    if request.endpoint in _OPEN:
        return None
    try:
        g.here = _signed_in(session.get(SECRET, ""))
    except Unauthorised:
        session.pop(SECRET, None)
        return redirect(url_for("partner.sign_in"), 303)
    return None


def _signed_in(secret: str) -> AtPlace:
    """Who the browser with this secret is. Raises Unauthorised, for a place that was closed too."""
    now = rooms().clock.now()
    with reading() as rows:
        key, seen_at = access.signed_in(rows, secret, now)
        books = check_books(key)
        code, locked, mine = key.place or "", access.locked_until(key), (key.client, key.key_id, key.prefix)
    if seen_at <= now - access.SEEN_EVERY:
        carry_out(lambda rows: access.note_seen(rows, secret, now))
    try:
        with reading(books) as rows:
            return AtPlace(benefits.place(rows, code), benefits.place_name(rows, code), *mine, books, locked)
    except NotFound:
        raise Unauthorised from None


def check_books(key: access.ApiKey) -> Books:
    """The books that a key's page writes. Raises Unauthorised where they are not kept."""
    books: Books = "live" if key.mode == "live" else "training"
    if books not in books_kept():
        raise Unauthorised
    return books


@partner.context_processor
def _for_templates() -> dict[str, Any]:
    return {"here": g.get("here")}
