"""Two members who are one person: found, seen before and after, asked for; and parted again (M6)."""

from collections.abc import Callable
from typing import Any

from flask import request
from flask_babel import gettext
from sqlalchemy.orm import Session

from loyalty import ids, members
from loyalty.actions.ask_for_member import ask_merge, ask_unmerge, rehearse_merge
from loyalty.actions.keep_apart import keep_apart
from loyalty.actions.once import Asking
from loyalty.actions.open_member import compare_members
from loyalty.decide.programme import Editions
from loyalty.errors import CardUnknown, Refusal
from loyalty.pages.staff.acting import carry_act, told_of
from loyalty.pages.staff.allowing import allowed
from loyalty.pages.staff.blueprint import act, ask, carry, here, look_up, show
from loyalty.pages.staff.case_words import case_faults, case_of
from loyalty.pages.staff.contacting import form_of
from loyalty.pages.staff.opened import of_opened
from loyalty.reads.merging import Joined, both_of, joined_of

_CASE = ("reason", "document", "note")


@allowed("members:act", fresh=True)
@of_opened
def merge_page(member_id: int) -> Any:
    """The field for the card of the other one."""
    return _find(member_id)


@allowed("members:act", fresh=True)
@of_opened
def merge(member_id: int) -> Any:
    """Show what a merge would do; asked for, it waits for a second colleague."""
    told = told_of("card", "other", "step", *_CASE)
    if told["step"] != "ask":
        return _looked(member_id, told["card"])
    gone = ids.from_text(told["other"]) or 0
    faults = dict(case_faults(told, "merge"))
    if faults:
        return _preview(member_id, gone, told=told, faults=faults), 422

    def wish(rows: Session, editions: Editions, asking: Asking) -> int:
        keep_apart(rows, asking.client, gone)
        return ask_merge(rows, editions, gone, member_id, case_of(told), asking=asking)

    return carry_act(member_id, wish, lambda refusal: _preview(member_id, gone, refusal, told=told), _waits)


@allowed("members:act", fresh=True)
@of_opened
def unmerge_page(member_id: int) -> Any:
    """Who was merged into the member, and what keeps them one."""
    return _part(member_id)


@allowed("members:act", fresh=True)
@of_opened
def unmerge(member_id: int) -> Any:
    """Ask a second colleague to let somebody be a member of their own again."""
    told = told_of("other", *_CASE)
    faults = dict(case_faults(told, "unmerge"))
    gone = ids.from_text(told["other"]) or 0
    if gone not in {one.masked.member_id for one in _joined(member_id)}:
        faults["other"] = gettext("Please choose who.")
    if faults:
        return _part(member_id, told=told, faults=faults), 422
    return carry_act(
        member_id,
        lambda rows, editions, asking: ask_unmerge(rows, editions, gone, case_of(told), asking=asking),
        lambda refusal: _part(member_id, refusal, told=told),
        _waits,
    )


def _looked(member_id: int, card: str) -> Any:
    """The preview for the member of a card, or why there is none."""

    def holder(rows: Session, _: object) -> int:
        return members.current(rows, members.holder(rows, "".join(card.split())))

    try:
        gone = look_up(holder) if card.isprintable() else 0
    except CardUnknown:
        gone = 0
    if not gone:
        return _find(member_id, faults={"card": gettext("No member has this card.")}, card=card), 422

    def try_out(rows: Session, editions: Editions, asking: Asking) -> dict[str, Any]:
        for one in (member_id, gone):
            keep_apart(rows, asking.client, one)
        return rehearse_merge(rows, editions, gone, member_id, asking=asking)

    try:
        after = act(try_out)
    except Refusal as refusal:
        if refusal.code == "self_dealing" or gone == member_id:
            return _find(member_id, refusal, card=card), 422
        return _preview(member_id, gone, refusal), 422
    return _preview(member_id, gone, after=after)


def _find(member_id: int, refusal: Refusal | None = None, **more: Any) -> str:
    return show("members/merge", member_id=member_id, **form_of("merge", refusal, **more))


def _preview(member_id: int, gone: int, refusal: Refusal | None = None, **more: Any) -> str:
    """Both side by side. Nobody opened the other one, so that they are looked at is noted."""
    me = here().actor
    carry(lambda rows, now: compare_members(rows, member_id, gone, me, now))
    both = ask(lambda rows, editions, now: both_of(rows, editions, gone, member_id, now))
    names = ask(
        lambda _, editions, now: {one.code: one.name for one in editions.at(now).programme.ladder.tiers}
    )
    shown = form_of("merge", refusal, **more)
    return show(
        "members/merge-both",
        member_id=member_id,
        other=ids.to_text(gone),
        both=both,
        tiers=names,
        can=shown.get("after") is not None or request.form.get("step") == "ask",
        **shown,
    )


def _part(member_id: int, refusal: Refusal | None = None, **more: Any) -> str:
    shown = form_of("unmerge", refusal, **more)
    return show("members/unmerge", member_id=member_id, joined=_joined(member_id), **shown)


def _joined(member_id: int) -> tuple[Joined, ...]:
    return ask(lambda rows, _, now: joined_of(rows, member_id, now))


def _waits(_: object) -> str:
    return str(gettext("Asked for. Nothing happens until a second colleague approves it."))


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/members/<opaque:member_id>/merge", "GET", "member_merge", merge_page),
    ("/members/<opaque:member_id>/merge", "POST", "ask_merge", merge),
    ("/members/<opaque:member_id>/unmerge", "GET", "member_unmerge", unmerge_page),
    ("/members/<opaque:member_id>/unmerge", "POST", "ask_unmerge", unmerge),
)
