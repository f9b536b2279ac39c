"""Premiums, as the insurer's core system tells them."""

from typing import Any

from sqlalchemy.orm import Session

from loyalty.actions.once import Asking
from loyalty.actions.pay_premium import pay_premium, reverse_premium
from loyalty.api.auth import needs
from loyalty.api.carrying import carry
from loyalty.api.idempotency import answering, takes_key
from loyalty.api.resource import Resource
from loyalty.api.schemas.premiums import (
    REFERENCE,
    PremiumIn,
    PremiumOut,
    PremiumReversedOut,
    paid_premium,
)
from loyalty.decide.programme import Editions
from loyalty.errors import Invalid

premiums = Resource("premiums", "/premiums", "Premiums that were paid for policies.")


@premiums.route("", methods=["POST"])
@needs("policies:write")
@takes_key(required=False)
@premiums.arguments(PremiumIn)
@premiums.response(201, PremiumOut)
def tell(told: dict[str, Any]) -> Any:
    """Tell of a premium that was paid; `reference` is the key, for the whole club.

    It earns by the rules for premiums, for whoever held the policy when it was paid.
    """

    def wish(session: Session, editions: Editions, asking: Asking) -> tuple[dict[str, Any], bool]:
        fact = paid_premium(told, editions.at(asking.now).programme.club.currency)
        return pay_premium(session, editions, fact, asking=asking)

    answer, replayed = carry(wish)
    return answering(answer | {"replayed": replayed}, 201, replayed=replayed)


@premiums.route("/<reference>/reverse", methods=["POST"])
@needs("policies:write")
@takes_key(required=False)
@premiums.response(200, PremiumReversedOut)
def reverse(reference: str) -> Any:
    """Take back all that a premium gave, as if it had never been paid; one that comes later is refused."""
    if not REFERENCE.fullmatch(reference):
        raise Invalid(fields={"reference": "has 1 to 100 printable characters"})
    answer, replayed = carry(
        lambda session, editions, asking: reverse_premium(session, editions, reference, asking=asking)
    )
    return answering(answer | {"replayed": replayed}, 200, replayed=replayed)
