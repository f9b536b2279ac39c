"""The first page: the card, ready to be scanned; what there is, what expires, what can be done now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil
from typing import Any

from flask import g, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from loyalty import calendar
from loyalty.actions.once import Asking
from loyalty.actions.show_code import show_code
from loyalty.decide.programme import Editions
from loyalty.errors import CardBlocked
from loyalty.members import Purpose, may
from loyalty.pages import drawings
from loyalty.pages.member.blueprint import ask, carry, here, show
from loyalty.pages.member.faces import face_of
from loyalty.pages.words import language
from loyalty.reads.home import HomeView, home_view, next_event
from loyalty.rooms import rooms

SOON_DAYS = 60  #: below that many days it is said how many are left
PART = "X-Part"  #: the header of a script that asks for a part of a page


@dataclass(frozen=True, slots=True)
class ShownCode:
    """A code on the pass, and for how many seconds it lives."""

    digits: str
    seconds: int


def home() -> Any:
    """The member's card, their points, and what the card gives."""
    told = request.args.get("to")
    return _home("spend" if told == "spend" else "earn")


def turn(purpose: Purpose) -> Any:
    """A fresh code for the pass (M4): the part of the page that shows it, or the page around it.

    None is made to spend by while points are to stay where they are: the pass says so instead.
    """
    code = _fresh(purpose) if _is_open(purpose, rooms().clock.now()) else None
    html = _code(purpose, code) if request.headers.get(PART) else _home(purpose, code)
    return html, 200 if code else 422


def turned_back(purpose: Purpose) -> Any:
    """The pass itself, for whoever loads again, or in another language, the page that a code was asked on."""
    return redirect(url_for("me.home", to=purpose), 303)


def event_part() -> Any:
    """The panel of the next club event, for the first page to load when the rest is there."""

    def question(rows: Session, editions: Editions, now: datetime) -> Any:
        return next_event(rows, editions, here().member_id, now)

    return show("home/event", found=ask(question))


def _fresh(purpose: Purpose) -> ShownCode | None:
    def wish(rows: Session, _: Editions, asking: Asking) -> ShownCode:
        digits, expires_at = show_code(rows, here().member_id, purpose, asking.now)
        return ShownCode(digits, ceil((expires_at - asking.now).total_seconds()))

    try:
        return carry(wish)
    except CardBlocked:  # since this page's first look
        return None


def _is_open(purpose: Purpose, now: datetime) -> bool:
    """Whether a code may be shown at all: the card works, and to spend, nothing keeps the points in."""
    works = may(here().state, "show_code") and not here().card_blocked
    return works and not (purpose == "spend" and here().guard.is_shut(now))


def _code(purpose: Purpose, code: ShownCode | None) -> str:
    return render_template("member/home/code.html", **_of_pass(purpose, code))


def _of_pass(purpose: Purpose, code: ShownCode | None) -> dict[str, Any]:
    now = rooms().clock.now()
    works = _is_open("earn", now)
    shown = {"purpose": purpose, "code": code, "works": works, "may_show": _is_open(purpose, now)}
    return shown | {"qr_code": drawings.qr_code, "bars": drawings.bars}


def _home(purpose: Purpose, code: ShownCode | None = None) -> str:
    def question(rows: Session, editions: Editions, now: datetime) -> tuple[HomeView, int]:
        view = home_view(rows, editions, here().member_id, here().card_number, now)
        return view, len(editions.at(now).programme.ladder.tiers)

    view, tiers = ask(question)
    today = calendar.local_day(rooms().clock.now(), g.club.time_zone)
    return show(
        "home",
        view=view,
        face=face_of(view.tier, tiers) if view.tier else None,
        other_name=_other_name(view.tier.name) if view.tier else None,
        days_to=lambda day: _days_to(day, today),
        **_of_pass(purpose, code),
    )


def _days_to(day: date, today: date) -> int | None:
    """How many days are left, where they are few."""
    left = (day - today).days
    return left if left < SOON_DAYS else None


def _other_name(names: Mapping[str, str]) -> tuple[str, str] | None:
    """What the tier is called in the reader's other language: the language's tag, and the name."""
    other, tag = ("en", "en") if language() == "zh" else ("zh", "zh-Hans")
    return (tag, names[other]) if names.get(other) else None


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/", "GET", "home", home),
    ("/code/<any(earn, spend):purpose>", "POST", "turn", turn),
    ("/code/<any(earn, spend):purpose>", "GET", "turned_back", turned_back),
    ("/next-event", "GET", "event_part", event_part),
)
