"""Points passed on between members."""

from typing import Any

from loyalty.actions.transfer import transfer
from loyalty.api.auth import needs
from loyalty.api.carrying import carry_for_till
from loyalty.api.idempotency import answering, takes_key
from loyalty.api.resource import Resource
from loyalty.api.schemas.transfers import TransferIn, TransferOut

transfers = Resource("transfers", "/transfers", "Points passed on between members.")


@transfers.route("", methods=["POST"])
@needs("points:spend")
@takes_key(required=False)
@transfers.arguments(TransferIn)
@transfers.response(201, TransferOut)
def pass_on(told: dict[str, Any]) -> Any:
    """Pass points on to another member; they keep their dates. `reference` is the key."""
    answer, replayed = carry_for_till(
        lambda session, editions, asking: transfer(
            session,
            editions,
            told["from_"],
            told["to"],
            told["unit"],
            told["points"],
            code=told["token"],
            reference=told["reference"],
            asking=asking,
        )
    )
    return answering(answer, 201, replayed=replayed)
