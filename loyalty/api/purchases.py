"""Sales, as tills report them."""

from typing import Any

from flask import jsonify

from loyalty.actions.who import Bearer
from loyalty.api import guessing
from loyalty.api.auth import caller, needs, speaks_for
from loyalty.api.carrying import look
from loyalty.api.idempotency import answering, takes_key
from loyalty.api.resource import Resource
from loyalty.api.schemas.receipts import PurchaseOut, SaleOut
from loyalty.api.schemas.reviews import HeldSaleOut
from loyalty.api.schemas.tills import PurchaseIn, ReceiptIn
from loyalty.api.selling import book_sale
from loyalty.errors import Forbidden
from loyalty.reads.sale import SaleName, sale_view
from loyalty.sales import Purchase, Receipt

purchases = Resource("purchases", "", "Finished sales.")


@purchases.route("/purchases", methods=["POST"])
@needs("points:earn")
@takes_key(required=False)
@purchases.arguments(PurchaseIn)
@purchases.response(201, PurchaseOut)
@purchases.also_answers(202, HeldSaleOut)
def record(told: tuple[Bearer, Purchase]) -> Any:
    """Report a finished sale and hear what it earned.

    The receipt (store, terminal, business date, number) is its key: sending it again changes nothing.
    A tender of the kind `points` needs the scope points:spend too. A sale above a ceiling is held for review.
    """
    _, fact = told
    speaks_for(fact.receipt.store, fact.receipt.terminal)
    if fact.by_points is not None and "points:spend" not in caller().scopes:
        raise Forbidden(needs=["points:spend"])
    answer, replayed = book_sale(told)
    if "review_id" in answer:
        return answering(jsonify(HeldSaleOut().dump(answer)), 202, replayed=replayed)
    return answering(answer, 201, replayed=replayed)


@purchases.route("/purchases", methods=["GET"])
@needs("points:earn", "points:return")
@guessing.counted
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
