"""Sales and returns, as tills report them."""

from typing import Any

from loyalty.actions.earn import earn
from loyalty.actions.take_back import take_back
from loyalty.actions.who import Bearer
from loyalty.api.auth import needs, speaks_for
from loyalty.api.carrying import carry_for_till, look
from loyalty.api.idempotency import answering, takes_key
from loyalty.api.resource import Resource
from loyalty.api.schemas.receipts import PurchaseOut, ReturnOut, SaleOut
from loyalty.api.schemas.tills import PurchaseIn, ReceiptIn, ReturnByReceiptIn, ReturnIn, returned
from loyalty.reads.sale import SaleName, sale_view
from loyalty.sales import Purchase, Receipt

purchases = Resource("purchases", "", "Sales, and goods that come back.")


@purchases.route("/purchases", methods=["POST"])
@needs("points:earn")
@takes_key(required=False)
@purchases.arguments(PurchaseIn)
@purchases.response(201, PurchaseOut)
def record(told: tuple[Bearer, Purchase]) -> Any:
    """Report a finished sale and hear what it earned.

    The receipt (store, terminal, business date, number) is its key: sending it again changes nothing.
    """
    bearer, fact = told
    speaks_for(fact.receipt.terminal)
    answer, replayed = carry_for_till(
        lambda session, editions, asking: earn(session, editions, bearer, fact, asking=asking)
    )
    return answering(answer, 201, replayed=replayed)


@purchases.route("/purchases", methods=["GET"])
@needs("points:earn", "points:return")
@purchases.arguments(ReceiptIn, location="query")
@purchases.response(200, SaleOut)
def find(receipt: Receipt) -> Any:
    """A sale by its receipt, for a reprint."""
    return look(lambda session, editions, _: sale_view(session, editions, SaleName(receipt=receipt)))


@purchases.route("/purchases/<pair:purchase>", methods=["GET"])
@needs("points:earn", "points:return")
@purchases.response(200, SaleOut)
def show(purchase: tuple[int, int]) -> Any:
    """A sale by its id."""
    return look(lambda session, editions, _: sale_view(session, editions, SaleName(*purchase)))


@purchases.route("/purchases/<pair:purchase>/returns", methods=["POST"])
@needs("points:return")
@takes_key(required=False)
@purchases.arguments(ReturnIn)
@purchases.response(201, ReturnOut)
def give_back(told: dict[str, Any], purchase: tuple[int, int]) -> Any:
    """Report goods of this sale that came back, by lines or by an amount."""
    return _give_back(told, SaleName(*purchase))


@purchases.route("/returns", methods=["POST"])
@needs("points:return")
@takes_key(required=False)
@purchases.arguments(ReturnByReceiptIn)
@purchases.response(201, ReturnOut)
def give_back_by_receipt(told: dict[str, Any]) -> Any:
    """Report goods that came back, of the sale that `original` names."""
    return _give_back(told, SaleName(receipt=told["original"]))


def _give_back(told: dict[str, Any], name: SaleName) -> Any:
    speaks_for(told["terminal"])
    answer, replayed = carry_for_till(
        lambda session, editions, asking: take_back(
            session,
            editions,
            name,
            returned(told, editions.at(asking.now).programme.club.currency),
            asking=asking,
        )
    )
    return answering(answer, 201, replayed=replayed)
