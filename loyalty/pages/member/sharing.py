"""The member's household: who is in it, what is spent together, agreed to, put in order, left (M8)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from loyalty import ids
from loyalty.actions import keep_household
from loyalty.actions.once import Asking
from loyalty.decide.programme import Editions
from loyalty.errors import CardBlocked, KeyMissing, NoHousehold, OtherMembers, StateForbids
from loyalty.ledger import Unit
from loyalty.pages.member.blueprint import ask, carry, form_key, here, show
from loyalty.pages.member.proving import proof_first
from loyalty.pages.words import said
from loyalty.reads.household import HouseholdShown, household_view


def household_page() -> Any:
    """Who is in it, in which order they give, and what there is together."""
    return _page()


def agree() -> Any:
    """Share from now on: whoever holds the phone proves first that they are the member."""
    if (elsewhere := proof_first("household")) is not None:
        return elsewhere
    return _done(
        lambda rows, _, asking: keep_household.agree_to_share(
            rows, here().member_id, reference=_reference(), asking=asking
        ),
        gettext("You share now: each of you may spend the points of the others."),
    )


def leave() -> Any:
    """Share no more, at once."""
    return _done(
        lambda rows, _, asking: keep_household.leave_household(
            rows, here().member_id, reference=_reference(), asking=asking
        ),
        gettext("You share with nobody any more. Your points are yours alone."),
    )


def put_first() -> Any:
    """Put somebody one place up in the order."""
    whose = ids.from_text(request.form.get("member", ""))

    def wish(rows: Session, editions: Editions, asking: Asking) -> bool:
        found = household_view(rows, editions, here().member_id, asking.now)
        order = [seat.member_id for seat in found.seats] if found is not None else []
        if whose in order[1:]:
            at = order.index(whose)
            order[at - 1], order[at] = order[at], order[at - 1]
        return keep_household.state_order(
            rows, here().member_id, order, reference=_reference(), asking=asking, by_member=True
        )

    return _done(wish, gettext("The order is kept."))


def _done(wish: Callable[[Session, Editions, Asking], bool], words: str) -> Any:
    try:
        carry(wish)
    except (CardBlocked, NoHousehold, OtherMembers, StateForbids) as refusal:
        return _page(fault=said(refusal)), 422
    except KeyMissing:
        return _page(fault=gettext("Please press the button once more.")), 422
    flash(words)
    return redirect(url_for("me.household"), 303)


def _reference() -> str:
    """The name of the wish that the form at hand carries. Raises KeyMissing."""
    key = form_key()
    if key is None:
        raise KeyMissing
    return f"me-{key}"


def _page(fault: str = "") -> str:
    def question(rows: Session, editions: Editions, now: datetime) -> tuple[HouseholdShown | None, Any]:
        units: dict[str, Unit] = dict(editions.at(now).programme.units)
        return household_view(rows, editions, here().member_id, now), units

    household, units = ask(question)
    return show("profile/household", household=household, units=units, fault=fault, number_of=ids.to_text)


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/profile/household", "GET", "household", household_page),
    ("/profile/household/agree", "POST", "agree", agree),
    ("/profile/household/leave", "POST", "leave_household", leave),
    ("/profile/household/order", "POST", "put_first", put_first),
)
