"""Proving again who sits here: a code to a contact that the club has, before what a thief would do next."""

from collections.abc import Callable
from typing import Any

from flask import redirect, request, session, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from loyalty.actions.move_contact import prove_again
from loyalty.actions.once import Asking
from loyalty.decide.programme import Editions
from loyalty.errors import CodeExpired, ContactMalformed, TooSoon
from loyalty.pages.member.blueprint import SECRET, ask, carry, here, show
from loyalty.pages.member.codes import (
    KNOWN,
    code_view,
    fault_of,
    fresh_browser,
    proof_at_hand,
    remember,
    send_code,
    tell_code,
)
from loyalty.pages.words import said
from loyalty.reads.profile import profile_of
from loyalty.rooms import rooms

#: Where a proof may lead: its name in the address, and the page.
_LEADS: dict[str, Callable[[], str]] = {
    "phone": lambda: url_for("me.contact", kind="phone"),
    "email": lambda: url_for("me.contact", kind="email"),
    "lock": lambda: url_for("me.lock"),
    "household": lambda: url_for("me.household"),
    "data": lambda: url_for("me.data"),
    "erase": lambda: url_for("me.erase"),
}


def proof_first(then: str) -> Any | None:
    """What is answered instead where no code was told a short while ago: the way to a page that asks for one.

    Who is frozen hears that the counter comes first.
    """
    if here().guard.frozen_at is not None:
        return show("profile/lock"), 422
    if here().is_fresh(rooms().clock.now()):
        return None
    return redirect(url_for("me.again", next=then), 303)


def again_page() -> Any:
    """Which contact the code goes to."""
    return _page()


def send_again() -> Any:
    """Send a code to one of the member's own contacts."""
    ways, kind = _ways(), request.form.get("kind", "")
    if kind not in ways:
        return _page(fault=gettext("Please choose where the code goes.")), 422
    browser = fresh_browser()
    try:
        asked = send_code(ways[kind], browser, to_anybody=True)
    except (ContactMalformed, TooSoon) as refusal:
        return _page(fault=fault_of(refusal)), 422
    remember(asked, browser, masked(ways[kind]), KNOWN)
    return redirect(url_for("me.again_code", next=_then()), 303)


def again_code() -> Any:
    """The field for the code."""
    if KNOWN not in session:
        return redirect(url_for("me.again", next=_then()), 303)
    return _code_page()


def tell_again() -> Any:
    """Tell the code, and go on to where it was needed."""
    try:
        fault = tell_code(request.form.get("code", ""), KNOWN)
        if fault:
            return _code_page(fault=fault), 422
        _prove()
    except CodeExpired as refusal:
        session.pop(KNOWN, None)
        return _page(fault=said(refusal)), 422
    session.pop(KNOWN, None)
    return redirect(_LEADS.get(_then(), lambda: url_for("me.profile"))(), 303)


def masked(contact: str) -> str:
    """A contact as its owner knows it again: the last four digits, or the first letter and the domain.

    >>> masked("+8613800138000"), masked("ana@example.org")
    ('****8000', 'a****@example.org')
    """
    name, at, domain = contact.rpartition("@")
    return f"{name[:1]}****@{domain}" if at else f"****{contact[-4:]}"


def _prove() -> None:
    proof, key = proof_at_hand(KNOWN), rooms().settings.identity_secret
    member_id, secret = here().member_id, session.get(SECRET, "")

    def wish(rows: Session, _: Editions, asking: Asking) -> None:
        prove_again(rows, member_id, proof, secret, key, asking.now)

    carry(wish)


def _ways() -> dict[str, str]:
    return dict(ask(lambda rows, *_: profile_of(rows, here().member_id)).ways)


def _then() -> str:
    told = request.values.get("next", "")
    return told if told in _LEADS else ""


def _page(**more: Any) -> str:
    ways = {kind: masked(value) for kind, value in _ways().items()}
    return show("profile/again", ways=ways, then=_then(), **more)


def _code_page(**more: Any) -> str:
    return show("profile/again-code", then=_then(), **code_view(KNOWN), **more)


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/prove", "GET", "again", again_page),
    ("/prove", "POST", "send_again", send_again),
    ("/prove/code", "GET", "again_code", again_code),
    ("/prove/code", "POST", "tell_again", tell_again),
)
