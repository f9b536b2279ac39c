"""A contact changed, or a freeze lifted, at the counter: one colleague asks, a second one approves."""

from collections.abc import Callable, Iterator
from typing import Any

from flask_babel import gettext
from sqlalchemy.orm import Session

from loyalty import members
from loyalty.actions.ask_for_member import ask_contact, ask_unfreeze
from loyalty.actions.once import Asking
from loyalty.actions.sign_in_member import contact_of
from loyalty.decide.programme import Editions
from loyalty.errors import ContactMalformed, Invalid, Refusal
from loyalty.pages.staff.acting import carry_act, told_of
from loyalty.pages.staff.allowing import allowed
from loyalty.pages.staff.blueprint import look_up, show
from loyalty.pages.staff.case_words import Asked, case_faults, case_of, document_words, reasons_of
from loyalty.pages.staff.opened import of_opened
from loyalty.pages.words import said

_CASE = ("reason", "document", "note")


@allowed("members:act", fresh=True)
@of_opened
def contact_page(member_id: int) -> Any:
    """The field for another phone or e-mail address, and what follows from it."""
    return _contact(member_id)


@allowed("members:act", fresh=True)
@of_opened
def ask_for_contact(member_id: int) -> Any:
    """Ask a second colleague to give the member another contact."""
    told = told_of("contact", *_CASE)
    faults = dict(_missing(told))
    if faults:
        return _contact(member_id, told=told, faults=faults), 422

    def wish(rows: Session, editions: Editions, asking: Asking) -> int:
        contact = contact_of(editions, told["contact"], asking.now)
        return ask_contact(rows, editions, member_id, contact, case_of(told), asking=asking)

    return carry_act(member_id, wish, lambda refusal: _contact(member_id, refusal, told=told), _waits)


@allowed("members:act", fresh=True)
@of_opened
def unfreeze_page(member_id: int) -> Any:
    """Since when the points are frozen, and what follows from lifting it."""
    return _unfreeze(member_id)


@allowed("members:act", fresh=True)
@of_opened
def ask_for_unfreeze(member_id: int) -> Any:
    """Ask a second colleague to lift the freeze."""
    told = told_of(*_CASE)
    faults = dict(case_faults(told, "unfreeze"))
    if faults:
        return _unfreeze(member_id, told=told, faults=faults), 422
    return carry_act(
        member_id,
        lambda rows, _, asking: ask_unfreeze(rows, member_id, case_of(told), asking=asking),
        lambda refusal: _unfreeze(member_id, refusal, told=told),
        _waits,
    )


def form_of(asked: Asked, refusal: Refusal | None, **more: Any) -> dict[str, Any]:
    """What every form needs that asks for a member."""
    shown: dict[str, Any] = {"told": {}, "faults": {}, "reasons": reasons_of(asked)}
    shown |= {"documents": document_words(), "refused": said(refusal) if refusal else None}
    return shown | more


def _waits(_: object) -> str:
    return str(gettext("Asked for. Nothing happens until a second colleague approves it."))


def _missing(told: dict[str, str]) -> Iterator[tuple[str, str]]:
    if not told["contact"] or len(told["contact"]) > members.EMAIL_MOST:
        yield "contact", _malformed()
    yield from case_faults(told, "contact")


def _contact(member_id: int, refusal: Refusal | None = None, **more: Any) -> str:
    if isinstance(refusal, ContactMalformed):
        refusal, more = None, more | {"faults": {"contact": _malformed()}}
    elif isinstance(refusal, Invalid):
        same = gettext("That is what the club has already.")
        refusal, more = None, more | {"faults": {"contact": same}}
    has = look_up(lambda rows, _: members.contacts_of(members.person_of(rows, member_id)))
    return show("members/contact", member_id=member_id, has=has, **form_of("contact", refusal, **more))


def _malformed() -> str:
    return str(gettext("Please type a phone number or an e-mail address."))


def _unfreeze(member_id: int, refusal: Refusal | None = None, **more: Any) -> str:
    guard = look_up(lambda rows, _: members.spend_guard(members.by_id(rows, member_id)))
    return show("members/unfreeze", member_id=member_id, guard=guard, **form_of("unfreeze", refusal, **more))


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/members/<opaque:member_id>/contact", "GET", "member_contact", contact_page),
    ("/members/<opaque:member_id>/contact", "POST", "ask_contact", ask_for_contact),
    ("/members/<opaque:member_id>/unfreeze", "GET", "member_unfreeze", unfreeze_page),
    ("/members/<opaque:member_id>/unfreeze", "POST", "ask_unfreeze", ask_for_unfreeze),
)
