"""Which members this colleague has opened: for a quarter of an hour each, in this browser's cookie."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, TypeVar, cast

from flask import redirect, session, url_for

from loyalty import ids, members
from loyalty.pages.staff.blueprint import look_up
from loyalty.rooms import rooms

V = TypeVar("V", bound=Callable[..., Any])
LASTS = timedelta(minutes=15)
MOST = 20  #: the latest ones; a cookie has little room
OPENED = "opened"  #: where the cookie keeps them


def note_opened(member_id: int) -> None:
    """From now on this browser is shown the member's data, until `LASTS` has passed."""
    open_until = dict(session.get(OPENED, {}))
    open_until.pop(ids.to_text(member_id), None)
    latest = [*open_until.items(), (ids.to_text(member_id), (rooms().clock.now() + LASTS).isoformat())]
    session[OPENED] = dict(latest[-MOST:])


def opened_until(member_id: int) -> datetime | None:
    """Until when the member's data are shown; None where they are not."""
    told = session.get(OPENED, {}).get(ids.to_text(member_id))
    until = datetime.fromisoformat(told) if told else None
    return until if until is not None and rooms().clock.now() < until else None


def close_member(member_id: int) -> None:
    """Show the member's data no more."""
    session[OPENED] = {k: v for k, v in session.get(OPENED, {}).items() if k != ids.to_text(member_id)}


def of_opened(view: V) -> V:
    """Let a view of one member in only while they are opened; else it leads to where that is asked for.

    So does the number of whoever was merged: the survivor is opened, and acted on, by their own (M6).
    """

    @wraps(view)
    def guarded(member_id: int, *rest: Any, **more: Any) -> Any:
        if opened_until(member_id) is None or _is_merged(member_id):
            return redirect(url_for("staff.member", member_id=member_id), 303)
        return view(member_id, *rest, **more)

    return cast(V, guarded)


def _is_merged(member_id: int) -> bool:
    return look_up(lambda rows, _: members.current(rows, member_id)) != member_id
