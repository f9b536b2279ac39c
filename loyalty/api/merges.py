"""Two members who are one person, and who are two after all."""

from typing import Any

from loyalty.actions.merge import merge
from loyalty.actions.unmerge import unmerge
from loyalty.api.auth import needs
from loyalty.api.carrying import carry_for_till
from loyalty.api.idempotency import answering, takes_key
from loyalty.api.resource import Resource
from loyalty.api.schemas.merges import MergeIn, MergeOut, PartIn, UnmergeOut

merges = Resource("merges", "/members/<opaque:member_id>", "Members who are one person.")


@merges.route("/merge", methods=["POST"])
@needs("members:write")
@takes_key(required=False)
@merges.arguments(MergeIn)
@merges.response(201, MergeOut)
def join(told: dict[str, Any], member_id: int) -> Any:
    """Let this member be another: points, holds and policies move, the id leads there.

    `reference` is the key.
    """
    answer, replayed = carry_for_till(
        lambda session, editions, asking: merge(
            session,
            editions,
            member_id,
            told["into"],
            reason=told["reason"],
            note=told["note"],
            reference=told["reference"],
            asking=asking,
        )
    )
    return answering(answer, 201, replayed=replayed)


@merges.route("/unmerge", methods=["POST"])
@needs("members:write")
@takes_key(required=False)
@merges.arguments(PartIn)
@merges.response(201, UnmergeOut)
def part(told: dict[str, Any], member_id: int) -> Any:
    """Let this member be themselves again, while nothing was spent since; `reference` is the key."""
    answer, replayed = carry_for_till(
        lambda session, editions, asking: unmerge(
            session,
            editions,
            member_id,
            reason=told["reason"],
            note=told["note"],
            reference=told["reference"],
            asking=asking,
        )
    )
    return answering(answer, 201, replayed=replayed)
