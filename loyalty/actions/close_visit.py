"""A colleague says what became of a visit: made, missed, or cancelled with a reason (B5)."""

from typing import Any

from sqlalchemy.orm import Session

from loyalty import acts
from loyalty.actions.keep_apart import keep_apart
from loyalty.actions.once import Asking
from loyalty.actions.use_benefit import close_use
from loyalty.benefits import State
from loyalty.decide.programme import Editions
from loyalty.errors import Invalid

REASONS = ("own_wish", "not_given", "error", "other")  #: why a colleague cancels


def close_visit(
    session: Session,
    editions: Editions,
    key: tuple[int, int],
    state: State,
    reason: str | None = None,
    *,
    asking: Asking,
) -> dict[str, Any]:
    """End a booking, once; it stands in the chain of acts who did. `reason` is for a cancelled one alone.

    Raises SelfDealing for the colleague's own, Invalid without a reason, and all that `close_use` does.
    """
    if (reason in REASONS) != (state == "cancelled"):
        raise Invalid(fields={"reason": f"is one of {', '.join(REASONS)} where it is cancelled"})
    keep_apart(session, asking.client, key[0])
    told, known = close_use(session, editions, *key, state, reason=reason, asking=asking)
    if not known:
        content = {"state": state} | ({"reason": reason} if reason else {})
        use_id = told["use_id"]
        acts.record(
            session, asking.now, actor=asking.client, kind="visit.closed", subject=use_id, content=content
        )
    return told
