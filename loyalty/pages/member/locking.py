"""Points are kept in: by the member's own lock, or by the link of a notice, "it was not me"."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, session, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from loyalty import access, letters
from loyalty.actions.lock_spending import freeze_spending, lock_spending, unlock_spending
from loyalty.actions.once import Asking
from loyalty.decide.programme import Editions
from loyalty.errors import NotFound
from loyalty.pages.member.blueprint import carry, here, show
from loyalty.pages.member.proving import proof_first
from loyalty.rooms import rooms


def lock_page() -> Any:
    """Whether points can leave, why not, and what can be done."""
    return show("profile/lock")


def lock() -> Any:
    """Keep points in, by one tap."""
    carry(lambda rows, _, asking: lock_spending(rows, here().member_id, asking.now))
    flash(gettext("Locked. Your points stay until you unlock them; you still earn and see everything."))
    return redirect(url_for("me.lock"), 303)


def unlock() -> Any:
    """Take the lock back: whoever holds the phone proves first that they are the member."""
    if (elsewhere := proof_first("lock")) is not None:
        return elsewhere
    carry(lambda rows, *_: unlock_spending(rows, here().member_id))
    flash(gettext("Unlocked. Your points can be used again."))
    return redirect(url_for("me.lock"), 303)


def freeze_page(token: str) -> Any:
    """What freezing does; nothing happens yet."""
    if _notice(token) is None:
        return render_template("member/door/freeze-over.html"), 404
    return render_template("member/door/freeze.html", token=token)


def freeze(token: str) -> Any:
    """Freeze the points, and sign every device out."""
    notice = _notice(token)

    def wish(rows: Session, _: Editions, asking: Asking) -> None:
        if notice is None:
            raise NotFound
        member_id, written_at = notice
        freeze_spending(rows, member_id, written_at, asking.now)
        access.end_sessions(rows, member_id, asking.now)

    try:
        carry(wish)
    except NotFound:
        return render_template("member/door/freeze-over.html"), 404
    session.clear()
    return render_template("member/door/frozen.html")


def _notice(token: str) -> tuple[int, datetime] | None:
    """Whose points a link freezes, and when its notice was written."""
    room = rooms()
    return letters.frozen_by(room.settings.freeze_keys, token, room.clock.now())


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/profile/lock", "GET", "lock", lock_page),
    ("/profile/lock", "POST", "lock_points", lock),
    ("/profile/unlock", "POST", "unlock", unlock),
    ("/freeze/<token>", "GET", "freeze", freeze_page),
    ("/freeze/<token>", "POST", "freeze_now", freeze),
)
