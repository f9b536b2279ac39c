"""Booking a visit: the place, the day and the time, who comes; refusals stand beside their field."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from secrets import token_urlsafe
from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from loyalty import ids
from loyalty.actions.agree import agree
from loyalty.actions.once import Asking
from loyalty.actions.use_benefit import use_benefit
from loyalty.actions.who import Bearer
from loyalty.benefits import Wanted
from loyalty.decide.programme import Editions
from loyalty.errors import Refusal
from loyalty.members import ConsentTerms
from loyalty.pages.member.benefits import may_act, offered
from loyalty.pages.member.blueprint import carry, form_key, here, show
from loyalty.pages.member.joining import act_of
from loyalty.pages.member.refused import of_booking
from loyalty.pages.words import language
from loyalty.reads.own_benefits import OneBenefit

AHEAD = timedelta(days=366)  #: so far ahead a page books
_TOLD = ("place", "day", "time", "guests", "relation", "policy", "consent")
_GUESTS, _TIME = re.compile("[0-9]{1,3}"), re.compile("([01][0-9]|2[0-3]):[0-5][0-9]")


def book_page(code: str) -> Any:
    """The form. What is used at a place without a booking, or is no visit, has none."""
    one = offered(code)
    if not _is_booked(one):
        return redirect(url_for("me.benefit", code=code), 303)
    return _form(one)


def book(code: str) -> Any:
    """Book, once for each form; or say what is missing, and where it is missing."""
    one = offered(code)
    if not _is_booked(one):
        return redirect(url_for("me.benefit", code=code), 303)
    told = {name: request.form.get(name, "").strip()[:100] for name in _TOLD}
    if len(one.rights) == 1:
        told["policy"] = one.rights[0].policy_no or ""
    faults = dict(_faults(one, told))
    if faults:
        return _form(one, told, faults), 422
    day, zone = date.fromisoformat(told["day"]), g.club.time_zone
    at = datetime.combine(day, time.fromisoformat(told["time"]), zone)
    wanted = Wanted(
        one.terms.code,
        at.astimezone(UTC),
        guests=int(told["guests"] or 0),
        policy_no=told["policy"] or None,
        relation=told["relation"] or None,
        reserve=True,
    )
    try:
        answer = reserve(wanted, told["place"] or None, one.consent if told["consent"] else None)
    except Refusal as refusal:
        return _form(one, told, of_booking(refusal)), 422
    flash(gettext("Booked."))
    return redirect(url_for("me.visit", use_id=ids.pair_from_text(answer["use_id"])), 303)


def reserve(wanted: Wanted, place: str | None, consent: ConsentTerms | None) -> dict[str, Any]:
    """Book for the signed-in member, who consents to a text first where one is handed in.

    A second press of the form's button is the same wish. Raises what `use_benefit` raises.
    """
    key, tongue, member_id = form_key(), language(), here().member_id
    reference = f"page-{key or token_urlsafe(12)}"

    def wish(rows: Session, editions: Editions, asking: Asking) -> dict[str, Any]:
        if consent is not None:
            agree(rows, editions, member_id, act_of(consent, "given", tongue), asking.now)
        bearer = Bearer(member_id=member_id)
        return use_benefit(rows, editions, bearer, wanted, place, reference=reference, asking=asking)[0]

    return carry(wish, key)


def _is_booked(one: OneBenefit) -> bool:
    return one.terms.kind == "service" and one.first_day is not None


def _days(one: OneBenefit) -> tuple[date, date]:
    """From the first day that can be booked, or on which there is more again, for a year."""
    again = [right.again_from for right in one.rights if right.again_from is not None]
    is_free = not all(right.is_used_up for right in one.rights)
    first = one.today if is_free else min(again, default=one.today)
    return max(one.first_day or one.today, first), one.today + AHEAD


def _faults(one: OneBenefit, told: dict[str, str]) -> Iterator[tuple[str, str]]:
    if one.terms.providers and told["place"] not in dict(one.places):
        yield "place", gettext("Please choose a place.")
    day = _day_in(told["day"])
    if day is None:
        yield "day", gettext("Please choose a day, such as 2026-04-08.")
    elif day < one.today:
        yield "day", gettext("That time has passed. Please choose a later one.")
    elif day > _days(one)[1]:
        yield "day", gettext("Please choose a day within the coming year.")
    if not _TIME.fullmatch(told["time"]):
        yield "time", gettext("Please choose a time, such as 10:30.")
    if told["guests"] and not _GUESTS.fullmatch(told["guests"]):
        yield "guests", gettext("Please type a number.")
    if len(one.rights) > 1 and told["policy"] not in {right.policy_no for right in one.rights}:
        yield "policy", gettext("Please choose a policy.")
    if not one.is_allowed and not told["consent"] and one.consent is not None:
        yield "consent", gettext("Please agree to this first; the place needs it to receive you.")


def _day_in(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _form(one: OneBenefit, told: dict[str, str] | None = None, faults: dict[str, str] | None = None) -> str:
    first, last = _days(one)
    shown = {"told": told or {}, "faults": faults or {}, "first": first, "last": last}
    return show("booking", one=one, may_act=may_act(), **shown)


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/benefits/<code>/book", "GET", "book_benefit", book_page),
    ("/benefits/<code>/book", "POST", "reserve_benefit", book),
)
