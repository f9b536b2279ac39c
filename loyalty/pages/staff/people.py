"""The people who work here: everybody in a list, and an invitation for one more."""

from collections.abc import Callable
from typing import Any

from flask import request
from flask_babel import gettext, ngettext

from loyalty import ids, staff
from loyalty.actions.admit_staff import invite
from loyalty.channels import channels_of, send_soon
from loyalty.errors import StaffKnown
from loyalty.letters import Words
from loyalty.pages.staff.addresses import one_form
from loyalty.pages.staff.allowing import allowed
from loyalty.pages.staff.blueprint import carry, here, look_up, show
from loyalty.pages.staff.browser import base_url
from loyalty.pages.staff.entering import club_name, person_faults
from loyalty.pages.staff.role_words import role_name, role_purpose
from loyalty.pages.words import said
from loyalty.rooms import rooms
from loyalty.staff import ROLES, known_roles


@allowed("people:see")
def people_page() -> Any:
    """Everybody, with their roles and whether they can sign in."""
    return show(
        "people/people", colleagues=look_up(lambda rows, _: staff.colleagues(rows)), role_name=role_name
    )


@allowed("people:keep", fresh=True)
def invite_page() -> Any:
    """The form for one more."""
    return _form()


@allowed("people:keep", fresh=True)
def send_invitation() -> Any:
    """Invite somebody: their link goes to their address, and is shown once."""
    email, name = one_form(request.form.get("email", "")), request.form.get("name", "").strip()
    roles, me = known_roles(request.form.getlist("role")), here()
    faults = person_faults(email, name)
    if not roles:
        faults["role"] = gettext("Please choose at least one role.")
    if faults:
        return _form(faults=faults), 422
    try:
        account_id, token = carry(lambda rows, now: invite(rows, email, name, roles, me.actor, now))
    except StaffKnown as refusal:
        return _form(faults={"email": said(refusal)}), 422
    return link_page(account_id, email, name, token)


def link_page(account_id: int, email: str, name: str, token: str) -> Any:
    """A one-time link for somebody, shown this once; it is sent where this copy can write e-mail."""
    link = f"{base_url()}/staff/enter/{token}"
    room, channel = rooms(), channels_of(rooms().settings).get("email")
    if channel is not None:
        send_soon(channel, email, _letter(name, link), f"staff-{ids.to_text(account_id)}", room.clock.now())
    return show("people/link", link=link, name=name, email=email, is_sent=channel is not None)


def _letter(name: str, link: str) -> Words:
    hours = int(staff.LINK_LASTS.total_seconds() // 3600)
    subject = gettext("%(club)s: your way in", club=club_name())
    text = gettext("%(name)s, this link lets you choose how you sign in to the staff's pages:", name=name)
    lasts = ngettext("It works once, for %(num)s hour.", "It works once, for %(num)s hours.", hours)
    return Words(subject, f"{text}\n\n{link}\n\n{lasts}")


def _form(**more: Any) -> str:
    roles = [(role, role_name(role), role_purpose(role)) for role in ROLES]
    chosen = known_roles(request.form.getlist("role"))
    return show("people/invite", roles=roles, chosen=chosen, told=request.form, **more)


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/people", "GET", "people", people_page),
    ("/people/invite", "GET", "invite", invite_page),
    ("/people/invite", "POST", "send_invitation", send_invitation),
)
