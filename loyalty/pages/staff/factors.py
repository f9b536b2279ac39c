"""A colleague's own second factors: another app, and recovery codes anew."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext

from loyalty.actions.keep_own_sign_in import change_app, renew_recovery_codes
from loyalty.errors import AppCodeWrong
from loyalty.pages.staff.allowing import for_staff_afresh
from loyalty.pages.staff.blueprint import carry, here, show
from loyalty.pages.staff.choosing import app_at_hand, app_is_set_up, app_view, faults_of
from loyalty.pages.staff.entering import club_name
from loyalty.rooms import rooms


@for_staff_afresh
def app_page() -> Any:
    """Another app, to be set up; until its code is told, the one before counts."""
    return show("account/app", **app_view(here().email, club_name()))


@for_staff_afresh
def tell_app_code() -> Any:
    """Tell the code of the app that is set up; it counts from now on."""
    me, app, keys = here(), app_at_hand(), rooms().settings.staff_keys
    code = request.form.get("code", "")
    try:
        carry(lambda rows, now: change_app(rows, me, app, code, keys, now))
    except AppCodeWrong as refusal:
        return show("account/app", faults=faults_of(refusal), **app_view(me.email, club_name())), 422
    app_is_set_up()
    flash(gettext("From now on the codes come from this app. Everywhere else you are signed out."))
    return redirect(url_for("staff.account"), 303)


@for_staff_afresh
def renew_codes() -> Any:
    """Recovery codes instead of the earlier ones, shown once."""
    me = here()
    return show("door/codes", codes=carry(lambda rows, now: renew_recovery_codes(rows, me, now)))


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/account/app", "GET", "app", app_page),
    ("/account/app", "POST", "tell_app_code", tell_app_code),
    ("/account/recovery-codes", "POST", "renew_codes", renew_codes),
)
