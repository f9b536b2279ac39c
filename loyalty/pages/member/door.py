"""The door: a contact, a code that was sent to it, and in. Strangers hear the same as members."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import g, redirect, render_template, request, session, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from loyalty import access
from loyalty.actions.once import Asking
from loyalty.actions.sign_in_member import by_card, check_unused, sign_in, whose
from loyalty.db import carry_out
from loyalty.decide.programme import Editions
from loyalty.errors import CardUnknown, CodeExpired, ContactMalformed, LoginTaken, TooSoon
from loyalty.pages.devices import device_name
from loyalty.pages.member.blueprint import SECRET, ask, carry
from loyalty.pages.member.codes import (
    ASKED,
    code_view,
    fault_of,
    fresh_browser,
    proof_at_hand,
    remember,
    send_code,
    tell_code,
)
from loyalty.pages.words import said
from loyalty.rooms import rooms

_BETWEEN = str.maketrans("", "", " -")


def sign_in_page() -> Any:
    """One field: a phone number or an e-mail address."""
    return _page("sign-in")


def ask_page() -> Any:
    """Send a code. Whoever asks hears the same, at the same pace."""
    text = request.form.get("contact", "")[:254]
    browser = fresh_browser()
    try:
        asked = send_code(text, browser)
    except (ContactMalformed, TooSoon) as refusal:
        return _page("sign-in", fault=fault_of(refusal), contact=text), 422
    remember(asked, browser, text)
    return redirect(url_for("me.code"), 303)


def code_page() -> Any:
    """The field for the code, and what to do when none comes."""
    if ASKED not in session:
        return redirect(url_for("me.sign_in"), 303)
    return _page("code", **code_view())


def prove_page() -> Any:
    """Tell the code: in, or which of several, or an invitation to join."""
    try:
        fault = tell_code(request.form.get("code", ""))
    except CodeExpired as refusal:
        return _page("code", fault=said(refusal), over=True, **code_view()), 422
    if fault:
        return _page("code", fault=fault, **code_view()), 422
    found = _found()
    if len(found) == 1:
        return _come_in(found[0])
    if found:
        return redirect(url_for("me.which"), 303)
    return redirect(url_for("me.join" if g.club.joining == "open" else "me.nobody"), 303)


def which_page() -> Any:
    """Several members share the contact: whose card is it?"""
    if ASKED not in session:
        return redirect(url_for("me.sign_in"), 303)
    return _page("which")


def pick_page() -> Any:
    """The one of them who has this card."""
    text = request.form.get("card", "")
    try:
        found = _found()
        card = text.strip().translate(_BETWEEN)[:32]
        return _come_in(ask(lambda rows, *_: by_card(rows, found, card)))
    except CardUnknown:
        return _page("which", fault=gettext("This card does not belong to that contact."), card=text), 422
    except CodeExpired as refusal:
        return _page("sign-in", fault=said(refusal)), 422


def nobody_page() -> Any:
    """The contact is proven, and no member has it."""
    return _page("nobody")


def go_out() -> Any:
    """Sign out of this browser."""
    secret, now = session.get(SECRET, ""), rooms().clock.now()
    carry_out(lambda rows: access.end_session_of(rows, secret, now))
    session.clear()
    return redirect(url_for("me.sign_in"), 303)


def begin_session(member_id: int, *, again: bool = False) -> None:
    """Sign the member in who is behind this browser's proof, or was a moment ago (`again`).

    Raises CodeExpired, CardUnknown, LoginTaken.
    """
    proof, key = proof_at_hand(), rooms().settings.identity_secret
    before = session.get(SECRET, "")

    def wish(rows: Session, _: Editions, asking: Asking) -> str:
        access.end_session_of(rows, before, asking.now)
        device = device_name(request.user_agent.string)
        return sign_in(rows, proof, member_id, device, key, asking.now, again=again)

    secret = carry(wish)
    session.clear()  # whoever used this browser before is nobody to the one who comes in
    session[SECRET] = secret
    session.permanent = True


def _come_in(member_id: int) -> Any:
    try:
        begin_session(member_id)
    except (CodeExpired, CardUnknown, LoginTaken) as refusal:
        return _page("sign-in", fault=said(refusal)), 422
    return redirect(url_for("me.home"), 303)


def _found() -> Sequence[int]:
    """The members who sign in by the contact that this browser proved. Raises CodeExpired."""
    proof, key = proof_at_hand(), rooms().settings.identity_secret

    def wish(rows: Session, _: Editions, asking: Asking) -> Sequence[int]:
        check_unused(rows, proof, key, asking.now)
        return whose(rows, proof.contact, key)

    return carry(wish)


def _page(name: str, **more: Any) -> str:
    return render_template(f"member/door/{name}.html", **more)


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/sign-in", "GET", "sign_in", sign_in_page),
    ("/sign-in", "POST", "ask", ask_page),
    ("/code", "GET", "code", code_page),
    ("/code", "POST", "prove", prove_page),
    ("/which", "GET", "which", which_page),
    ("/which", "POST", "pick", pick_page),
    ("/nobody", "GET", "nobody", nobody_page),
    ("/sign-out", "POST", "go_out", go_out),
)
