"""What members do beside buying."""

from typing import Any

from loyalty.actions.tell_fact import tell_fact
from loyalty.actions.who import Bearer
from loyalty.api.auth import caller, needs
from loyalty.api.carrying import carry_for_till
from loyalty.api.idempotency import answering, takes_key
from loyalty.api.resource import Resource
from loyalty.api.schemas.facts import FactIn, FactOut
from loyalty.api.schemas.tills import bearer_of
from loyalty.decide.occasion import Activity

facts = Resource("facts", "/facts", "What members do beside buying.")


@facts.route("", methods=["POST"])
@needs("points:earn")
@takes_key(required=False)
@facts.arguments(FactIn)
@facts.response(201, FactOut)
def tell(told: dict[str, Any]) -> Any:
    """Tell of an activity, such as a profile completed or a call-back done; `reference` is the key.

    It earns by the rules for activities, and opens what waited for it: of one sale if `about` names it.
    """
    bearer: Bearer = bearer_of(told)
    about = told.pop("about")
    fact = Activity(**told, by=caller().client, about=about[1] if about else None)
    answer, replayed = carry_for_till(
        lambda session, editions, asking: tell_fact(session, editions, bearer, fact, about, asking=asking)
    )
    return answering(answer, 201, replayed=replayed)
