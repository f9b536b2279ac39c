"""What a one-time link opens: choosing a password and an app, and the recovery codes, shown once."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import g, request
from flask_babel import gettext
from sqlalchemy.orm import Session

from loyalty import staff
from loyalty.actions.admit_staff import Chosen, accept, invited_by, set_up
from loyalty.actions.sign_in_staff import come_in as begin_session
from loyalty.errors import AppCodeWrong, PasswordWeak, StaffKnown
from loyalty.pages.staff.addresses import is_address, one_form
from loyalty.pages.staff.allowing import open_to_all
from loyalty.pages.staff.blueprint import carry, look_up, show
from loyalty.pages.staff.browser import browser, come_in
from loyalty.pages.staff.choosing import app_at_hand, app_view, faults_of, password_told
from loyalty.rooms import rooms

NAME_MOST = 80


@open_to_all
def link_page(token: str) -> Any:
    """The form that the link opens."""
    return _form(token)


@open_to_all
def choose(token: str) -> Any:
    """Choose, come in, and see the recovery codes once."""
    who = look_up(lambda rows, now: invited_by(rows, token, now))
    email, name = one_form(request.form.get("email", "")), request.form.get("name", "").strip()
    is_first = who.account_id is None
    if is_first and (faults := person_faults(email, name)):
        return _form(token, faults=faults), 422
    keys, mine = rooms().settings.staff_keys, browser()

    def wish(rows: Session, now: datetime) -> tuple[str, list[str]]:
        chosen = Chosen(password_told(), app_at_hand(), request.form.get("code", ""))
        if is_first:
            account_id, codes = set_up(rows, token, email, name, chosen, keys, now)
        else:
            account_id, codes = accept(rows, token, chosen, keys, now)
        return begin_session(rows, account_id, mine, now), codes

    try:
        secret, codes = carry(wish)
    except (PasswordWeak, AppCodeWrong, StaffKnown) as refusal:
        return _form(token, faults=faults_of(refusal)), 422
    come_in(secret)
    return show("door/codes", codes=codes)


def person_faults(email: str, name: str) -> dict[str, str]:
    """What is wrong with an address and a name, by the field it stands at."""
    faults: dict[str, str] = {}
    if not is_address(email):
        faults["email"] = gettext("Please type an e-mail address.")
    if not name or len(name) > NAME_MOST or not name.isprintable():
        faults["name"] = gettext("Please type a name.")
    return faults


def club_name() -> str:
    """What the club is called in the codes' app and to passkeys."""
    return str(g.club.name["en"]) if g.club else "Loyalty"


def _form(token: str, **more: Any) -> str:
    def question(rows: Session, now: datetime) -> tuple[str, str]:
        found = invited_by(rows, token, now)
        if found.account_id is None:
            return "", ""
        row = staff.account(rows, found.account_id)
        return row.email, row.name

    email, name = look_up(question)
    typed = one_form(request.form.get("email", ""))
    return show(
        "door/enter",
        is_first=not email,
        email=email or typed,
        name=name or request.form.get("name", ""),
        **app_view(email or typed or "administrator", club_name()),
        **more,
    )


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/enter/<token>", "GET", "enter", link_page),
    ("/enter/<token>", "POST", "choose", choose),
)
