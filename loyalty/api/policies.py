"""Policies, as the insurer's core system tells them."""

from datetime import datetime
from typing import Any

from loyalty.actions.apply_policy import apply_policy
from loyalty.api.auth import needs
from loyalty.api.carrying import carry, look
from loyalty.api.compiled import compiled
from loyalty.api.idempotency import answering, takes_key
from loyalty.api.ndjson import NDJSON, answer_lines, takes_lines
from loyalty.api.resource import Resource, takes_long_bodies
from loyalty.api.schemas.points import AtIn
from loyalty.api.schemas.policies import (
    NUMBER,
    PolicyAppliedOut,
    PolicyIn,
    PolicyLineIn,
    PolicyOut,
    PolicyOutcomeOut,
)
from loyalty.errors import Invalid
from loyalty.policies import PolicyState
from loyalty.reads.policy import policy_view
from loyalty.rooms import rooms

policies = Resource("policies", "/policies", "Policies in force, and what they give.")
_LINE = compiled(PolicyLineIn())


@policies.route("/<policy_no>", methods=["PUT"])
@needs("policies:write")
@takes_key(required=False)
@policies.arguments(PolicyIn)
@policies.response(200, PolicyAppliedOut)
def apply(told: dict[str, Any], policy_no: str) -> Any:
    """Tell a state of a policy, whole; the policy and its version are the key.

    States may come late, early and in any order: at any instant the highest version effective by then holds.
    What the policy gives its holder follows, at once and by the clock, and so does the tier.
    """
    if not NUMBER.fullmatch(policy_no):
        raise Invalid(fields={"policy_no": "has 1 to 60 printable characters"})
    answer, replayed = _applied(PolicyState(policy_no=policy_no, **told), keyed=True)
    return answering(answer | {"replayed": replayed}, 200, replayed=replayed)


@policies.route("/<policy_no>", methods=["GET"])
@needs("policies:write", "members:read")
@policies.arguments(AtIn, location="query")
@policies.response(200, PolicyOut)
def show(told: dict[str, datetime | None], policy_no: str) -> Any:
    """A policy as the club knows it now, at a past instant (by what was told) or at a future one; and why."""
    return look(
        lambda session, editions, asking: policy_view(
            session, editions, policy_no, told["at"] or asking.now, asking.now
        )
    )


@policies.route("/batch", methods=["POST"])
@needs("policies:write")
@takes_long_bodies
@policies.doc(**takes_lines("PolicyLineIn", "a state with its `policy_no`"))
@policies.response(200, PolicyOutcomeOut, content_type=NDJSON)
def apply_all() -> Any:
    """Tell many states; each line is answered by one, in order, as it is carried out.

    The policy and its version are the key of each: a batch may be cut, mixed and sent again.
    """
    return answer_lines(_LINE, _line)


def _line(_: Any, state: PolicyState) -> dict[str, Any]:
    answer, replayed = _applied(state, keyed=False)
    said = {name: answer[name] for name in ("policy_no", "version", "position", "tier")}
    return {"status": "replayed" if replayed else "created"} | said


def _applied(state: PolicyState, *, keyed: bool) -> tuple[dict[str, Any], bool]:
    identity_key = rooms().settings.identity_secret
    return carry(
        lambda session, editions, asking: apply_policy(
            session, editions, state, asking=asking, identity_key=identity_key
        ),
        keyed=keyed,
    )
