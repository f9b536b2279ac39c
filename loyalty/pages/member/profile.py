"""The member as a person: what the club has of them, the language and the letters they want."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import force_locale, gettext
from sqlalchemy.orm import Session

from loyalty import letters
from loyalty.actions.change_member import change_member, want_letters
from loyalty.actions.once import Asking
from loyalty.decide.programme import Editions
from loyalty.pages.member.blueprint import ask, carry, here, show
from loyalty.pages.words import LANGUAGES, language
from loyalty.reads.profile import Profile, profile_of


def profile() -> Any:
    """All there is of me, and the ways to change it."""

    def question(rows: Session, editions: Editions, now: datetime) -> tuple[Profile, bool, bool]:
        programme = editions.at(now).programme
        shares = programme.household is not None
        return profile_of(rows, here().member_id), programme.follows_policies, shares

    me, follows, shares = ask(question)
    return show("profile/profile", me=me, follows_policies=follows, knows_households=shares)


def messages_page() -> Any:
    """In which language the club writes, and of what."""

    me = ask(lambda rows, *_: profile_of(rows, here().member_id))
    locale = here().locale
    tongue = language() if locale is None else "zh" if locale.lower().startswith("zh") else "en"
    return show("profile/messages", me=me, tongue=tongue, kinds=_kinds())


def change_messages() -> Any:
    """Keep the language and the kinds of letters that are wanted."""
    tongue = request.form.get("language", "")
    tongue = tongue if tongue in LANGUAGES else language()
    wanted = [kind for kind in request.form.getlist("wanted") if kind in letters.UNWANTABLE]
    locale, me = LANGUAGES[tongue].replace("_", "-"), here()

    def wish(rows: Session, editions: Editions, asking: Asking) -> None:
        if me.locale != locale:
            change_member(rows, editions, me.member_id, me.version, {"locale": locale}, asking.now)
        want_letters(rows, me.member_id, wanted)

    carry(wish)
    with force_locale(LANGUAGES[tongue]):
        flash(gettext("Saved."))
    return redirect(url_for("me.profile", language=tongue), 303)


def _kinds() -> dict[str, str]:
    """The letters that a member may do without, in the reader's words."""
    words = {
        "expiring_soon": gettext("Points that expire soon"),
        "tier_changed": gettext("A new card"),
        "spent": gettext("Points that were used or passed on"),
    }
    return {kind: words[kind] for kind in letters.UNWANTABLE}


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/profile", "GET", "profile", profile),
    ("/profile/messages", "GET", "messages", messages_page),
    ("/profile/messages", "POST", "change_messages", change_messages),
)
