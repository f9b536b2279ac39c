"""A till asks what a sale would give, and keeps the edition for a while; nothing is written (P13)."""

from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from loyalty import calendar, sales, usage
from loyalty.actions.answers import awarded, standing_after
from loyalty.actions.judging import check_sale
from loyalty.actions.once import Asking
from loyalty.actions.who import Bearer, check_known, member_of
from loyalty.decide import giving
from loyalty.decide import purchase as decide
from loyalty.decide.programme import Editions
from loyalty.errors import NotFound
from loyalty.money import money_text
from loyalty.reads.snapshot import see


def quote(
    session: Session,
    editions: Editions,
    bearer: Bearer,
    basket: sales.Basket,
    *,
    asking: Asking,
    secret: bytes,
) -> dict[str, Any]:
    """What a basket would give if it were paid with money now, and how much of it points could pay.

    The quote fixes the edition for the client who asked; tier, balance, limits and budgets are judged at the
    sale. A code is looked at and not used up. While points may not leave, none can pay.

    Raises CurrencyForeign, ExchangeNegative, SoldInFuture,
    CardUnknown, CodeUnknown, NotFound, CardBlocked, TooManyPoints.
    """
    now = asking.now
    fact = basket.sold(now, calendar.local_day(now, editions.zone))
    check_sale(editions, fact, now)
    member_id = member_of(session, bearer, now)
    try:
        seen = see(session, editions, member_id, now, cards=[bearer.card] if bearer.card else [])
    except NotFound:
        raise NotFound.at("member_id") from None
    shut = check_known(session, bearer, member_id, seen.known, seen.cards, now, "earn").is_shut(now)
    keys = giving.limit_keys(editions, "purchase", now, member_id, told=fact.attributes)
    snapshot = replace(seen.snapshot, used=usage.used(session, keys))
    outcome, usable = decide.quote(editions, fact, snapshot, now, count(1))
    edition = editions.at(now)
    lasts = timedelta(minutes=edition.programme.club.quote_minutes)
    given = sales.Quote(edition.number, (now + lasts).replace(microsecond=0))
    return {
        "quote_id": sales.seal(given, asking.client, secret),
        "award": awarded(outcome),
        "usable": {
            unit: {
                "max_points": most.max_points,
                "max_money": money_text(most.max_money_minor, fact.currency),
                "step": most.step,
            }
            for unit, most in usable.items()
            if not shut
        },
        **standing_after(editions, outcome),
        "edition": edition.number,
        "valid_until": given.valid_until,
    }
