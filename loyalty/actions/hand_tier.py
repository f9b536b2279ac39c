"""A tier is given by hand (T8)."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from loyalty import acts, ids, members
from loyalty.actions.answers import standing_after
from loyalty.actions.book import fresh_ids, take, write
from loyalty.actions.keep_apart import keep_apart
from loyalty.actions.once import Asking, Told, Wish, once
from loyalty.decide import standing
from loyalty.decide.programme import Editions
from loyalty.errors import Invalid


def hand_tier(
    session: Session,
    editions: Editions,
    member_id: int,
    tier: str,
    until: datetime,
    *,
    reason: str,
    protected: bool,
    asking: Asking,
) -> tuple[dict[str, Any], bool]:
    """Begin a term in `tier` now that ends at `until`; a higher measure still lifts out of it.

    Raises TierUnknown, SelfDealing, NotFound, StateForbids, Invalid for an end that is not ahead,
    KeyMissing, KeyReused.
    """
    now = asking.now

    def do() -> Told:
        editions.at(now).programme.ladder.tier(tier)
        whose = members.current(session, member_id)
        keep_apart(session, asking.client, whose)
        taken = take(session, editions, whose, now)
        members.check(members.stands(members.by_id(session, whose)), "correct")
        course = standing.true_at(editions, taken.snapshot, now, fresh_ids(now))
        if until <= max(now, course.term.from_at):
            raise Invalid(fields={"until": "must lie ahead"})
        standing.hand(course, tier, until, reason, protected, now)
        outcome = course.outcome()
        write(session, editions, taken, outcome, now)
        name = ids.to_text(whose)
        given = {"tier": tier, "until": until, "protected": protected}
        acts.record(session, now, actor=asking.client, kind="tier.given", subject=name, content=given)
        return Told({"member_id": name, **standing_after(editions, outcome)}, whose)

    content = {"member": member_id, "tier": tier, "until": until, "reason": reason, "protected": protected}
    return once(session, Wish("tier", asking, None, content), do)
