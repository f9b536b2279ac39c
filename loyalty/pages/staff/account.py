"""A colleague's own account: who they are here, where they are signed in, their password."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from loyalty import staff
from loyalty.actions.admit_staff import check_password
from loyalty.actions.keep_own_sign_in import change_password
from loyalty.errors import PasswordWeak, SignInWrong, TriedTooOften
from loyalty.pages.staff.allowing import for_staff, for_staff_afresh
from loyalty.pages.staff.blueprint import carry, here, look_up, show
from loyalty.pages.staff.choosing import faults_of, password_told
from loyalty.pages.staff.door import fault_of, proven


@for_staff
def account_page() -> Any:
    """What I sign in by, and where I am signed in, this browser first."""
    me = here()

    def question(rows: Session, now: datetime) -> dict[str, Any]:
        found = staff.sessions_of(rows, me.account_id, now)
        return {
            "sessions": sorted(found, key=lambda one: one.session_id != me.session_id),
            "passkeys": staff.passkeys_of(rows, me.account_id),
            "codes_left": staff.recovery_codes_left(rows, me.account_id),
        }

    return show("account/account", **look_up(question))


@for_staff_afresh
def password_page() -> Any:
    """The password as it is, and another one."""
    return show("account/password")


@for_staff_afresh
def tell_new_password() -> Any:
    """Take another password; everywhere else the colleague is signed out."""
    me = here()
    try:
        proven(me.email, request.form.get("current", ""))
    except (SignInWrong, TriedTooOften) as refusal:
        return show("account/password", faults={"current": fault_of(refusal)}), 422
    try:
        password = password_told()
        check_password(password, me.email, me.name)
    except PasswordWeak as refusal:
        return show("account/password", faults=faults_of(refusal)), 422
    kept = staff.sealed(password)
    carry(lambda rows, now: change_password(rows, me, kept, now))
    flash(gettext("The password is changed. Everywhere else you are signed out."))
    return redirect(url_for("staff.account"), 303)


@for_staff
def end_session(session_id: int) -> Any:
    """Sign one of my browsers out."""
    me = here()
    carry(lambda rows, now: staff.end(rows, me.account_id, session_id, now))
    flash(gettext("That browser is signed out."))
    return redirect(url_for("staff.account"), 303)


@for_staff
def end_others() -> Any:
    """Sign all my browsers out but this one."""
    me = here()
    carry(lambda rows, now: staff.end_all(rows, me.account_id, now, but=me.session_id))
    flash(gettext("All other browsers are signed out."))
    return redirect(url_for("staff.account"), 303)


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/account", "GET", "account", account_page),
    ("/account/password", "GET", "password", password_page),
    ("/account/password", "POST", "tell_new_password", tell_new_password),
    ("/account/sessions/end-others", "POST", "end_other_sessions", end_others),
    ("/account/sessions/<opaque:session_id>/end", "POST", "end_session", end_session),
)
