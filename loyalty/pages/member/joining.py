"""Joining the club from a page, where the club lets people in so: a proven contact, a name, the consents."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from typing import Any

from flask import redirect, render_template, request, session, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from loyalty import access, ids
from loyalty.actions.enrol import enrol, enrolled_by
from loyalty.actions.once import Asking
from loyalty.actions.sign_in_member import check_unused, is_somebodys
from loyalty.decide.programme import Editions
from loyalty.errors import AlreadyMember, CardUnknown, CodeExpired, Invalid, JoiningClosed, LoginTaken
from loyalty.members import NAME_MOST, ConsentAct, ConsentTerms, Newcomer
from loyalty.pages.member.blueprint import ask, carry
from loyalty.pages.member.codes import ASKED, proof_at_hand
from loyalty.pages.member.door import begin_session
from loyalty.pages.words import LANGUAGES, language, said
from loyalty.rooms import rooms


def join_page() -> Any:
    """Who would join, and what they are asked to allow."""
    if ASKED not in session:
        return redirect(url_for("me.home"), 303)
    return _page(_asked())


def become_page() -> Any:
    """Become a member, and come in."""
    told = {name: request.form.get(name, "").strip() for name in ("name", "birth_date")}
    given = set(request.form.getlist("consent"))
    asked = _asked()
    faults = dict(_faults(told, given, asked))
    if faults:
        return _page(asked, faults=faults, told=told, given=given), 422
    try:
        proof, tongue = proof_at_hand(), language()
        contact = proof.contact
        newcomer = Newcomer(
            name=told["name"],
            birth_date=date.fromisoformat(told["birth_date"]) if told["birth_date"] else None,
            locale=LANGUAGES[tongue].replace("_", "-"),
            consents=tuple(act_of(one, "given", tongue) for one in asked if one.code in given),
            phone=contact.value if contact.kind == "phone" else None,
            email=contact.value if contact.kind == "email" else None,
        )
        begin_session(_enrol(newcomer, ids.to_text(proof.code_id)))
    except Invalid:
        day = {"birth_date": gettext("Please type a day that has been.")}
        return _page(asked, faults=day, told=told, given=given), 422
    except (AlreadyMember, CodeExpired, JoiningClosed, LoginTaken) as refusal:
        if _comes_in_again():
            return redirect(url_for("me.home"), 303)
        return _page(asked, faults={"": said(refusal)}, told=told, given=given), 422
    return redirect(url_for("me.home"), 303)


def act_of(terms: ConsentTerms, act: Any, tongue: str) -> ConsentAct:
    """Consent to these terms, in the words that were shown, given or withdrawn on a page (M10)."""
    digest = terms.sha256_of(tongue)
    return ConsentAct(act, terms.code, terms.recipient, terms.data, digest, tongue, "page")


def _enrol(newcomer: Newcomer, key: str) -> int:
    """The new member's id. The contact must be proven and nobody's, the club open. Raises as `enrol` does."""

    def wish(rows: Session, editions: Editions, asking: Asking) -> int:
        if editions.at(asking.now).programme.club.joining != "open":
            raise JoiningClosed
        identity_key = rooms().settings.identity_secret
        proof = proof_at_hand()
        contact = proof.contact
        check_unused(rows, proof, identity_key, asking.now)
        if is_somebodys(rows, contact):
            raise AlreadyMember
        before = access.login_of(rows, contact.kind, contact.value, identity_key)
        member_id, _ = enrol(rows, editions, newcomer, asking=asking, identity_key=identity_key)
        login = (member_id, contact.kind, contact.value, identity_key, asking.now)
        access.take_login(rows, *login, before=before)
        return member_id

    return carry(wish, key)


def _comes_in_again() -> bool:
    """Whether the button was pressed twice at once: who joined by this browser's code comes in once more."""
    with suppress(CodeExpired, CardUnknown):
        key = ids.to_text(proof_at_hand().code_id)
        member_id = carry(lambda rows, _, asking: enrolled_by(rows, asking), key)
        if member_id is not None:
            begin_session(member_id, again=True)
            return True
    return False


def _asked() -> tuple[ConsentTerms, ...]:
    return ask(lambda _, editions, now: editions.at(now).programme.consents)


def _faults(told: dict[str, str], given: set[str], asked: tuple[ConsentTerms, ...]) -> Any:
    if not 1 <= len(told["name"]) <= NAME_MOST or not told["name"].isprintable():
        yield "name", gettext("Please type your name.")
    if told["birth_date"]:
        try:
            date.fromisoformat(told["birth_date"])
        except ValueError:
            yield "birth_date", gettext("Please type a day, as 1968-05-06.")
    for one in asked:
        if one.needed_to_join and one.code not in given:
            yield one.code, gettext("Nobody can join without this one.")


def _page(asked: tuple[ConsentTerms, ...], **more: Any) -> str:
    shown = {"consents": asked, "faults": {}, "told": {}, "given": set()}
    return render_template("member/door/join.html", **(shown | more))


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/join", "GET", "join", join_page),
    ("/join", "POST", "become", become_page),
)
