"""Points spent at once, and given back."""

from typing import Any

from loyalty.actions.cancel_spending import cancel_redemption
from loyalty.actions.redeem import redeem, reverse
from loyalty.api.auth import caller, needs
from loyalty.api.carrying import carry_for_till, look
from loyalty.api.idempotency import answering, takes_key
from loyalty.api.resource import Resource
from loyalty.api.schemas.receipts import RedemptionOut, RedemptionViewOut, ReversalOut
from loyalty.api.schemas.returns import SpendingCancelOut
from loyalty.api.schemas.tills import RedemptionIn, ReferenceIn, ReversalIn, bearer_of
from loyalty.reads.spending import redemption_by_reference, redemption_view

redemptions = Resource("redemptions", "/redemptions", "Points spent at once.")


@redemptions.route("", methods=["POST"])
@needs("points:spend")
@takes_key(required=False)
@redemptions.arguments(RedemptionIn)
@redemptions.response(201, RedemptionOut)
def spend(told: dict[str, Any]) -> Any:
    """Spend points; `reference` is the key."""
    bearer = bearer_of(told)
    answer, replayed = carry_for_till(
        lambda session, editions, asking: redeem(
            session,
            editions,
            bearer,
            told["points"],
            unit=told["unit"],
            purpose=told["for_"],
            reference=told["reference"],
            asking=asking,
            pooled=told["pool"],
        )
    )
    return answering(answer, 201, replayed=replayed)


@redemptions.route("/<pair:redemption>/reverse", methods=["POST"])
@needs("points:spend")
@takes_key(required=False)
@redemptions.arguments(ReversalIn)
@redemptions.response(201, ReversalOut)
def give_back(told: dict[str, Any], redemption: tuple[int, int]) -> Any:
    """Give spent points back to their lots, all that is left or `points`; a capture can be reversed too."""
    answer, replayed = carry_for_till(
        lambda session, editions, asking: reverse(
            session, editions, *redemption, told["points"], reference=told["reference"], asking=asking
        )
    )
    return answering(answer, 201, replayed=replayed)


@redemptions.route("/cancel", methods=["POST"])
@needs("points:spend")
@takes_key(required=False)
@redemptions.arguments(ReferenceIn)
@redemptions.response(200, SpendingCancelOut)
def cancel(told: dict[str, str]) -> Any:
    """Undo one's own redemption by its reference; one that comes later is refused."""
    answer, replayed = carry_for_till(
        lambda session, editions, asking: cancel_redemption(
            session, editions, told["reference"], asking=asking
        )
    )
    return answering(answer, 200, replayed=replayed)


@redemptions.route("", methods=["GET"])
@needs("points:spend")
@redemptions.arguments(ReferenceIn, location="query")
@redemptions.response(200, RedemptionViewOut)
def find(wanted: dict[str, str]) -> Any:
    """One's own redemption by its reference."""
    client = caller().client
    return look(lambda session, _, __: redemption_by_reference(session, client, wanted["reference"]))


@redemptions.route("/<pair:redemption>", methods=["GET"])
@needs("points:spend")
@redemptions.response(200, RedemptionViewOut)
def show(redemption: tuple[int, int]) -> Any:
    """A redemption by its id."""
    return look(lambda session, _, __: redemption_view(session, *redemption))
