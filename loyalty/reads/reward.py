"""What points buy, and what a member bought (B9)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from loyalty import calendar, ids, rewards
from loyalty.decide.programme import Editions
from loyalty.rewards import Reward, RewardOrder


@dataclass(frozen=True, slots=True)
class OnSale:
    """A reward of the edition in force, and how many are left; None where there is no end of them."""

    terms: Reward
    left: int | None


def catalogue(session: Session, editions: Editions, now: datetime) -> list[OnSale]:
    """What is sold today, in the programme's order; what is sold out is shown."""
    today, sold = calendar.local_day(now, editions.zone), rewards.sold(session)
    return [
        OnSale(one, None if one.stock is None else max(0, one.stock - sold.get(one.code, 0)))
        for one in editions.at(now).programme.rewards
        if (one.from_day is None or one.from_day <= today) and (one.last_day is None or today <= one.last_day)
    ]


def order_view(editions: Editions, order: RewardOrder) -> dict[str, Any]:
    """An order, with its voucher's code as people read it."""
    terms = editions.number(order.edition).programme.reward(order.reward)
    until = order.valid_until
    return {
        "order_id": ids.pair_to_text(order.member_id, order.op_id),
        "reward": order.reward,
        "name": dict(terms.name),
        "unit": terms.unit,
        "points": terms.points,
        "state": order.state,
        "voucher": rewards.voucher_shown(order.voucher) if order.voucher else None,
        "valid_until": calendar.instant_text(until) if until else None,
        "last_day": calendar.last_day_before(until, editions.zone).isoformat() if until else None,
        "reference": order.reference,
        "ordered_at": calendar.instant_text(order.ordered_at),
        "closed_at": calendar.instant_text(order.closed_at) if order.closed_at else None,
        "place": order.place,
        "edition": order.edition,
    }


def orders_view(session: Session, editions: Editions, member_id: int) -> list[dict[str, Any]]:
    """All that a member bought, the newest first."""
    return [order_view(editions, one) for one in reversed(rewards.orders(session, member_id))]
