"""Sales that were told and wait for a person: released and booked, or rejected."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext

from loyalty import ids
from loyalty.actions import review
from loyalty.errors import Refusal
from loyalty.money import parse_money
from loyalty.pages.staff.allowing import allowed
from loyalty.pages.staff.blueprint import act, form_key, look_up, show
from loyalty.pages.words import money_shown, said
from loyalty.reads.held_sales import held_sale, held_sales

MOST = 50  #: sales of a page


@allowed("approvals:see")
def held_page() -> Any:
    """Those that wait, or all that ever did."""
    every, before = request.args.get("view") == "all", ids.from_text(request.args.get("before", ""))
    found = look_up(lambda rows, _: held_sales(rows, None if every else "open", before, MOST))
    older = ids.to_text(found.older) if found.older else None
    return show("held/held", found=found, every=every, older=older, is_newest=before is None, **_WORDS)


@allowed("approvals:see")
def sale_page(review_id: int) -> Any:
    """One sale, and why it waits."""
    return _sale(review_id)


@allowed("corrections:approve", fresh=True)
def release(review_id: int) -> Any:
    """Book it as of when it was sold."""
    return _closed(
        review_id,
        lambda rows, editions, asking: review.release(rows, editions, review_id, asking=asking),
        gettext("Released, and booked."),
    )


@allowed("corrections:approve", fresh=True)
def reject(review_id: int) -> Any:
    """Never book it."""
    return _closed(
        review_id,
        lambda rows, _, asking: review.reject(rows, review_id, asking=asking),
        gettext("Rejected. It is never booked."),
    )


def state_name(state: str) -> str:
    """Where a sale stands."""
    names: dict[str, str] = {
        "open": gettext("waits"),
        "released": gettext("released"),
        "rejected": gettext("rejected"),
        "cancelled": gettext("cancelled by the till"),
    }
    return names[state]


def reason_name(reason: str) -> str:
    """Why a sale waits: an act and the ceiling it went above, or what else was odd."""
    names: dict[str, str] = {
        "earn.transaction": gettext("More points than one sale gives alone"),
        "earn.member_day": gettext("More points than a member has of a day alone"),
        "earn.member_day_times": gettext("More sales than a member has of a day alone"),
        "earn.terminal_day": gettext("More points than a till gives in a day alone"),
        "offline.days": gettext("Told long after it was sold"),
        "offline.ahead": gettext("Its time lies ahead"),
        "offline.sales_per_terminal_day": gettext("Many sales of a till that were told late"),
        "offline.points_per_terminal_day": gettext("Many points of sales that a till told late"),
    }
    return names.get(reason, reason)


def money(one: Mapping[str, Any]) -> str:
    """What was paid in all, with its currency."""
    currency = str(one["currency"])
    return money_shown(parse_money(str(one["amount"]), currency, signed=True), currency)


_WORDS = {"state_name": state_name, "reason_name": reason_name, "money": money}


def _closed(review_id: int, wish: Callable[..., Any], done: str) -> Any:
    try:
        act(wish, key=form_key())
    except Refusal as refusal:
        return _sale(review_id, fault=said(refusal)), 422
    flash(done)
    return redirect(url_for("staff.held_sale", review_id=review_id), 303)


def _sale(review_id: int, **more: Any) -> str:
    found = look_up(lambda rows, _: held_sale(rows, review_id))
    return show("held/sale", one=found.items[0], found=found, **_WORDS, **more)


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/held-sales", "GET", "held_sales", held_page),
    ("/held-sales/<opaque:review_id>", "GET", "held_sale", sale_page),
    ("/held-sales/<opaque:review_id>/release", "POST", "release_sale", release),
    ("/held-sales/<opaque:review_id>/reject", "POST", "reject_sale", reject),
)
