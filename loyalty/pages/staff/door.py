"""The door: an address and a password, then a code of an app; or a passkey. Strangers hear the same."""

from collections.abc import Callable
from typing import Any

from flask import g, redirect, request, session, url_for
from flask_babel import ngettext

from loyalty import staff
from loyalty.actions import sign_in_staff
from loyalty.actions.sign_in_staff import Known
from loyalty.errors import PasskeyRefused, Refusal, SignInWrong, TriedTooOften, Unauthorised
from loyalty.pages.staff.addresses import one_form
from loyalty.pages.staff.allowing import for_staff, open_to_all
from loyalty.pages.staff.blueprint import SECRET, carry, look_up, show
from loyalty.pages.staff.browser import browser, come_in, keep_challenge, kept_challenge, site
from loyalty.pages.words import said

HALFWAY = "halfway"


@open_to_all
def sign_in_page() -> Any:
    """An address and a password, or a passkey."""
    if g.here is not None:
        return redirect(url_for("staff.home"), 303)
    return show("door/sign-in")


@open_to_all
def tell_password() -> Any:
    """Tell address and password; whoever's they are, what is wrong sounds the same."""
    email, password = one_form(request.form.get("email", "")), request.form.get("password", "")
    try:
        who = proven(email, password)
        session[HALFWAY] = carry(lambda rows, now: sign_in_staff.begin(rows, who, now))
    except (SignInWrong, TriedTooOften) as refusal:
        return show("door/sign-in", fault=fault_of(refusal), email=request.form.get("email", "")), 422
    return redirect(url_for("staff.second"), 303)


@open_to_all
def second_page() -> Any:
    """The field for a code of the app, or a recovery code."""
    if HALFWAY not in session:
        return redirect(url_for("staff.sign_in"), 303)
    return show("door/second")


@open_to_all
def tell_code() -> Any:
    """Tell the code, and come in."""
    halfway, code, mine = session.get(HALFWAY, ""), request.form.get("code", ""), browser()
    try:
        secret = carry(lambda rows, now: sign_in_staff.finish(rows, halfway, code, mine, now))
    except Unauthorised:
        session.pop(HALFWAY, None)
        return show("door/sign-in", fault=said(SignInWrong())), 422
    except TriedTooOften as refusal:
        return show("door/second", fault=fault_of(refusal)), 422
    if secret is None:
        return show("door/second", fault=said(SignInWrong())), 422
    return redirect(come_in(secret), 303)


@open_to_all
def passkey_options() -> Any:
    """What a browser is asked to show a passkey by."""
    challenge = carry(staff.fresh_challenge)
    keep_challenge(challenge)
    return staff.showing(site(), challenge)


@open_to_all
def show_passkey() -> Any:
    """Show a passkey, and come in: where to go, or what is wrong."""
    answer, challenge, mine = answer_of_browser(), kept_challenge(), browser()
    try:
        secret = carry(
            lambda rows, now: sign_in_staff.come_in_by_passkey(rows, site(), challenge, answer, mine, now)
        )
    except PasskeyRefused as refusal:
        return {"fault": said(refusal)}, 422
    return {"to": come_in(secret)}


@for_staff
def go_out() -> Any:
    """Sign out of this browser."""
    secret = session.get(SECRET, "")
    carry(lambda rows, now: staff.end_of(rows, secret, now))
    session.clear()
    return redirect(url_for("staff.sign_in"), 303)


def proven(email: str, password: str) -> Known:
    """Whose address and password these are; the try is counted before. Raises SignInWrong, TriedTooOften."""
    mine = browser()
    carry(lambda rows, now: sign_in_staff.count_try(rows, email, mine, now))
    who = look_up(lambda rows, _: sign_in_staff.known(rows, email))
    if not staff.is_password(who.password, password):
        raise SignInWrong
    return who


def answer_of_browser() -> dict[str, Any]:
    """What a browser's passkey answered; nothing for anything else than an object."""
    told = request.get_json(silent=True)
    return told if isinstance(told, dict) else {}


def fault_of(refusal: Refusal) -> str:
    """What is wrong, in words; when the account is heard again."""
    if not isinstance(refusal, TriedTooOften):
        return said(refusal)
    seconds = int(str(refusal.facts["seconds"]))
    return str(
        ngettext(
            "Tried too often. Please try again in %(num)s second.",
            "Tried too often. Please try again in %(num)s seconds.",
            seconds,
        )
    )


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/sign-in", "GET", "sign_in", sign_in_page),
    ("/sign-in", "POST", "tell_password", tell_password),
    ("/sign-in/code", "GET", "second", second_page),
    ("/sign-in/code", "POST", "tell_code", tell_code),
    ("/sign-in/passkey/options", "POST", "passkey_options", passkey_options),
    ("/sign-in/passkey", "POST", "show_passkey", show_passkey),
    ("/sign-out", "POST", "go_out", go_out),
)
