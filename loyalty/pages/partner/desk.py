"""The desk: whose card it is, what may be given, what was given on a day."""

import re
import secrets
from datetime import date, datetime, timedelta
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy.orm import Session

from loyalty import calendar
from loyalty.actions.once import Asking
from loyalty.actions.recognise import recognise
from loyalty.actions.use_benefit import close_use, use_benefit
from loyalty.actions.who import Bearer
from loyalty.benefits import State, Wanted
from loyalty.decide.programme import Editions
from loyalty.errors import CardUnknown, CodeUnknown, NotFound, Refusal
from loyalty.guesses import note_guess, refusal_until
from loyalty.money import MoneyFaulty, parse_money
from loyalty.pages.partner.blueprint import ask, carry, here
from loyalty.pages.words import said
from loyalty.reads.at_place import Shown, day_of, shown_to
from loyalty.rooms import rooms

RECOGNISED = timedelta(minutes=10)  #: for so long a place may record what it was shown a card for
CARD_DIGITS, CODE_DIGITS = 16, 20
_BETWEEN = str.maketrans("", "", " -")
_GUESTS, _CODE = re.compile("[0-9]{1,3}"), re.compile("[a-z][a-z0-9_-]{0,39}")
_REFERENCE = re.compile("[A-Za-z0-9_-]{16}")  #: as the form made it
_DAYS = timedelta(days=31)  #: so far from today a place looks at its days
_CLOSES: dict[str, State] = {"confirm": "used", "no-show": "no_show"}


def desk() -> Any:
    """The field, and the visits of today or of another day."""
    return _desk()


def recognised() -> Any:
    """Look whose card or code was shown; the answer is a page of its own, which can be loaded again."""
    text = request.form.get("who", "")
    bearer = _bearer_in(text)
    if bearer is None:
        return _desk(fault=gettext("A card has 16 digits, a member's code 20."), who=text), 422
    try:
        _refuse_locked()
        member_id = carry(lambda session, editions, asking: recognise(session, editions, bearer, asking.now))
    except (CardUnknown, CodeUnknown) as refusal:
        return _desk(fault=said(_heard(refusal)), who=text), 422
    except Refusal as refusal:
        return _desk(refused=said(refusal), tail=text[-4:]), 422
    return redirect(url_for("partner.member", seal=_sealed(member_id)), 303)


def member(seal: str) -> Any:
    """What may be given to whoever was recognised, and what they have booked here."""
    member_id = _opened(seal)

    def question(session: Session, editions: Editions, now: datetime) -> Shown:
        return shown_to(session, editions, member_id, here().place, now)

    return _desk(shown=ask(question), seal=seal, reference=secrets.token_urlsafe(12))


def record(seal: str) -> Any:
    """Record that a benefit was given; the form's own reference makes it once."""
    member_id, form = _opened(seal), request.form
    benefit, guests = form.get("benefit", ""), form.get("guests", "0")
    amount, reference = form.get("amount", "").strip(), form.get("reference", "")
    if not (_GUESTS.fullmatch(guests) and _CODE.fullmatch(benefit) and _REFERENCE.fullmatch(reference)):
        return _again(seal, gettext("That cannot be recorded. Please ask again."))

    def wish(session: Session, editions: Editions, asking: Asking) -> tuple[dict[str, Any], bool]:
        currency = editions.at(asking.now).programme.club.currency
        minor = parse_money(amount, currency) if amount else None
        wanted = Wanted(benefit, asking.now, is_now=True, guests=int(guests), amount_minor=minor)
        return use_benefit(
            session,
            editions,
            Bearer(member_id=member_id),
            wanted,
            here().place.code,
            reference=reference,
            asking=asking,
        )

    try:
        told, _ = carry(wish)
    except MoneyFaulty:
        return _again(seal, gettext("The bill is an amount such as 480.00."))
    except Refusal as refusal:
        return _again(seal, said(refusal))
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


def _again(seal: str, fault: str) -> Any:
    flash(fault, "refused")
    return redirect(url_for("partner.member", seal=seal), 303)


def _recorded(told: dict[str, Any]) -> str:
    left = told["remaining"]
    if told["discount"] is not None:
        return str(gettext("Recorded. %(amount)s goes off the bill.", amount=told["discount"]))
    if left is None:
        return str(gettext("Recorded."))
    return str(ngettext("Recorded. %(num)s is left.", "Recorded. %(num)s are left.", left))


def _sealed(member_id: int) -> str:
    """What keeps in mind for some minutes whose card was shown, for this place alone."""
    until = rooms().clock.now() + RECOGNISED
    return _sealer().dumps([member_id, until.timestamp()])


def _opened(seal: str) -> int:
    """Whose card was shown. Raises NotFound once the minutes are over."""
    try:
        member_id, until = _sealer().loads(seal)
    except BadData:
        raise NotFound from None
    if rooms().clock.now().timestamp() >= until:
        raise NotFound
    return int(member_id)


def _sealer() -> URLSafeSerializer:
    keys = rooms().settings.keys_for("members recognised at a place")
    return URLSafeSerializer(list(reversed(keys)), salt=here().prefix)


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
    ("", "POST", recognised),
    ("/members/<seal>", "GET", member),
    ("/members/<seal>", "POST", record),
    ("/visits/<pair:use_id>/<any(confirm, 'no-show'):word>", "POST", close),
    ("/<path:path>", "GET", nothing),
)
