"""A member's visits and bookings as whoever asks may see them: one, and the journal of all (B5)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from loyalty import benefits, calendar, ids
from loyalty.benefits import Use
from loyalty.decide import entitled
from loyalty.decide.programme import Editions
from loyalty.decide.whose import policy_of
from loyalty.errors import Invalid, NotFound
from loyalty.money import money_text
from loyalty.reads.entitled import CARD_LOWER, course_at, lost_bookings, with_all_terms
from loyalty.reads.snapshot import load


def use_view(editions: Editions, use: Use) -> dict[str, Any]:
    """One visit: nothing of the member but what they had."""
    currency = editions.number(use.edition).programme.club.currency
    off, bill = use.discount_minor, use.amount_minor
    return {
        "use_id": ids.pair_to_text(use.member_id, use.use_id),
        "benefit": use.benefit,
        "name": dict(entitled.terms_of(editions, use.edition, use.benefit).name),
        "state": use.state,
        "at": calendar.instant_text(use.at),
        "place": use.place,
        "event": None if use.event_id is None else ids.to_text(use.event_id),
        "for": use.relation,
        "guests": use.guests,
        "policy": policy_of(use.subject),
        "amount": None if bill is None else money_text(bill, currency),
        "discount": None if off is None else money_text(off, currency),
        "reference": use.reference,
        "reason": use.reason,
        "booked_at": calendar.instant_text(use.booked_at),
        "closed_at": calendar.instant_text(use.closed_at) if use.closed_at else None,
        "edition": use.edition,
    }


def journal(
    session: Session,
    editions: Editions,
    member_id: int,
    client: str | None,
    before: int | None,
    limit: int,
    now: datetime,
) -> list[dict[str, Any]]:
    """Up to `limit` visits of a member's, the latest first: those that a client told, or (None) all.

    `before` is the last one seen. What a lower card lets go of is cancelled before that is written (B3).
    Raises NotFound; Invalid where the last one seen is no use of theirs.
    """
    snapshot = with_all_terms(session, load(session, editions, member_id, now)[0])
    gone = lost_bookings(session, course_at(editions, snapshot, now), now)
    last = _seen(session, member_id, before) if before is not None else None
    found = benefits.uses_before(session, member_id, client, last, limit)
    return [use_view(editions, use) | _let_go(gone, use) for use in found]


def _seen(session: Session, member_id: int, use_id: int) -> Use:
    try:
        return benefits.use(session, member_id, use_id)
    except NotFound:
        raise Invalid(fields={"cursor": "is not one of ours"}) from None


def _let_go(gone: Mapping[Use, datetime], use: Use) -> dict[str, Any]:
    if use not in gone:
        return {}
    return {"state": "cancelled", "reason": CARD_LOWER, "closed_at": calendar.instant_text(gone[use])}
