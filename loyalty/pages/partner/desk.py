"""The desk: whose card it is, what may be given, what was given on a day."""

import re
from datetime import date, datetime, timedelta
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from sqlalchemy.orm import Session

from loyalty import calendar
from loyalty.actions.once import Asking
from loyalty.actions.recognise import Recognised, recognise, recognised
from loyalty.actions.use_benefit import close_use, use_benefit
from loyalty.actions.who import Bearer
from loyalty.benefits import State, Wanted
from loyalty.decide.programme import Editions
from loyalty.errors import CardBlocked, CardUnknown, CodeUnknown, KeyReused, NotFound, Refusal
from loyalty.guesses import note_guess, refusal_until
from loyalty.money import MoneyFaulty, parse_money
from loyalty.pages.partner.blueprint import ask, carry, here
from loyalty.pages.words import said
from loyalty.reads.at_place import Shown, day_of, shown_to
from loyalty.rooms import rooms

CARD_DIGITS, CODE_DIGITS = 16, 20
_BETWEEN = str.maketrans("", "", " -")
_GUESTS, _CODE = re.compile("[0-9]{1,3}"), re.compile("[a-z][a-z0-9_-]{0,39}")
_DAYS = timedelta(days=31)  #: so far from today a place looks at its days
_CLOSES: dict[str, State] = {"confirm": "used", "no-show": "no_show"}


def desk() -> Any:
    """The field, and the visits of today or of another day."""
    return _desk()


def look() -> Any:
    """Look whose card or code was shown; the answer is a page of its own, which can be loaded again."""
    text = request.form.get("who", "")
    bearer = _bearer_in(text)
    if bearer is None:
        return _desk(fault=gettext("A card has 16 digits, a member's code 20."), who=text), 422
    try:
        _refuse_locked()
        handle = carry(
            lambda session, editions, asking: recognise(
                session, editions, bearer, here().place.code, asking.now
            )
        )
    except (CardUnknown, CodeUnknown) as refusal:
        return _desk(fault=said(_heard(refusal)), who=text), 422
    except Refusal as refusal:
        return _desk(refused=said(refusal), tail=text[-4:]), 422
    return redirect(url_for("partner.member", handle=handle), 303)


def member(handle: str) -> Any:
    """What may be given to whoever was shown, and what they have booked here."""

    def question(session: Session, editions: Editions, now: datetime) -> Shown:
        whom = _whom(session, handle, now)
        return shown_to(session, editions, whom.member_id, here().place, now)

    try:
        return _desk(shown=ask(question), handle=handle)
    except CardBlocked as refusal:
        return _desk(refused=said(refusal)), 422


def record(handle: str) -> Any:
    """Record that a benefit was given: once for each time a card or a code was shown."""
    form = request.form
    benefit, guests, amount = form.get("benefit", ""), form.get("guests", "0"), form.get("amount", "").strip()
    if not (_GUESTS.fullmatch(guests) and _CODE.fullmatch(benefit)):
        return _again(handle, gettext("That cannot be recorded. Please ask again."))

    def wish(session: Session, editions: Editions, asking: Asking) -> tuple[dict[str, Any], bool]:
        currency = editions.at(asking.now).programme.club.currency
        minor = parse_money(amount, currency) if amount else None
        wanted = Wanted(benefit, asking.now, is_now=True, guests=int(guests), amount_minor=minor)
        whom, place = _whom(session, handle, asking.now), here().place.code
        reference = f"{whom.visit}-{benefit}"
        return use_benefit(session, editions, whom.bearer, wanted, place, reference=reference, asking=asking)

    try:
        told, _ = carry(wish)
    except MoneyFaulty:
        return _again(handle, gettext("The bill is an amount such as 480.00."))
    except KeyReused:
        return _again(handle, gettext("That was recorded before. Please ask for the card again."))
    except NotFound:
        raise
    except Refusal as refusal:
        return _again(handle, said(refusal))
    flash(_recorded(told))
    return redirect(url_for("partner.desk"), 303)


def close(use_id: tuple[int, int], word: str) -> Any:
    """Whoever was booked came, or did not."""
    try:
        carry(
            lambda session, editions, asking: close_use(
                session, editions, *use_id, _CLOSES[word], place=here().place.code, asking=asking
            )
        )
    except Refusal as refusal:
        return _desk(refused=said(refusal)), 422
    came = word == "confirm"
    flash(gettext("The visit is recorded.") if came else gettext("Noted that nobody came."))
    return redirect(url_for("partner.desk"), 303)


def _desk(**more: Any) -> str:
    def question(session: Session, editions: Editions, now: datetime) -> dict[str, Any]:
        today = calendar.local_day(now, editions.zone)
        day = _asked_day(today)
        visits = day_of(session, editions, here().place, day)
        come = sum(1 + one.guests for one in visits if one.state == "used")
        return {
            "day": day,
            "today": today,
            "before": day - timedelta(days=1),
            "after": day + timedelta(days=1),
            "visits": visits,
            "come": come,
            "zone": editions.zone,
        }

    return render_template("partner/desk.html", **ask(question), **more)


def _asked_day(today: date) -> date:
    try:
        day = date.fromisoformat(request.args.get("day", today.isoformat()))
    except ValueError:
        return today
    return min(max(day, today - _DAYS), today + _DAYS)


def _again(handle: str, fault: str) -> Any:
    flash(fault, "refused")
    return redirect(url_for("partner.member", handle=handle), 303)


def _whom(session: Session, handle: str, now: datetime) -> Recognised:
    return recognised(session, handle, here().place.code, now)


def _recorded(told: dict[str, Any]) -> str:
    left = told["remaining"]
    if told["discount"] is not None:
        return str(gettext("Recorded. %(amount)s goes off the bill.", amount=told["discount"]))
    if left is None:
        return str(gettext("Recorded."))
    if left == 0:
        return str(gettext("Recorded. That was the last one."))
    return str(ngettext("Recorded. %(num)s is left.", "Recorded. %(num)s are left.", left))


def _bearer_in(text: str) -> Bearer | None:
    """What was scanned or typed: a card or a member's code, blanks and hyphens apart; None for neither."""
    digits = text.translate(_BETWEEN)
    if not (digits.isascii() and digits.isdigit()):
        return None
    return {CARD_DIGITS: Bearer(card=digits), CODE_DIGITS: Bearer(code=digits)}.get(len(digits))


def _refuse_locked() -> None:
    until, now = here().locked_until, rooms().clock.now()
    if until is not None and now < until:
        raise refusal_until(until, now)


def _heard(refusal: Refusal) -> Refusal:
    """What is heard instead of an unknown card after too many of them; somebody is told of the last one."""
    guess = note_guess(rooms(), here().key_id)
    if guess.is_last:
        g.guessing = here().prefix
    if guess.locked_until is not None and guess.is_too_late:
        return refusal_until(guess.locked_until, rooms().clock.now())
    return refusal


def nothing(path: str) -> Any:
    """An address that leads nowhere is told on a page of ours, not on the server's."""
    raise NotFound(path=path)


VIEWS = (
    ("", "GET", desk),
    ("", "POST", look),
    ("/members/<handle>", "GET", member),
    ("/members/<handle>", "POST", record),
    ("/visits/<pair:use_id>/<any(confirm, 'no-show'):word>", "POST", close),
    ("/<path:path>", "GET", nothing),
)
