"""A colleague's own passkeys: made by the browser, named, dropped."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from loyalty import ids, staff
from loyalty.actions.keep_own_sign_in import add_passkey, drop_passkey
from loyalty.errors import PasskeyRefused
from loyalty.pages.staff.allowing import for_staff_afresh
from loyalty.pages.staff.blueprint import carry, here
from loyalty.pages.staff.browser import browser, keep_challenge, kept_challenge, site
from loyalty.pages.staff.door import answer_of_browser
from loyalty.pages.staff.entering import club_name
from loyalty.pages.words import said


@for_staff_afresh
def making_options() -> Any:
    """What a browser is asked to make a passkey by."""
    me = here()

    def wish(rows: Session, now: datetime) -> tuple[bytes, list[str]]:
        known = [one.credential for one in staff.passkeys_of(rows, me.account_id)]
        return staff.fresh_challenge(rows, now), known

    challenge, known = carry(wish)
    keep_challenge(challenge)
    handle = ids.to_text(me.account_id).encode()
    return staff.making(site(), club_name(), handle, me.email, challenge, known)


@for_staff_afresh
def keep_passkey() -> Any:
    """Keep the passkey that a browser made; it is called as the browser is."""
    me, answer, challenge, name = here(), answer_of_browser(), kept_challenge(), browser().device
    try:
        carry(lambda rows, now: add_passkey(rows, me, site(), challenge, answer, name, now))
    except PasskeyRefused as refusal:
        return {"fault": said(refusal)}, 422
    flash(gettext("The passkey is kept. You may sign in by it from now on."))
    return {"to": url_for("staff.account")}


@for_staff_afresh
def drop(passkey_id: int) -> Any:
    """Let a passkey of mine sign nobody in any more."""
    me = here()
    carry(lambda rows, now: drop_passkey(rows, me, passkey_id, now))
    flash(gettext("The passkey is removed."))
    return redirect(url_for("staff.account"), 303)


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/account/passkeys/options", "POST", "making_options", making_options),
    ("/account/passkeys", "POST", "keep_passkey", keep_passkey),
    ("/account/passkeys/<opaque:passkey_id>/drop", "POST", "drop_passkey", drop),
)
