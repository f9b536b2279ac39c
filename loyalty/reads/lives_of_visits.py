"""What a span of members had of benefits."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from loyalty import calendar
from loyalty.benefits import Use
from loyalty.decide.lived import Visited
from loyalty.decide.whose import policy_of
from loyalty.reads.lives_of_policies import Policies
from loyalty.reads.span import Span


def visits_of(
    session: Session, span: Span, enrolled: Mapping[int, datetime], policies: Policies
) -> dict[int, list[Visited]]:
    """The visits that were made by the instant, or missed and count, by member, as they were booked."""
    rows = select(Use).where(span.booked(Use), Use.counts, Use.at <= span.as_of)
    found: dict[int, list[Visited]] = defaultdict(list)
    for use in session.scalars(rows.order_by(Use.booked_at, Use.use_id)):
        policy = policies.by_number.get(policy_of(use.subject) or "")
        joined = calendar.local_day(enrolled[use.member_id], span.editions.zone)
        anchor = joined if policy is None else policy.states[-1][1].issued_on
        found[use.member_id].append(Visited(use.benefit, use.subject, anchor, use.at))
    return found
