"""A member changes their phone number or e-mail address: the old one is proven, then the new one."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import flash, redirect, request, session, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from loyalty.actions.move_contact import move_contact
from loyalty.actions.once import Asking
from loyalty.actions.sign_in_member import contact_of
from loyalty.decide.programme import Editions
from loyalty.errors import CodeExpired, ContactMalformed, LoginTaken, TooSoon
from loyalty.pages.member.blueprint import ask, carry, here, show
from loyalty.pages.member.codes import (
    NEW,
    code_view,
    fault_of,
    fresh_browser,
    proof_at_hand,
    remember,
    send_code,
    tell_code,
)
from loyalty.pages.member.proving import proof_first
from loyalty.pages.words import said
from loyalty.reads.profile import profile_of
from loyalty.rooms import rooms


def contact_page(kind: str) -> Any:
    """The field for the new one, and what follows from a change."""
    return proof_first(kind) or _page(kind)


def ask_new(kind: str) -> Any:
    """Send a code to the new one; whoever else has it, the answer is the same."""
    if (elsewhere := proof_first(kind)) is not None:
        return elsewhere
    text = request.form.get("contact", "").strip()[:254]
    fault = _fault(kind, text)
    if fault:
        return _page(kind, fault=fault, told=text), 422
    browser = fresh_browser()
    try:
        remember(send_code(text, browser, to_anybody=True), browser, text, NEW)
    except (ContactMalformed, TooSoon) as refusal:
        return _page(kind, fault=fault_of(refusal), told=text), 422
    return redirect(url_for("me.contact_code", kind=kind), 303)


def contact_code(kind: str) -> Any:
    """The field for the code that went to the new one."""
    if _asked(kind):
        return _code_page(kind)
    return redirect(url_for("me.contact", kind=kind), 303)


def change(kind: str) -> Any:
    """Tell the code: the new one counts from now on, and every other device is signed out."""
    if not _asked(kind):
        return redirect(url_for("me.contact", kind=kind), 303)
    try:
        fault = tell_code(request.form.get("code", ""), NEW)
        if fault:
            return _code_page(kind, fault=fault), 422
        changed = _move()
    except CodeExpired as refusal:
        return _code_page(kind, fault=said(refusal), over=True), 422
    except LoginTaken:
        session.pop(NEW, None)
        return _page(kind, fault=_taken(kind)), 422
    session.pop(NEW, None)
    if changed:
        flash(gettext("Changed. Other devices are signed out, and points cannot be used for 24 hours."))
    return redirect(url_for("me.profile"), 303)


def _move() -> bool:
    proof, key, me = proof_at_hand(NEW), rooms().settings.identity_secret, here()

    def wish(rows: Session, editions: Editions, asking: Asking) -> bool:
        return move_contact(rows, editions, me.member_id, me.session_id, proof, key, asking.now)

    return carry(wish)


def _asked(kind: str) -> bool:
    return bool(session.get(NEW, {}).get("kind") == kind)


def _fault(kind: str, text: str) -> str | None:
    """What is wrong with what was typed, in words."""

    def question(rows: Session, editions: Editions, now: datetime) -> str | None:
        wanted = contact_of(editions, text, now)
        if wanted.kind != kind:
            raise ContactMalformed
        if profile_of(rows, here().member_id).ways.get(kind) == wanted.value:
            return str(gettext("That is what the club has already."))
        return None

    try:
        return ask(question)
    except ContactMalformed:
        if kind == "phone":
            return str(gettext("Please type a phone number, with the country code where it is from abroad."))
        return str(gettext("Please type an email address, as ana@example.org."))


def _taken(kind: str) -> str:
    if kind == "phone":
        return str(gettext("Another member signs in by this number. Please give us one of your own."))
    return str(gettext("Another member signs in by this address. Please give us one of your own."))


def _page(kind: str, **more: Any) -> str:
    has = ask(lambda rows, *_: profile_of(rows, here().member_id))
    return show("profile/contact", kind=kind, has=has.phone if kind == "phone" else has.email, **more)


def _code_page(kind: str, **more: Any) -> str:
    return show("profile/contact-code", kind=kind, **code_view(NEW), **more)


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/profile/contact/<any(phone,email):kind>", "GET", "contact", contact_page),
    ("/profile/contact/<any(phone,email):kind>", "POST", "ask_new", ask_new),
    ("/profile/contact/<any(phone,email):kind>/code", "GET", "contact_code", contact_code),
    ("/profile/contact/<any(phone,email):kind>/code", "POST", "change_contact", change),
)
