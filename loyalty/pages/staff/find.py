"""Find a member by what one was told of them, and open them with a reason."""

from collections.abc import Callable
from typing import Any

from flask import redirect, request, url_for
from flask_babel import gettext

from loyalty import members
from loyalty.actions.look_for_members import look_for_members
from loyalty.actions.open_member import REASONS, open_member
from loyalty.errors import Invalid, TriedTooOften
from loyalty.pages.staff.allowing import allowed
from loyalty.pages.staff.blueprint import act, carry, here, look_up, show
from loyalty.pages.staff.member_words import opening_words, state_words
from loyalty.pages.staff.opened import close_member, note_opened, opened_until
from loyalty.pages.words import said
from loyalty.reads.masked import masked_member, masked_of
from loyalty.rooms import rooms

AT_ONCE = 20  #: of those found
TEXT_MOST = 254


@allowed("members:see")
def find_page() -> Any:
    """The field."""
    return show("members/find")


@allowed("members:see")
def find() -> Any:
    """Whoever fits, masked; the one of a card, phone, e-mail or reference at once."""
    text = request.form.get("q", "").strip()
    if len(text) < members.LEAST_OF_A_NAME or len(text) > TEXT_MOST or not text.isprintable():
        fault = gettext("Type a card, a phone, an e-mail, a reference, or two letters of the name or more.")
        return show("members/find", q=text, fault=fault), 422
    me, keys = here(), rooms().settings.staff_keys
    try:
        found = act(
            lambda rows, editions, asking: look_for_members(
                rows, editions, text, AT_ONCE + 1, me.account_id, keys[0], asking.now
            )
        )
    except TriedTooOften as refusal:
        return show("members/find", q=text, fault=said(refusal)), 429
    if len(found) == 1:
        return redirect(url_for("staff.member", member_id=found[0].member_id), 303)
    shown = [masked_of(one) for one in found[:AT_ONCE]]
    more = len(found) > AT_ONCE
    return show("members/find", q=text, found=shown, more=more, state_words=state_words())


def masked_page(member_id: int, **more: Any) -> Any:
    """What is shown of a member who is not opened, and the form that opens them; or the survivor's (M6)."""
    stays, one = look_up(lambda rows, _: (members.current(rows, member_id), masked_member(rows, member_id)))
    if stays != member_id:
        return redirect(url_for("staff.member", member_id=stays), 303)
    reasons = [(code, opening_words()[code]) for code in REASONS]
    return show("members/masked", one=one, reasons=reasons, state_words=state_words(), **more)


@allowed("members:open")
def open_one(member_id: int) -> Any:
    """Show the member's data for a while, for the reason that was told."""
    reason, words, me = request.form.get("reason", ""), request.form.get("words", ""), here()
    try:
        carry(lambda rows, now: open_member(rows, member_id, reason, words, me.actor, now))
    except Invalid as refusal:
        faults = {name: _faults()[name] for name in refusal.facts["fields"]}  # type: ignore[attr-defined]
        return masked_page(member_id, faults=faults, told=request.form), 422
    note_opened(member_id)
    return redirect(url_for("staff.member", member_id=member_id), 303)


@allowed("members:open")
def close_one(member_id: int) -> Any:
    """Show the member's data no more."""
    if opened_until(member_id) is not None:
        close_member(member_id)
    return redirect(url_for("staff.find"), 303)


def _faults() -> dict[str, str]:
    return {
        "reason": gettext("Please choose why."),
        "words": gettext("Please say why, in a few words."),
    }


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/members", "GET", "find", find_page),
    ("/members", "POST", "look_for", find),
    ("/members/<opaque:member_id>/open", "POST", "open_member", open_one),
    ("/members/<opaque:member_id>/close", "POST", "close_member", close_one),
)
