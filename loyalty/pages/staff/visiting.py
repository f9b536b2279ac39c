"""A visit booked or written down for a member at the counter: which benefit, where, when, with whom."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask import g, request
from flask_babel import gettext
from sqlalchemy.orm import Session

from loyalty import calendar, ids
from loyalty.actions.once import Asking
from loyalty.actions.use_benefit import use_benefit
from loyalty.actions.who import Bearer
from loyalty.benefits import Wanted
from loyalty.decide.programme import Editions
from loyalty.errors import NotFound, Refusal
from loyalty.pages.staff.acting import carry_act, reference, told_of
from loyalty.pages.staff.allowing import allowed
from loyalty.pages.staff.blueprint import ask, show
from loyalty.pages.staff.opened import of_opened
from loyalty.pages.staff.visit_words import against
from loyalty.reads.bookable import Bookable, bookable, visited_benefits
from loyalty.rooms import rooms

AHEAD = timedelta(days=366)  #: so far ahead the counter books
TOLD = ("benefit", "place", "day", "time", "guests", "relation", "policy", "event", "wait")
_GUESTS, _TIME = re.compile("[0-9]{1,3}"), re.compile("([01][0-9]|2[0-3]):[0-5][0-9]")


@allowed("benefits:act")
@of_opened
def visit_page(member_id: int) -> Any:
    """Which benefit; then its form."""
    code = request.args.get("benefit", "")
    return _form(member_id, found) if (found := _bookable(member_id, code)) else _choose(member_id)


@allowed("benefits:act")
@of_opened
def keep_visit(member_id: int) -> Any:
    """Book the visit, or write down that it was had."""
    told = told_of(*TOLD)
    found = _bookable(member_id, told["benefit"])
    if found is None:
        return _choose(member_id, fault=gettext("Please choose a benefit.")), 422
    faults = dict(faults_of(found, told))
    if faults:
        return _form(member_id, found, told=told, faults=faults), 422
    wanted = wanted_of(found, told, rooms().clock.now())

    def wish(rows: Session, editions: Editions, asking: Asking) -> dict[str, Any]:
        bearer, place = Bearer(member_id=member_id), told["place"] or None
        return use_benefit(rows, editions, bearer, wanted, place, reference=reference(), asking=asking)[0]

    def done(answer: dict[str, Any]) -> str:
        words = {"waiting": gettext("On the waiting list."), "reserved": gettext("Booked.")}
        return str(words.get(answer["state"], gettext("The visit is written down.")))

    def again(refusal: Refusal) -> str:
        return _form(member_id, found, told=told, faults=against(refusal))

    return carry_act(member_id, wish, again, done)


def faults_of(found: Bookable, told: dict[str, str]) -> Iterator[tuple[str, str]]:
    """What is missing or cannot be, by field."""
    one = found.one
    if one.terms.kind == "event":
        if told["event"] not in {ids.to_text(event.event_id) for event in found.events}:
            yield "event", gettext("Please choose an event.")
    else:
        yield from _faults_of_place(found, told)
    if told["guests"] and not _GUESTS.fullmatch(told["guests"]):
        yield "guests", gettext("Please type a number.")
    if len(one.rights) > 1 and told["policy"] not in {right.policy_no for right in one.rights}:
        yield "policy", gettext("Please choose a policy.")


def wanted_of(found: Bookable, told: dict[str, str], now: datetime) -> Wanted:
    """The visit that a form without faults asks for."""
    one, is_event = found.one, found.one.terms.kind == "event"
    policy = one.rights[0].policy_no if len(one.rights) == 1 else told["policy"] or None
    return Wanted(
        one.terms.code,
        now if is_event else _instant(told),
        is_now=is_event,  # the event says when it is
        guests=int(told["guests"] or 0),
        event_id=ids.from_text(told["event"]) if is_event else None,
        waits=is_event and bool(told["wait"]),
        policy_no=policy,
        relation=told["relation"] or None,
        reserve=found.is_booked or is_event,
    )


def _faults_of_place(found: Bookable, told: dict[str, str]) -> Iterator[tuple[str, str]]:
    if found.one.terms.providers and told["place"] not in dict(found.one.places):
        yield "place", gettext("Please choose a place.")
    try:
        day = date.fromisoformat(told["day"])
    except ValueError:
        day = date.min
    if not found.first_day <= day <= found.last_day:
        first, last = found.first_day.isoformat(), found.last_day.isoformat()
        yield "day", gettext("Please choose a day from %(first)s to %(last)s.", first=first, last=last)
    if not _TIME.fullmatch(told["time"]):
        yield "time", gettext("Please choose a time, such as 10:30.")
    elif found.first_day <= day and not found.is_booked and _instant(told) > rooms().clock.now():
        yield "time", gettext("That is still to come. A visit is written down once it was had.")


def _instant(told: dict[str, str]) -> datetime:
    day, at = date.fromisoformat(told["day"]), time.fromisoformat(told["time"])
    return datetime.combine(day, at, g.club.time_zone).astimezone(UTC)


def _bookable(member_id: int, code: str) -> Bookable | None:
    try:
        return ask(lambda rows, editions, now: bookable(rows, editions, member_id, code, AHEAD, now))
    except NotFound:
        return None


def _choose(member_id: int, **more: Any) -> str:
    found = ask(lambda rows, editions, now: visited_benefits(rows, editions, member_id, now))
    return show("members/visit-which", member_id=member_id, benefits=found, **more)


def _form(member_id: int, found: Bookable, **more: Any) -> str:
    now = rooms().clock.now().astimezone(g.club.time_zone)
    fresh = {} if found.is_booked else {"day": calendar.local_day(now, g.club.time_zone).isoformat()}
    fresh |= {} if found.is_booked else {"time": now.strftime("%H:%M")}
    return show(
        "members/visit-new", member_id=member_id, found=found, **({"told": fresh, "faults": {}} | more)
    )


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/members/<opaque:member_id>/visits/new", "GET", "visit_form", visit_page),
    ("/members/<opaque:member_id>/visits/new", "POST", "keep_visit", keep_visit),
)
