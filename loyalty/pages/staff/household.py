"""Who a member shares points with: seats given, ended, and put in order at the counter (M8)."""

from collections.abc import Callable, Iterator
from typing import Any

from flask import request
from flask_babel import gettext
from sqlalchemy.orm import Session

from loyalty import ids, members
from loyalty.actions.keep_apart import keep_apart
from loyalty.actions.keep_household import give_seat, remove, state_order
from loyalty.actions.once import Asking
from loyalty.actions.turn import Why
from loyalty.decide.programme import Editions
from loyalty.errors import Refusal
from loyalty.pages.staff.acting import WORDS_MOST, carry_act, reference, told_of
from loyalty.pages.staff.allowing import allowed
from loyalty.pages.staff.blueprint import ask, show
from loyalty.pages.staff.member_words import household_reasons
from loyalty.pages.staff.opened import of_opened
from loyalty.pages.words import said
from loyalty.reads.household import HouseholdShown, household_view, seats_before

DONE = ("found", "beside", "add", "remove", "order")


@allowed("members:act", fresh=True)
@of_opened
def household_page(member_id: int) -> Any:
    """The household, in its order, and what can be done."""
    return _page(member_id)


@allowed("members:act", fresh=True)
@of_opened
def change_household(member_id: int) -> Any:
    """Give a seat, end one, or state the order, as was chosen."""
    told = told_of("what", "card", "document", "reason", "note")
    faults = dict(_faults(told))
    if faults:
        return _page(member_id, told=told, faults=faults), 422
    wish, done = _wishes(member_id, told)[told["what"]]
    return carry_act(member_id, wish, lambda refusal: _page(member_id, refusal, told=told), lambda _: done)


def _wishes(
    member_id: int, told: dict[str, str]
) -> dict[str, tuple[Callable[[Session, Editions, Asking], bool], str]]:
    """By what was chosen: the wish, and what is said when it is done."""
    why, by_document = Why(told["reason"], told["note"]), bool(told["document"])
    seated = gettext("They share from now on.") if by_document else gettext("They agree on their own page.")

    def seat(rows: Session, editions: Editions, asking: Asking, whose: int, beside: int | None) -> bool:
        return give_seat(
            rows, editions, whose, beside, why, by_document=by_document, reference=reference(), asking=asking
        )

    def order(rows: Session, _: Editions, asking: Asking) -> bool:
        return state_order(rows, member_id, _order(), reference=reference(), asking=asking)

    def add(rows: Session, editions: Editions, asking: Asking) -> bool:
        other = _of_card(rows, told)
        keep_apart(rows, asking.client, other)
        return seat(rows, editions, asking, other, member_id)

    return {
        "found": (lambda rows, club, asking: seat(rows, club, asking, member_id, None), seated),
        "beside": (lambda rows, club, by: seat(rows, club, by, member_id, _of_card(rows, told)), seated),
        "add": (add, seated),
        "remove": (
            lambda rows, _, asking: remove(rows, member_id, why, reference=reference(), asking=asking),
            gettext("The seat is over: nobody else spends these points."),
        ),
        "order": (order, gettext("The order is kept.")),
    }


def _of_card(rows: Session, told: dict[str, str]) -> int:
    """Whose card was typed. Raises CardUnknown."""
    return members.holder(rows, "".join(told["card"].split()))


def _order() -> list[int]:
    """The members as the form puts them: by the number beside each, equal ones as they stood."""
    placed = []
    for name, value in request.form.items():
        number = ids.from_text(name.removeprefix("rank-")) if name.startswith("rank-") else None
        if number is not None and value.isascii() and value.isdecimal() and len(value) < 4:
            placed.append((int(value), number))
    return [number for _, number in sorted(placed, key=lambda one: one[0])]


def _faults(told: dict[str, str]) -> Iterator[tuple[str, str]]:
    if told["what"] not in DONE:
        yield "what", gettext("Please choose what to do.")
    if told["what"] in ("beside", "add") and not told["card"]:
        yield "card", gettext("Please type the card of the other member.")
    if told["what"] != "order" and told["reason"] not in household_reasons():
        yield "reason", gettext("Please choose why.")
    if len(told["note"]) > WORDS_MOST:
        yield "note", gettext("Please say why, in a few words.")


def _page(member_id: int, refusal: Refusal | None = None, **more: Any) -> str:
    def question(rows: Session, editions: Editions, now: Any) -> tuple[HouseholdShown | None, Any, Any]:
        units = editions.at(now).programme.units
        return household_view(rows, editions, member_id, now), seats_before(rows, member_id), units

    household, before, units = ask(question)
    shown: dict[str, Any] = {"told": {}, "faults": {}, "refused": said(refusal) if refusal else None}
    return show(
        "members/household",
        member_id=member_id,
        household=household,
        before=before,
        units=units,
        reasons=household_reasons(),
        number_of=ids.to_text,
        masked_name=members.masked_name,
        **(shown | more),
    )


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/members/<opaque:member_id>/household", "GET", "member_household", household_page),
    ("/members/<opaque:member_id>/household", "POST", "change_household", change_household),
)
