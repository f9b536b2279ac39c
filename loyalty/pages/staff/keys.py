"""Keys of tills, systems and places: made and shown once, changed with an overlap, ended."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from loyalty import access, benefits, ids
from loyalty.access import MODES, PLACE, TILL_SCOPES, ApiKey, Grant, Wanted, is_name, split, wanted
from loyalty.actions.issue_keys import issue_key, revoke_key, rotate_key
from loyalty.actions.once import Asking
from loyalty.db import books_kept
from loyalty.errors import NotFound, TwoLiveKeys
from loyalty.pages.staff.allowing import allowed
from loyalty.pages.staff.blueprint import carry, form_key, here, look_up, show
from loyalty.pages.words import said
from loyalty.rooms import rooms

MOST = 50  #: keys of a page
OVERLAPS = (0, 1, 24, 24 * 7)  #: hours for which the key before stays good
_DAY = re.compile(r"2[0-9]{3}-[0-9]{2}-[0-9]{2}")


@allowed("keys:keep")
def keys_page() -> Any:
    """The keys that are accepted, or all there ever were."""
    every, before = request.args.get("view") == "all", ids.from_text(request.args.get("before", ""))
    found = look_up(lambda rows, now: access.newest_keys(rows, None if every else now, before, MOST + 1))
    older = ids.to_text(found[MOST - 1].key_id) if len(found) > MOST else None
    return show(
        "keys/keys",
        found=found[:MOST],
        every=every,
        older=older,
        is_newest=before is None,
        state=_state,
        mode_name=mode_name,
    )


@allowed("keys:keep")
def key_page(key_id: int) -> Any:
    """One key: what it may do, for whom, and how it ends."""
    return _key(key_id)


@allowed("keys:keep", fresh=True)
def make_page() -> Any:
    """The form for a key."""
    return _form()


@allowed("keys:keep", fresh=True)
def make_key() -> Any:
    """Make a key; it is shown this once."""
    asked, faults = _asked()
    if faults or asked is None:
        return _form(faults=faults), 422
    me = here().actor
    try:
        key = carry(lambda rows, now: issue_key(rows, asked, Asking(me, form_key(), now)))
    except NotFound:
        return _form(faults={"place": gettext("This place is not open.")}), 422
    if key is None:
        flash(gettext("The key was made before, and is not shown again. End it and make another."))
        return redirect(url_for("staff.keys"), 303)
    return _once_shown(key, asked.grant)


@allowed("keys:keep", fresh=True)
def rotate(key_id: int) -> Any:
    """A second key like it, shown this once; the one before ends with the overlap."""
    told, me, row = request.form.get("hours", ""), here().actor, _row(key_id)
    hours = int(told) if told in {str(one) for one in OVERLAPS} else OVERLAPS[2]
    if access.DECIDE in row.scopes:
        return _key(key_id, fault=gettext("The key of a person is changed by an operator.")), 422
    try:
        old, key = carry(lambda rows, now: rotate_key(rows, row.prefix, timedelta(hours=hours), me, now))
    except TwoLiveKeys as refusal:
        return _key(key_id, fault=said(refusal)), 422
    except NotFound:
        return _key(key_id, fault=gettext("The key is not accepted any more. Make another.")), 422
    return _once_shown(key, access.grant_of(old), until=old.expires_at)


@allowed("keys:keep", fresh=True)
def end(key_id: int) -> Any:
    """Accept a key no more."""
    row, me = _row(key_id), here().actor
    carry(lambda rows, now: revoke_key(rows, row.prefix, me, now))
    flash(gettext("The key is not accepted any more."))
    return redirect(url_for("staff.key", key_id=key_id), 303)


def _asked() -> tuple[Wanted | None, dict[str, str]]:
    """The key that a form asks for, and what is wrong with it by field."""
    form = request.form
    place, client, store = (form.get(name, "").strip() for name in ("place", "client", "store"))
    terminals = split([form.get("terminals", "")], ",")
    scopes = tuple(one for one in TILL_SCOPES if one in form.getlist("scope"))
    mode, language = form.get("mode", "live"), form.get("language", "zh")
    told, expires_on, faults = form.get("expires_on", "").strip(), None, {}
    if told:
        expires_on = _day(told)
        if expires_on is None or expires_on < rooms().clock.now().date():
            faults["expires_on"] = gettext("Please choose a day to come.")
    if place:
        client, store, terminals, scopes = client or place, "", (), (PLACE,)
    if not is_name(client):
        faults["client"] = gettext("A name has 1 to 40 characters.")
    if store and not is_name(store):
        faults["store"] = gettext("A name has 1 to 40 characters.")
    if not all(is_name(one) for one in terminals):
        faults["terminals"] = gettext("A name has 1 to 40 characters.")
    if not scopes:
        faults["scope"] = gettext("Please choose at least one.")
    if mode not in _modes() or language not in access.LANGUAGES:
        faults["mode"] = gettext("Please choose one of these.")
    if faults:
        return None, faults
    signed = form.get("signed") == "yes"
    grant = Grant(client, store or None, terminals, scopes, mode, language, signed, place or None)
    return wanted(grant, expires_on), {}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def _modes() -> list[str]:
    """The modes that this copy has books for."""
    return [mode for mode in MODES if mode == "live" or "training" in books_kept()]


def _row(key_id: int) -> ApiKey:
    return look_up(lambda rows, _: access.key_by_id(rows, key_id))


def _state(key: ApiKey, now: datetime) -> str:
    """`live`, `ended` by somebody, or `over` by its day."""
    if access.is_live(key, now):
        return "live"
    return "ended" if key.revoked_at else "over"


def _once_shown(key: str, grant: Grant, until: datetime | None = None) -> str:
    parts = access.split_key(key)
    secret = None
    if grant.signed and parts:
        secret = access.signing_secret(rooms().settings.keys_for(access.SIGNING)[0], parts.prefix)
    return show("keys/made", key=key, secret=secret, grant=grant, until=until)


def _key(key_id: int, **more: Any) -> str:
    one = _row(key_id)
    is_persons = access.DECIDE in one.scopes
    words = {"state": _state, "mode_name": mode_name}
    return show("keys/key", one=one, is_persons=is_persons, overlaps=OVERLAPS, **words, **more)


def mode_name(mode: str) -> str:
    """Which books a key writes in."""
    return str({"live": gettext("live"), "training": gettext("for training")}.get(mode, mode))


def _form(**more: Any) -> str:
    def open_places(rows: Session, _: datetime) -> list[Any]:
        return [one for one in benefits.places(rows) if one.closed_at is None]

    return show(
        "keys/make",
        places=look_up(open_places),
        scopes=TILL_SCOPES,
        mode_name=mode_name,
        chosen=request.form.getlist("scope"),
        modes=_modes(),
        told=request.form,
        **more,
    )


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/keys", "GET", "keys", keys_page),
    ("/keys/make", "GET", "make_key", make_page),
    ("/keys/make", "POST", "send_key", make_key),
    ("/keys/<opaque:key_id>", "GET", "key", key_page),
    ("/keys/<opaque:key_id>/rotate", "POST", "rotate_key", rotate),
    ("/keys/<opaque:key_id>/end", "POST", "end_key", end),
)
