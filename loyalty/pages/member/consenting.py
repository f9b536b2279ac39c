"""What a member allows the club and its partners: given since when, in which words, and taken back here."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from loyalty.actions.change_member import change_member
from loyalty.actions.once import Asking
from loyalty.decide.programme import Editions
from loyalty.errors import NotFound
from loyalty.members import ConsentAct, ConsentState, ConsentTerms
from loyalty.pages.member.blueprint import ask, carry, here, show
from loyalty.pages.member.joining import act_of
from loyalty.pages.words import language
from loyalty.reads.profile import ConsentShown, consents_of


def consents_page() -> Any:
    """Each thing that may be allowed, and whether it is."""

    def question(rows: Session, editions: Editions, now: datetime) -> list[ConsentShown]:
        return consents_of(rows, editions, here().member_id, now)

    return show("profile/consents", consents=ask(question))


def change_consent() -> Any:
    """Give one, or take it back; what stands so already stays as it is."""
    form, me, tongue = request.form, here(), language()
    named = form.get("purpose", ""), form.get("recipient", "")
    gives = form.get("act") == "given"

    def wish(rows: Session, editions: Editions, asking: Asking) -> None:
        shown = consents_of(rows, editions, me.member_id, asking.now)
        one = next((one for one in shown if (one.purpose, one.recipient) == named), None)
        if one is None or not _may(one, gives):
            raise NotFound
        if one.stands != gives:
            changes = {"consents": [_act(one, gives, tongue)]}
            change_member(rows, editions, me.member_id, me.version, changes, asking.now)

    carry(wish)
    flash(gettext("Allowed. Thank you.") if gives else gettext("Taken back. It holds from now on."))
    return redirect(url_for("me.consents"), 303)


def _may(one: ConsentShown, gives: bool) -> bool:
    """Without its words nothing is given here; what membership itself needs is taken back by leaving."""
    return one.terms is not None if gives else not (one.terms and one.terms.needed_to_join)


def _act(one: ConsentShown, gives: bool, tongue: str) -> ConsentAct:
    """By the words shown here; what was told elsewhere is taken back in the words it was given in."""
    match one.terms, one.state:
        case ConsentTerms() as terms, _:
            return act_of(terms, "given" if gives else "withdrawn", tongue)
        case None, ConsentState() as told:
            words = told.text_sha256, told.language
            return ConsentAct("withdrawn", told.purpose, told.recipient, told.data, *words, "page")
    raise NotFound


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/profile/consents", "GET", "consents", consents_page),
    ("/profile/consents", "POST", "change_consent", change_consent),
)
