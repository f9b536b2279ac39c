"""Rewards that points bought: how many are left, what is to be sent, which vouchers are out."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, cast, get_args

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from loyalty import ids, members
from loyalty.actions.buy_reward import send_order
from loyalty.actions.keep_apart import keep_apart
from loyalty.actions.once import Asking
from loyalty.actions.take_list import see_address
from loyalty.decide.programme import Editions
from loyalty.errors import Refusal
from loyalty.pages.staff.allowing import allowed
from loyalty.pages.staff.blueprint import act, ask, carry, here, show
from loyalty.pages.words import said
from loyalty.reads.orders import Which, order_shown, orders_page, stocks

MOST = 50  #: orders of a page


@allowed("benefits:see")
def list_page() -> Any:
    """The stock by reward, and the orders: those to send, sent, cancelled, or with a voucher."""
    told = request.args.get("view", "")
    which = cast(Which, told if told in get_args(Which) else "to_send")
    after = ids.pair_from_text(request.args.get("after", ""))

    def question(rows: Session, editions: Editions, now: datetime) -> dict[str, Any]:
        return {
            "stocks": stocks(rows, editions, now),
            "found": orders_page(rows, editions, which, after, MOST + 1),
        }

    seen = ask(question)
    found = seen.pop("found")
    last = found[MOST - 1].order if len(found) > MOST else None
    return show(
        "orders/orders",
        found=found[:MOST],
        following=ids.pair_to_text(last.member_id, last.op_id) if last else None,
        is_first=after is None,
        which=which,
        views=_views(),
        state_words=state_words(),
        masked=members.masked,
        **seen,
    )


@allowed("benefits:see")
def order_page(order_id: tuple[int, int]) -> Any:
    """One order; where it goes is shown to who asks for it."""
    return _order(order_id)


@allowed("members:open")
def address(order_id: tuple[int, int]) -> Any:
    """Where it is to be sent, which is noted."""
    me = here().actor
    goes = carry(lambda rows, now: see_address(rows, *order_id, me, now))
    return _order(order_id, goes=goes)


@allowed("benefits:act")
def send(order_id: tuple[int, int]) -> Any:
    """It has left the house."""

    def wish(rows: Session, editions: Editions, asking: Asking) -> None:
        keep_apart(rows, asking.client, order_id[0])
        send_order(rows, editions, *order_id, asking=asking)

    try:
        act(wish)
    except Refusal as refusal:
        return _order(order_id, fault=said(refusal)), 422
    flash(gettext("Sent. The member is told."))
    return redirect(url_for("staff.orders"), 303)


def state_words() -> dict[str, str]:
    """How an order stands."""
    return {
        "open": gettext("not had yet"),
        "used": gettext("used"),
        "sent": gettext("sent"),
        "cancelled": gettext("cancelled"),
        "expired": gettext("expired"),
    }


def _views() -> dict[str, str]:
    return {
        "to_send": gettext("To send"),
        "sent": gettext("Sent"),
        "vouchers": gettext("Vouchers"),
        "cancelled": gettext("Cancelled"),
    }


def _order(order_id: tuple[int, int], **more: Any) -> str:
    one = ask(lambda rows, editions, _: order_shown(rows, editions, *order_id))
    return show("orders/order", one=one, state_words=state_words(), masked=members.masked, **more)


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/orders", "GET", "orders", list_page),
    ("/orders/<pair:order_id>", "GET", "order", order_page),
    ("/orders/<pair:order_id>/address", "POST", "order_address", address),
    ("/orders/<pair:order_id>/send", "POST", "send_order", send),
)
