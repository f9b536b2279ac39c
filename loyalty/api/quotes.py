"""Quotes, asked for before a sale is finished."""

from typing import Any

from loyalty.actions.quote import quote
from loyalty.actions.who import Bearer
from loyalty.api.auth import needs, speaks_for
from loyalty.api.carrying import look
from loyalty.api.resource import Resource
from loyalty.api.schemas.receipts import QuoteOut
from loyalty.api.schemas.tills import QuoteIn
from loyalty.rooms import rooms
from loyalty.sales import Basket

QUOTES = "quotes"  #: the purpose of the keys that seal them

quotes = Resource("quotes", "", "What a sale would give.")


@quotes.route("/quotes", methods=["POST"])
@needs("points:earn")
@quotes.arguments(QuoteIn)
@quotes.response(200, QuoteOut)
def ask(told: tuple[Bearer, Basket]) -> Any:
    """Ask what a sale would earn and how much of it points could pay.

    Nothing is written. `quote_id` fixes the edition of the programme for a sale told with it in time.
    """
    bearer, basket = told
    speaks_for(basket.store, basket.terminal)
    secret, *_ = rooms().settings.keys_for(QUOTES)
    return look(
        lambda session, editions, asking: quote(
            session, editions, bearer, basket, asking=asking, secret=secret
        )
    )
