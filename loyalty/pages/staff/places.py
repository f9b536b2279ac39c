"""Where benefits are given: places are opened, named anew, closed; a key of theirs is made with the keys."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext

from loyalty import benefits
from loyalty.actions.keep_place import close_place, open_place
from loyalty.benefits import Place
from loyalty.db import books_kept, carry_out
from loyalty.document.values import is_code, text
from loyalty.errors import NotFound
from loyalty.pages.staff.allowing import allowed
from loyalty.pages.staff.benefit_words import kind_words
from loyalty.pages.staff.blueprint import ask, here, look_up, show
from loyalty.reads.places import PlaceView, place_view, places_page
from loyalty.rooms import rooms

MOST = 50  #: places of a page
NAME_MOST = 120
_FIELDS = ("code", "provider", "name_zh", "name_en")


@allowed("benefits:see")
def list_page() -> Any:
    """The places that are open, or all there ever were."""
    return _list()


@allowed("catalogue:keep")
def open_one() -> Any:
    """Open a place; one of this code that says something else is changed on its own page."""
    told, faults = _told()
    found = look_up(lambda rows, _: {one.code: one for one in benefits.places(rows)}.get(told["code"]))
    if found is not None and (found.closed_at or not _says(found, told)):
        faults.setdefault("code", gettext("There is a place of this code already."))
    if faults:
        return _list(told=told, faults=faults), 422
    if found is None:
        _keep(told)
    flash(gettext("The place is open."))
    return redirect(url_for("staff.place", place=told["code"]), 303)


@allowed("benefits:see")
def place_page(place: str) -> Any:
    """One place: what it gives, its names, its keys."""
    return _place(place)


@allowed("catalogue:keep")
def change(place: str) -> Any:
    """Change a place's names and provider; one that was closed is open again."""
    _one(place)
    told, faults = _told(place)
    if faults:
        return _place(place, told=told, faults=faults), 422
    _keep(told)
    flash(gettext("The place is kept as you told it, and open."))
    return redirect(url_for("staff.place", place=place), 303)


@allowed("catalogue:keep")
def close(place: str) -> Any:
    """Give nothing there any more; what is booked there stays booked."""
    me, now = here().actor, rooms().clock.now()
    _one(place)
    for books in books_kept():
        with suppress(NotFound):  # those for training may never have heard of it
            carry_out(lambda rows: close_place(rows, place, me, now), books=books)
    flash(gettext("The place is closed. What is booked there stays booked."))
    return redirect(url_for("staff.place", place=place), 303)


def _told(place: str | None = None) -> tuple[dict[str, str], dict[str, str]]:
    """What the form says of a place, and what is wrong with it by field."""
    told = {name: request.form.get(name, "").strip() for name in _FIELDS}
    told |= {"code": place} if place is not None else {}
    faults = {
        name: gettext("A code is a small letter, then at most 39 of a-z, 0-9, _ and -.")
        for name in ("code", "provider")
        if not is_code(told[name])
    }
    for name in ("name_zh", "name_en"):
        try:
            text(told[name], NAME_MOST)
        except ValueError:
            faults[name] = gettext("A name has 1 to %(num)s characters.", num=NAME_MOST)
    return told, faults


def _says(place: Any, told: dict[str, str]) -> bool:
    """Whether a place is just what a form says: its button was pressed twice."""
    return (place.provider, place.name) == (told["provider"], _name(told))


def _name(told: dict[str, str]) -> dict[str, str]:
    return {"zh": told["name_zh"], "en": told["name_en"]}


def _keep(told: dict[str, str]) -> None:
    """Keep a place in all books, those for training too: their keys speak for it as well."""
    me, now = here().actor, rooms().clock.now()
    place = Place(told["code"], told["provider"])
    for books in books_kept():
        carry_out(lambda rows: open_place(rows, place, _name(told), me, now), books=books)


def _one(code: str) -> PlaceView:
    return ask(lambda rows, editions, now: place_view(rows, editions, code, now))


def _list(**more: Any) -> str:
    every, after = request.args.get("view") == "all", request.args.get("after", "")
    known = after if is_code(after) else None
    found = ask(lambda rows, editions, now: places_page(rows, editions, known, MOST, now, every=every))
    shown: dict[str, Any] = {"told": {}, "faults": {}} | more
    return show("benefits/places", found=found, every=every, is_first=known is None, **shown)


def _place(code: str, **more: Any) -> str:
    found = _one(code)
    one = found.place
    told = {"provider": one.provider, "name_zh": one.name["zh"], "name_en": one.name["en"]}
    shown: dict[str, Any] = {"told": told, "faults": {}} | more
    return show("benefits/place", found=found, one=one, kind_words=kind_words(), **shown)


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/benefits/places", "GET", "places", list_page),
    ("/benefits/places", "POST", "open_place", open_one),
    ("/benefits/places/<place>", "GET", "place", place_page),
    ("/benefits/places/<place>", "POST", "change_place", change),
    ("/benefits/places/<place>/close", "POST", "close_place", close),
)
