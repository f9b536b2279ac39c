"""Telling both factors again, before what must not be done by whoever finds a browser open."""

from collections.abc import Callable
from typing import Any

from flask import redirect, request, session, url_for

from loyalty.actions import sign_in_staff
from loyalty.errors import PasskeyRefused, SignInWrong, TriedTooOften
from loyalty.pages.staff.allowing import for_staff
from loyalty.pages.staff.blueprint import NEXT, SECRET, carry, here, show
from loyalty.pages.staff.browser import browser, kept_challenge, site
from loyalty.pages.staff.door import answer_of_browser, fault_of, proven
from loyalty.pages.words import said


@for_staff
def again_page() -> Any:
    """Password and code, or a passkey."""
    return show("again")


@for_staff
def tell_again() -> Any:
    """Tell both, and go on where one was."""
    me, mine, code = here(), browser(), request.form.get("code", "")
    secret = session[SECRET]
    try:
        proven(me.email, request.form.get("password", ""))
        is_theirs = carry(
            lambda rows, now: sign_in_staff.prove_again(rows, secret, me.account_id, code, mine, now)
        )
    except (SignInWrong, TriedTooOften) as refusal:
        return show("again", fault=fault_of(refusal)), 422
    if not is_theirs:
        return show("again", fault=said(SignInWrong())), 422
    return redirect(_onward(), 303)


@for_staff
def show_again() -> Any:
    """Show a passkey, and go on where one was."""
    me, secret, answer, challenge = here(), session[SECRET], answer_of_browser(), kept_challenge()
    try:
        carry(
            lambda rows, now: sign_in_staff.prove_by_passkey(
                rows, secret, me.account_id, site(), challenge, answer, now
            )
        )
    except PasskeyRefused as refusal:
        return {"fault": said(refusal)}, 422
    return {"to": _onward()}


def _onward() -> str:
    return str(session.pop(NEXT, None) or url_for("staff.account"))


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/again", "GET", "again", again_page),
    ("/again", "POST", "tell_again", tell_again),
    ("/again/passkey", "POST", "show_again", show_again),
)
