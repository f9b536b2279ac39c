"""A member takes their data along, or asks to be forgotten."""

from collections.abc import Callable
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast

from flask import Response, redirect, render_template, request, send_file, session, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from loyalty.actions.leave import leave
from loyalty.actions.once import Asking
from loyalty.decide.programme import Editions
from loyalty.errors import HoldOpen, SpendLocked
from loyalty.pages.member.blueprint import ask, carry, here, show
from loyalty.pages.member.proving import proof_first
from loyalty.reads.card import CardView, card_view
from loyalty.reads.personal_print import write_personal
from loyalty.rooms import rooms

_IN_MEMORY_BYTES = 1_000_000  #: more of it goes to a temporary file
_FORMS = {"json": ("application/json", "json"), "csv": ("application/zip", "zip")}


def data_page() -> Any:
    """In which form I take my data along, and the way to being forgotten."""
    return show("profile/data")


def export() -> Any:
    """All the club has about me, as a file."""
    if (elsewhere := proof_first("data")) is not None:
        return elsewhere
    form: Any = "csv" if request.form.get("format") == "csv" else "json"
    file = cast(IO[bytes], SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES))  # noqa: SIM115 - the answer closes it
    try:
        ask(lambda rows, _, now: write_personal(rows, here().member_id, form, file, now))
    except BaseException:
        file.close()
        raise
    file.seek(0)
    kind, ending = _FORMS[form]
    answer: Response = send_file(file, kind, as_attachment=True, download_name=f"member.{ending}")
    answer.call_on_close(file.close)
    return answer


def erase_page() -> Any:
    """What goes, what stays and why, and what stands in the way."""
    return proof_first("erase") or _page()


def erase() -> Any:
    """Forget me."""
    if (elsewhere := proof_first("erase")) is not None:
        return elsewhere
    if request.form.get("word", "").strip().casefold() != _word().casefold():
        return _page(fault=gettext("Please type the word %(word)s.", word=_word())), 422
    me, identity_key = here(), rooms().settings.identity_secret

    def wish(rows: Session, editions: Editions, asking: Asking) -> None:
        leave(rows, editions, me.member_id, me.version, asking=asking, identity_key=identity_key)

    try:
        carry(wish)
    except (HoldOpen, SpendLocked):
        return _page(), 422
    session.clear()
    return redirect(url_for("me.farewell"), 303)


def farewell() -> Any:
    """Good-bye; nobody is signed in any more."""
    return render_template("member/door/farewell.html")


def _word() -> str:
    """What is typed so that nobody is forgotten by a slip of the finger."""
    return str(gettext("ERASE"))


def _page(**more: Any) -> str:
    def question(rows: Session, editions: Editions, now: datetime) -> tuple[CardView, dict[str, Any]]:
        card = card_view(rows, editions, here().member_id, now)
        return card, {code: unit.name for code, unit in editions.at(now).programme.units.items()}

    card, names = ask(question)
    held = any(unit.held for unit in card.balance.units.values())
    now = rooms().clock.now()
    shown = {"balance": card.balance.units, "names": names, "held": held, "word": _word()}
    return show("profile/erase", **shown, shut=here().guard.is_shut(now), **more)


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/profile/data", "GET", "data", data_page),
    ("/profile/data", "POST", "export", export),
    ("/profile/erase", "GET", "erase", erase_page),
    ("/profile/erase", "POST", "forget", erase),
    ("/farewell", "GET", "farewell", farewell),
)
