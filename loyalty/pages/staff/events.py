"""Events of the club: announced, told otherwise, called off; who comes and who waits."""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from loyalty import benefits, ids, members
from loyalty.actions import keep_event
from loyalty.actions.move_up import move_up
from loyalty.actions.take_list import take_guests
from loyalty.benefits import ClubEvent
from loyalty.decide.programme import Editions
from loyalty.errors import EventOver, Invalid, NotFound
from loyalty.pages.staff.allowing import allowed
from loyalty.pages.staff.blueprint import act, ask, carry, form_key, here, show
from loyalty.pages.staff.taking import form_wanted, list_of
from loyalty.pages.staff.telling import fields_of, told_instant, told_words
from loyalty.pages.words import named, said
from loyalty.reads.guests import EventShown, calendar_page, event_shown, guests, has_bookings

MOST = 30  #: events of a page
GUESTS = 100  #: bookings of a page
AT_ONCE = 100  #: bookings that end, or move up, while somebody waits for the page; the night does the rest
NAME_MOST = 120
PLACES_MOST = 1_000_000
_NUMBER = re.compile(r"[0-9]{1,9}")
COLUMNS = ("turn", "state", "name", "card", "people", "guests", "booked_at", "booking")


@allowed("benefits:see")
def calendar() -> Any:
    """What is to come, or what is over; and the form that announces."""
    return _calendar()


@allowed("catalogue:keep")
def announce() -> Any:
    """Invite members to an event."""
    told, faults = _told(None)
    if told is None:
        return _calendar(faults=faults, told=request.form), 422
    try:
        event_id = act(
            lambda rows, editions, asking: keep_event.announce_once(rows, editions, told, asking=asking),
            form_key(),
        )
    except (Invalid, NotFound) as refusal:
        return _calendar(faults=_faults(refusal), told=request.form), 422
    flash(gettext("The event is announced. Members see it at once."))
    return redirect(url_for("staff.event", event_id=event_id), 303)


@allowed("benefits:see")
def event(event_id: int) -> Any:
    """One event, who comes and who waits."""
    return _event(event_id)


@allowed("catalogue:keep")
def change(event_id: int) -> Any:
    """Let it be told otherwise; who waits gets the places that there are more."""
    was = _one(event_id)
    told, faults = _told(was.event.benefit)
    if told is None:
        return _event(event_id, faults=faults, told=request.form), 422
    me = here().actor
    try:
        carry(lambda rows, now: keep_event.change(rows, event_id, told, me, now))
    except (Invalid, NotFound) as refusal:
        return _event(event_id, faults=_faults(refusal), told=request.form), 422
    except EventOver as refusal:
        return _event(event_id, faults={"": said(refusal)}), 422
    moved = _repeated(move_up, event_id)
    flash(gettext("The event is changed."))
    if moved:
        flash(gettext("%(num)s who waited got their places.", num=moved))
    return redirect(url_for("staff.event", event_id=event_id), 303)


@allowed("catalogue:keep", fresh=True)
def cancel(event_id: int) -> Any:
    """Call it off: bookings end, and their members are told."""
    me = here().actor
    carry(lambda rows, now: keep_event.call_off(rows, event_id, me, now))
    ended = _repeated(keep_event.let_go_of, event_id)
    flash(gettext("The event is called off. Bookings that ended: %(num)s.", num=ended))
    if ended == AT_ONCE:
        flash(gettext("The night ends the rest."))
    return redirect(url_for("staff.event", event_id=event_id), 303)


@allowed("members:open")
def take(event_id: int) -> Any:
    """The list of guests by name, which is noted."""
    form, me = form_wanted(), here().actor
    _one(event_id)
    found = carry(lambda rows, now: take_guests(rows, event_id, form, me, now))
    rows = (
        (
            no,
            one.use.state,
            one.name or "",
            one.card or "",
            one.people,
            one.use.guests,
            one.use.booked_at.isoformat(),
            ids.pair_to_text(one.use.member_id, one.use.use_id),
        )
        for no, one in enumerate(found, 1)
    )
    return list_of(f"guests-{ids.to_text(event_id)}", form, COLUMNS, rows)


def state_words() -> dict[str, str]:
    """How a booking of an event stands."""
    return {
        "reserved": gettext("comes"),
        "used": gettext("came"),
        "no_show": gettext("did not come"),
        "waiting": gettext("on the waiting list"),
    }


def _repeated(step: Callable[..., bool], event_id: int) -> int:
    """Repeat a step, a transaction each, until nothing is left to do or it is enough; how often it was."""
    once = partial(_step, step, event_id)
    return next((done for done in range(AT_ONCE) if not act(once)), AT_ONCE)


def _step(step: Callable[..., bool], event_id: int, rows: Session, editions: Editions, asking: Any) -> bool:
    return step(rows, editions, event_id, asking.now)


def _told(benefit: str | None) -> tuple[ClubEvent | None, dict[str, str]]:
    """The event that a form tells, and what is wrong with it by field."""
    faults: dict[str, str] = {}
    zone = ask(lambda _, editions, __: editions.zone)
    name = told_words("name", NAME_MOST, faults)
    starts_at = None
    with suppress(ValueError):
        starts_at = told_instant("starts", zone)
    if starts_at is None:
        faults["starts_day"] = gettext("Please choose a day and a time.")
    capacity = request.form.get("capacity", "").strip()
    if not (
        capacity.isascii() and capacity.isdigit() and len(capacity) < 9 and 1 <= int(capacity) <= PLACES_MOST
    ):
        faults["capacity"] = gettext("Please tell a whole number of 1 or more.")
    benefit = benefit or request.form.get("benefit", "")
    if benefit not in {one.code for one in ask(_kinds)}:
        faults["benefit"] = gettext("Please choose one of these.")
    if faults or starts_at is None:
        return None, faults
    return ClubEvent(benefit, name, starts_at, request.form.get("place") or None, int(capacity)), {}


def _faults(refusal: Invalid | NotFound) -> dict[str, str]:
    """What the engine refused, by field of the form."""
    if isinstance(refusal, NotFound):
        return {"place": gettext("This place is not open.")}
    words = {
        "starts_at": gettext("Please choose a day to come. It stays as it is once members have booked."),
        "place": gettext("Members have booked this place. Call the event off and announce another."),
        "capacity": gettext("More come already."),
    }
    fields: dict[str, str] = refusal.facts["fields"]  # type: ignore[assignment]
    return {"starts_day" if name == "starts_at" else name: words[name] for name in fields}


def _kinds(_: Session, editions: Editions, now: datetime) -> list[Any]:
    return [one for one in editions.at(now).programme.benefits if one.kind == "event"]


def _open_places(rows: Session) -> list[tuple[str, str]]:
    return [(one.code, named(one.name)) for one in benefits.places(rows) if one.closed_at is None]


def _calendar(**more: Any) -> str:
    over, after = request.args.get("view") == "over", ids.from_text(request.args.get("after", ""))

    def question(rows: Session, editions: Editions, now: datetime) -> dict[str, Any]:
        return {
            "found": calendar_page(rows, after, MOST + 1, now, over=over),
            "kinds": [(one.code, named(one.name)) for one in _kinds(rows, editions, now)],
            "open_places": _open_places(rows),
        }

    seen = ask(question)
    found = seen.pop("found")
    following = ids.to_text(found[MOST - 1].event.event_id) if len(found) > MOST else None
    shown: dict[str, Any] = {"told": {}, "faults": {}} | more
    return show(
        "events/calendar", found=found[:MOST], following=following, over=over, is_first=after is None,
        **seen, **shown,
    )  # fmt: skip


def _one(event_id: int) -> EventShown:
    return ask(lambda rows, _, __: event_shown(rows, event_id))


def _event(event_id: int, **more: Any) -> str:
    after = ids.from_text(request.args.get("after", ""))

    def question(rows: Session, editions: Editions, now: datetime) -> dict[str, Any]:
        return {
            "one": event_shown(rows, event_id),
            "found": guests(rows, event_id, after, GUESTS + 1),
            "is_booked": has_bookings(rows, event_id),
            "kinds": {one.code: one for one in _kinds(rows, editions, now)},
            "open_places": _open_places(rows),
            "zone_of_club": editions.zone,
        }

    seen = ask(question)
    one, found, zone = seen["one"].event, seen.pop("found"), seen.pop("zone_of_club")
    following = ids.to_text(found[GUESTS - 1].use.use_id) if len(found) > GUESTS else None
    shown: dict[str, Any] = {"told": _fields(one, zone), "faults": {}} | more
    return show(
        "events/event", found=found[:GUESTS], following=following, is_first=after is None,
        state_words=state_words(), masked=members.masked, masked_name=members.masked_name, **seen, **shown,
    )  # fmt: skip


def _fields(one: Any, zone: ZoneInfo) -> dict[str, str]:
    """What the form shows of an event."""
    names = {f"name_{language}": text for language, text in one.name.items()}
    more = {"capacity": str(one.capacity), "place": one.place or "", "benefit": one.benefit}
    return names | fields_of("starts", one.starts_at, zone) | more


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/events", "GET", "events", calendar),
    ("/events", "POST", "announce_event", announce),
    ("/events/<opaque:event_id>", "GET", "event", event),
    ("/events/<opaque:event_id>", "POST", "change_event", change),
    ("/events/<opaque:event_id>/cancel", "POST", "cancel_event", cancel),
    ("/events/<opaque:event_id>/guests", "POST", "take_guests", take),
)
