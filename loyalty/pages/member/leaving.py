"""A member takes their data along, or asks to be forgotten."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Response, redirect, render_template, request, session, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from loyalty.actions.erase import erase as forget
from loyalty.actions.once import Asking
from loyalty.decide.programme import Editions
from loyalty.errors import HoldOpen, SpendLocked
from loyalty.pages.member.blueprint import ask, carry, here, show
from loyalty.pages.member.proving import proof_first
from loyalty.reads.card import CardView, card_view
from loyalty.reads.personal_print import FILES, Form, chunks, personal_file
from loyalty.rooms import rooms


def data_page() -> Any:
    """In which form I take my data along, and the way to being forgotten."""
    return show("profile/data")


def export() -> Any:
    """All the club has about me, as a file."""
    if (elsewhere := proof_first("data")) is not None:
        return elsewhere
    form: Form = "csv" if request.form.get("format") == "csv" else "json"
    file = ask(lambda rows, _, now: personal_file(rows, here().member_id, form, now))
    kind, name = FILES[form]
    answer = Response(chunks(file), mimetype=kind)
    answer.call_on_close(file.close)
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
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
    me, key = here(), rooms().settings.identity_secret

    def wish(rows: Session, editions: Editions, asking: Asking) -> None:
        forget(rows, editions, me.member_id, me.version, asking=asking, identity_key=key, by_member=True)

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
