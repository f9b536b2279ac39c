"""One colleague as an administrator keeps them: roles, whether they may sign in, a way back in."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext

from loyalty import staff
from loyalty.actions import keep_staff
from loyalty.actions.admit_staff import reset
from loyalty.errors import LastAdministrator, OwnAccount
from loyalty.pages.staff.allowing import allowed
from loyalty.pages.staff.blueprint import carry, here, look_up, show
from loyalty.pages.staff.people import link_page
from loyalty.pages.staff.role_words import role_name, role_purpose
from loyalty.pages.words import said
from loyalty.staff import ROLES, known_roles


@allowed("people:see")
def person_page(account_id: int) -> Any:
    """Who they are, what they may do, and what an administrator can do about it."""
    return _person(account_id)


@allowed("people:keep", fresh=True)
def change_roles(account_id: int) -> Any:
    """Give them the roles that are ticked."""
    roles, me = known_roles(request.form.getlist("role")), here()
    if not roles:
        return _person(account_id, fault=gettext("Please choose at least one role.")), 422
    return _done(
        account_id,
        lambda rows, now: keep_staff.change_roles(rows, account_id, roles, me.actor, now),
        gettext("The roles are changed."),
    )


@allowed("people:keep", fresh=True)
def disable(account_id: int) -> Any:
    """Let them in no more."""
    me = here()
    return _done(
        account_id,
        lambda rows, now: keep_staff.disable(rows, account_id, me.actor, now),
        gettext("They cannot sign in any more, and are signed out everywhere."),
    )


@allowed("people:keep", fresh=True)
def enable(account_id: int) -> Any:
    """Let them in again."""
    me = here()
    return _done(
        account_id,
        lambda rows, now: keep_staff.enable(rows, account_id, me.actor, now),
        gettext("They can sign in again."),
    )


@allowed("people:keep", fresh=True)
def give_link(account_id: int) -> Any:
    """Take what they sign in by, and give them a link to choose anew."""
    me, who = here(), look_up(lambda rows, _: staff.colleague(rows, account_id))
    try:
        token = carry(lambda rows, now: reset(rows, account_id, me.actor, now))
    except OwnAccount as refusal:
        return _person(account_id, fault=said(refusal)), 422
    return link_page(account_id, who.email, who.name, token)


def _done(account_id: int, wish: Callable[..., None], words: str) -> Any:
    try:
        carry(wish)
    except (OwnAccount, LastAdministrator) as refusal:
        return _person(account_id, fault=said(refusal)), 422
    flash(words)
    return redirect(url_for("staff.person", account_id=account_id), 303)


def _person(account_id: int, **more: Any) -> str:
    return show(
        "people/person",
        who=look_up(lambda rows, _: staff.colleague(rows, account_id)),
        roles=[(role, role_name(role), role_purpose(role)) for role in ROLES],
        role_name=role_name,
        **more,
    )


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/people/<opaque:account_id>", "GET", "person", person_page),
    ("/people/<opaque:account_id>/roles", "POST", "change_roles", change_roles),
    ("/people/<opaque:account_id>/disable", "POST", "disable", disable),
    ("/people/<opaque:account_id>/enable", "POST", "enable", enable),
    ("/people/<opaque:account_id>/reset", "POST", "give_link", give_link),
)
