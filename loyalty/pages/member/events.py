"""The club's events: what is to come, and one of them, to come to, to wait for or to let go."""

import re
from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext

from loyalty.benefits import Wanted
from loyalty.errors import EventBooked, NotFound, Refusal
from loyalty.pages.member.benefits import may_act
from loyalty.pages.member.blueprint import ask, here, show
from loyalty.pages.member.booking import reserve
from loyalty.pages.member.refused import of_booking
from loyalty.reads.own_events import OneEvent, event_list, one_event
from loyalty.rooms import rooms

_GUESTS = re.compile("[0-9]{1,3}")


def events() -> Any:
    """The events to come, and the last ones that the member had part in."""
    found = ask(lambda rows, editions, now: event_list(rows, editions, here().member_id, now))
    return show("events", list=found)


def event(event_id: int) -> Any:
    """One event, with the member's part in it."""
    return _event(_looked_up(event_id))


def register(event_id: int) -> Any:
    """Come to it, with companions; or wait, where that is asked for and no place is left."""
    one = _looked_up(event_id)
    terms, form = one.event.terms, request.form
    if terms is None:
        raise NotFound
    told = {name: form.get(name, "").strip()[:100] for name in ("guests", "consent", "wait")}
    if told["guests"] and not _GUESTS.fullmatch(told["guests"]):
        return _event(one, told, {"guests": gettext("Please type a number.")}), 422
    if not one.is_allowed and one.consent is not None and not told["consent"]:
        return _event(one, told, {"consent": gettext("Please agree to this first.")}), 422
    wanted = Wanted(
        terms.code,
        rooms().clock.now(),
        is_now=True,  # the event says when it is
        guests=int(told["guests"] or 0),
        event_id=event_id,
        waits=bool(told["wait"]),
        reserve=True,
    )
    try:
        answer = reserve(wanted, None, one.consent if told["consent"] else None)
    except EventBooked:
        return redirect(url_for("me.event", event_id=event_id), 303)
    except Refusal as refusal:
        faults = of_booking(refusal)
        shown = {field if field in told else "": words for field, words in faults.items()}
        return _event(_looked_up(event_id), told, shown), 422
    waits = answer["state"] == "waiting"
    flash(gettext("You are on the waiting list.") if waits else gettext("You are registered."))
    return redirect(url_for("me.event", event_id=event_id), 303)


def _looked_up(event_id: int) -> OneEvent:
    return ask(lambda rows, editions, now: one_event(rows, editions, here().member_id, event_id, now))


def _event(one: OneEvent, told: dict[str, str] | None = None, faults: dict[str, str] | None = None) -> str:
    return show("event", one=one, told=told or {}, faults=faults or {}, may_act=may_act())


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/events", "GET", "events", events),
    ("/events/<opaque:event_id>", "GET", "event", event),
    ("/events/<opaque:event_id>", "POST", "register", register),
)
