"""A till reports a finished sale: points, and perhaps a tier, in one transaction."""

from dataclasses import asdict, astuple
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from loyalty import ids, sales
from loyalty.actions.answers import balances, standing_after
from loyalty.actions.book import fresh_ids, write
from loyalty.actions.once import Asking, Told, Wish, once
from loyalty.actions.who import Bearer, take_bearer
from loyalty.decide import purchase as decide
from loyalty.decide.outcome import Outcome
from loyalty.decide.programme import Editions
from loyalty.errors import CurrencyForeign, SoldInFuture

AHEAD = timedelta(minutes=10)  #: a stamp this far ahead of our clock still counts as now


def earn(
    session: Session,
    editions: Editions,
    bearer: Bearer,
    fact: sales.Purchase,
    *,
    asking: Asking,
) -> tuple[dict[str, Any], bool]:
    """Turn a sale into points, once, however often it is told; the receipt is its business key.

    Raises SoldInFuture, CurrencyForeign, CardUnknown, NotFound, CardBlocked, TooManyPoints, KeyReused.
    """
    now = asking.now

    def do() -> Told:
        _check(editions, fact, now)
        taken = take_bearer(session, editions, bearer, now, at=min(fact.sold_at, now))
        outcome = decide.purchase(editions, fact, taken.snapshot, now, fresh_ids(now))
        write(session, editions, taken, outcome, now)
        booked = outcome.booked("earn")
        award = [list(astuple(part)) for part in outcome.award.parts] if outcome.award else []
        sales.keep_sale(session, taken.snapshot.member_id, booked.op_id, fact, award)
        answer = _answer(editions, fact, outcome, now)
        return Told(answer, taken.snapshot.member_id, booked.op_id)

    content = {"bearer": asdict(bearer), "fact": asdict(fact)}
    wish = Wish("purchase", asking, fact.receipt.key, content, club_wide=True)
    return once(session, wish, do)


def _check(editions: Editions, fact: sales.Purchase, now: datetime) -> None:
    if fact.sold_at > now + AHEAD:
        raise SoldInFuture(sold_at=fact.sold_at.isoformat())
    currency = editions.at(now).programme.club.currency
    if fact.currency != currency:
        raise CurrencyForeign(currency=fact.currency, club=currency)


def _answer(editions: Editions, fact: sales.Purchase, outcome: Outcome, now: datetime) -> dict[str, Any]:
    award = outcome.award
    units = award.units if award else {}
    operation = outcome.booked("earn")
    happened_at = min(fact.sold_at, now)
    return {
        "purchase_id": ids.pair_to_text(outcome.after.member_id, operation.op_id),
        "award": {
            "units": {unit: units.get(unit, 0) for unit in sorted(outcome.after.accounts)},
            "because": [
                {"rule": reason.rule, "unit": reason.unit, "points": reason.points}
                for reason in (award.because if award else ())
            ],
            "pending": [
                {"unit": part.unit, "points": promise.points, "opens_at": promise.opens_at.isoformat()}
                for part in operation.parts
                for promise in part.promised
            ],
        },
        "balance": balances(outcome),
        **standing_after(editions, outcome),
        "edition": operation.edition,
        "late": not decide.in_time(editions, happened_at, now),
        "clock_ahead": fact.sold_at > now,
    }
