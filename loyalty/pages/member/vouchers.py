"""What the member bought: the list, one order with its voucher to be shown, and giving it back."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext

from loyalty import ids
from loyalty.actions.buy_reward import cancel_order
from loyalty.errors import NotFound, OrderClosed
from loyalty.pages.drawings import bars, qr_code
from loyalty.pages.member.blueprint import ask, carry, here, show
from loyalty.pages.words import named, number_text
from loyalty.reads.vouchers import order_shown, orders_page
from loyalty.rewards import voucher_shown


def vouchers() -> Any:
    """All that was bought, the newest first, a page at a time."""
    before = request.args.get("before")
    place = ids.from_text(before) if before else None
    if before and place is None:
        raise NotFound
    orders, older = ask(lambda rows, editions, now: orders_page(rows, editions, here().member_id, place, now))
    return show("vouchers", orders=orders, older=ids.to_text(older) if older else None, first=place is None)


def voucher(order_id: tuple[int, int]) -> Any:
    """One order: its voucher, until when and where it is taken, what giving it back brings."""
    return _page(order_id)


def cancel(order_id: tuple[int, int]) -> Any:
    """Give an order back that was neither used nor sent; the points come with their old days (P9)."""
    mine = _mine(order_id)
    try:
        told, _ = carry(
            lambda rows, editions, asking: cancel_order(rows, editions, *mine, asking=asking, by_member=True)
        )
    except OrderClosed:
        fault = gettext("It was used, sent or given back before, so nothing was changed.")
        return _page(order_id, fault=fault), 422
    name, points = named(told["name"]), told["points"]
    shown = ask(lambda rows, editions, now: editions.number(told["edition"]).programme.units[told["unit"]])
    text = number_text(points, shown.decimals)
    flash(
        gettext("%(name)s is given back, and you have the %(points)s points again.", name=name, points=text)
    )
    return redirect(url_for("me.voucher", order_id=order_id), 303)


def _page(order_id: tuple[int, int], fault: str | None = None) -> str:
    mine = _mine(order_id)
    found = ask(lambda rows, editions, now: order_shown(rows, editions, *mine, now))
    code, drawn = found.order.voucher, {}
    if code and found.order.state == "open":
        name = gettext("The code of your voucher")
        drawn = {"qr": qr_code(code, name), "bars": bars(code, name)}
    return show(
        "voucher", shown=found, order=found.order, code=voucher_shown(code or ""), fault=fault, **drawn
    )


def _mine(order_id: tuple[int, int]) -> tuple[int, int]:
    """The order, where it is the reader's: that of anybody else is unknown. Raises NotFound."""
    if order_id[0] != here().member_id:
        raise NotFound
    return order_id


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/vouchers", "GET", "vouchers", vouchers),
    ("/vouchers/<pair:order_id>", "GET", "voucher", voucher),
    ("/vouchers/<pair:order_id>/cancel", "POST", "cancel_order", cancel),
)
