"""What somebody signs in by, as they choose it: a password, and an app that shows codes."""

from typing import Any

from flask import request, session
from flask_babel import gettext

from loyalty import staff
from loyalty.errors import AppCodeWrong, PasswordWeak, Refusal
from loyalty.pages.drawings import qr_code
from loyalty.pages.words import said
from loyalty.rooms import rooms

_APP = "app"  #: the sealed key of the app that is being set up, in the browser's cookie


def app_view(email: str, club: str) -> dict[str, Any]:
    """What a page shows to set an app up by: a code to scan, and the same to type."""
    keys, app = rooms().settings.staff_keys, app_at_hand()
    address = staff.app_address(app, keys, email, club)
    return {"qr": qr_code(address, gettext("Code to scan with the app")), "app_key": staff.app_key(app, keys)}


def app_at_hand() -> str:
    """The sealed key of the app that this browser sets up; the same until it is done."""
    if _APP not in session:
        session[_APP] = staff.fresh_app_key(rooms().settings.staff_keys)
    return str(session[_APP])


def app_is_set_up() -> None:
    """The key is kept with the account; the next app gets another."""
    session.pop(_APP, None)


def password_told() -> str:
    """The password that was typed. Raises PasswordWeak where it was typed differently the second time."""
    password = request.form.get("password", "")
    if password != request.form.get("password_again", ""):
        raise PasswordWeak(why="different")
    return password


def faults_of(refusal: Refusal) -> dict[str, str]:
    """What is wrong, by the field it stands at."""
    if isinstance(refusal, AppCodeWrong):
        return {"code": said(refusal)}
    if isinstance(refusal, PasswordWeak):
        field = "password_again" if refusal.facts["why"] == "different" else "password"
        return {field: _why_weak(str(refusal.facts["why"]))}
    return {"": said(refusal)}


def _why_weak(why: str) -> str:
    told: dict[str, str] = {
        "short": gettext("Take at least %(num)s characters.", num=staff.SHORTEST),
        "long": gettext("Take at most %(num)s characters.", num=staff.LONGEST),
        "simple": gettext("This is guessed easily. Take several words that do not belong together."),
        "personal": gettext("Your name or address must not be in it."),
        "different": gettext("This is not the same as above."),
    }
    return told[why]
