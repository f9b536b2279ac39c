"""The devices that a member is signed in on: seen, and signed out one by one or all others at once."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext

from loyalty import access
from loyalty.pages.member.blueprint import ask, carry, here, show


def devices_page() -> Any:
    """Where I am signed in, this device first."""
    me = here()
    found = ask(lambda rows, _, now: access.sessions_of(rows, me.member_id, now))
    return show("profile/devices", devices=sorted(found, key=lambda one: one.session_id != me.session_id))


def end_device(session_id: int) -> Any:
    """Sign one of my devices out."""
    carry(lambda rows, _, asking: access.end_session(rows, here().member_id, session_id, asking.now))
    flash(gettext("That device is signed out."))
    return redirect(url_for("me.devices"), 303)


def end_others() -> Any:
    """Sign all my devices out but this one."""
    me = here()
    carry(lambda rows, _, asking: access.end_sessions(rows, me.member_id, asking.now, but=me.session_id))
    flash(gettext("All other devices are signed out."))
    return redirect(url_for("me.devices"), 303)


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/profile/devices", "GET", "devices", devices_page),
    ("/profile/devices/end-others", "POST", "end_others", end_others),
    ("/profile/devices/<opaque:session_id>/end", "POST", "end_device", end_device),
)
