"""Goods that come back and sales that are cancelled, as tills report them."""

from typing import Any

from loyalty.actions.cancel_sale import cancel_sale
from loyalty.actions.take_back import take_back
from loyalty.actions.take_unreceipted import take_unreceipted
from loyalty.api.auth import needs, speaks_for
from loyalty.api.carrying import carry_for_till
from loyalty.api.idempotency import answering, takes_key
from loyalty.api.resource import Resource
from loyalty.api.schemas.returns import (
    CancelIn,
    CancelOut,
    ReturnByNameIn,
    ReturnIn,
    ReturnOut,
    bearer_of_goods,
    returned,
    returned_goods,
)
from loyalty.decide.programme import Editions
from loyalty.reads.sale import SaleName
from loyalty.sales import Receipt

returns = Resource("returns", "", "Goods that come back, and sales that are cancelled.")


@returns.route("/purchases/<pair:purchase>/returns", methods=["POST"])
@needs("points:return")
@takes_key(required=False)
@returns.arguments(ReturnIn)
@returns.response(201, ReturnOut)
def give_back(told: dict[str, Any], purchase: tuple[int, int]) -> Any:
    """Report goods of this sale that came back, by lines or by an amount."""
    return _give_back(told, SaleName(*purchase))


@returns.route("/returns", methods=["POST"])
@needs("points:return")
@takes_key(required=False)
@returns.arguments(ReturnByNameIn)
@returns.response(201, ReturnOut)
def give_back_by_name(told: dict[str, Any]) -> Any:
    """Report goods that came back: of the sale that `original` names, or without a receipt.

    Without one they are rated by the rules now, if the club takes them, up to its limit for a member's day.
    """
    if "original" in told:
        return _give_back(told, SaleName(receipt=told["original"]))
    speaks_for(told["store"], told["terminal"])
    bearer = bearer_of_goods(told)
    answer, replayed = carry_for_till(
        lambda session, editions, asking: take_unreceipted(
            session, editions, bearer, returned_goods(told, _currency(editions)), asking=asking
        )
    )
    return answering(answer, 201, replayed=replayed)


@returns.route("/purchases/cancel", methods=["POST"])
@needs("points:return")
@takes_key(required=False)
@returns.arguments(CancelIn)
@returns.response(200, CancelOut)
def cancel(told: tuple[Receipt, str]) -> Any:
    """Make a sale void, booked, under review or not told yet; one that comes later is refused.

    On the day of the sale it is as if it had never been; later it is a return of what is left of it.
    """
    receipt, cancel_ref = told
    speaks_for(receipt.store, receipt.terminal)
    answer, replayed = carry_for_till(
        lambda session, editions, asking: cancel_sale(session, editions, receipt, cancel_ref, asking=asking)
    )
    return answering(answer, 200, replayed=replayed)


def _give_back(told: dict[str, Any], name: SaleName) -> Any:
    speaks_for(told["store"], told["terminal"])
    answer, replayed = carry_for_till(
        lambda session, editions, asking: take_back(
            session, editions, name, returned(told, _currency(editions)), asking=asking
        )
    )
    return answering(answer, 201, replayed=replayed)


def _currency(editions: Editions) -> str:
    """The club's, which no edition changes."""
    return editions.items[-1].programme.club.currency
