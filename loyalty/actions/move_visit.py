"""A booking is moved to another time or place: let go and booked anew, both or neither."""

from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from loyalty.actions.once import Asking
from loyalty.actions.use_benefit import close_use, use_benefit
from loyalty.actions.who import Bearer
from loyalty.benefits import Wanted
from loyalty.decide.programme import Editions


def move_visit(
    session: Session,
    editions: Editions,
    booked: tuple[int, int],
    wanted: Wanted,
    place: str | None,
    *,
    reference: str,
    asking: Asking,
) -> dict[str, Any]:
    """Book a member's visit for `wanted` instead of the one that is booked, once for the reference.

    No refusal is remembered: a key would name half of it. Raises what `close_use` and `use_benefit` raise;
    then nothing has changed.
    """
    by_itself = replace(asking, header_key=None)
    close_use(session, editions, *booked, "cancelled", asking=by_itself)
    bearer = Bearer(member_id=booked[0])
    answer, _ = use_benefit(session, editions, bearer, wanted, place, reference=reference, asking=by_itself)
    return answer
