"""Persons, as the insurer's core system tells of them."""

from typing import Any

from loyalty.actions.apply_customer import apply_customer
from loyalty.api.auth import needs
from loyalty.api.carrying import carry, look
from loyalty.api.idempotency import answering, takes_key
from loyalty.api.resource import Resource
from loyalty.api.schemas.customers import (
    REFERENCE,
    CustomerAppliedOut,
    CustomerIn,
    CustomerOut,
    told_customer,
)
from loyalty.errors import Invalid
from loyalty.reads.customer import customer_view
from loyalty.rooms import rooms

customers = Resource("customers", "/customers", "Persons, as the core system sees them.")


@customers.route("/<reference>", methods=["PUT"])
@needs("policies:write")
@takes_key(required=False)
@customers.arguments(CustomerIn)
@customers.response(200, CustomerAppliedOut)
def apply(told: dict[str, Any], reference: str) -> Any:
    """Tell a version of a person; the reference and the version are the key.

    Names and documents change here alone. A version older than the highest one known changes nothing.
    """
    if not REFERENCE.fullmatch(reference):
        raise Invalid(fields={"reference": "has 1 to 100 printable characters"})
    fact, identity_key = told_customer(reference, told), rooms().settings.identity_secret
    answer, replayed = carry(
        lambda session, editions, asking: apply_customer(
            session, editions, fact, asking=asking, identity_key=identity_key
        )
    )
    return answering(answer | {"replayed": replayed}, 200, replayed=replayed)


@customers.route("/<reference>", methods=["GET"])
@needs("policies:write", "members:read")
@customers.response(200, CustomerOut)
def show(reference: str) -> Any:
    """A person by the core system's reference: what the club knows, and the version that was told last."""
    return look(lambda session, _, __: customer_view(session, reference))
