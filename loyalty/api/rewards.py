"""What points buy: shown, ordered, used, cancelled."""

from typing import Any

from sqlalchemy.orm import Session

from loyalty.actions.buy_reward import buy_reward, cancel_order, send_order, use_voucher
from loyalty.actions.once import Asking
from loyalty.api import guessing
from loyalty.api.auth import needs, place_told
from loyalty.api.carrying import carry, carry_for_till, look
from loyalty.api.idempotency import answering, takes_key
from loyalty.api.resource import Resource
from loyalty.api.schemas.rewards import (
    OrderedOut,
    OrdersOut,
    RewardOrderIn,
    RewardOrderOut,
    RewardsOut,
    VoucherOut,
    VoucherUseIn,
)
from loyalty.api.schemas.tills import bearer_of
from loyalty.decide.programme import Editions
from loyalty.members import current
from loyalty.reads.reward import OnSale, catalogue, orders_view

rewards = Resource("rewards", "", "What points buy.")


@rewards.route("/rewards", methods=["GET"])
@needs("rewards:use", "programme:read", "points:spend")
@rewards.response(200, RewardsOut)
def on_sale() -> Any:
    """What is sold now, at which price, and what is left of it."""
    return look(
        lambda session, editions, asking: {
            "items": [_shown(one) for one in catalogue(session, editions, asking.now)]
        }
    )


@rewards.route("/members/<opaque:member_id>/reward-orders", methods=["GET"])
@needs("members:read", "rewards:use")
@guessing.counted
@rewards.response(200, OrdersOut)
def bought(member_id: int) -> Any:
    """All that a member bought, the newest first."""
    return look(
        lambda session, editions, _: {"items": orders_view(session, editions, current(session, member_id))}
    )


@rewards.route("/reward-orders", methods=["POST"])
@needs("rewards:use")
@takes_key(required=False)
@rewards.arguments(RewardOrderIn)
@rewards.response(201, OrderedOut)
def order(told: dict[str, Any]) -> Any:
    """Buy a reward with points; `reference` is the key."""
    bearer = bearer_of(told)
    answer, replayed = carry_for_till(
        lambda session, editions, asking: buy_reward(
            session,
            editions,
            bearer,
            told["reward"],
            reference=told["reference"],
            asking=asking,
            pooled=told["pool"],
        )
    )
    return answering(answer, 201, replayed=replayed)


@rewards.route("/reward-orders/<pair:order_id>/cancel", methods=["POST"])
@needs("rewards:use")
@takes_key(required=False)
@rewards.response(200, OrderedOut)
def cancel(order_id: tuple[int, int]) -> Any:
    """Give the points of an order back that was neither used nor sent."""
    answer, replayed = carry_for_till(
        lambda session, editions, asking: cancel_order(session, editions, *order_id, asking=asking)
    )
    return answering(answer, 200, replayed=replayed)


@rewards.route("/reward-orders/<pair:order_id>/send", methods=["POST"])
@needs("rewards:use")
@takes_key(required=False)
@rewards.response(200, RewardOrderOut)
def send(order_id: tuple[int, int]) -> Any:
    """An order without a voucher has left the house."""
    answer, replayed = carry(
        lambda session, editions, asking: send_order(session, editions, *order_id, asking=asking)
    )
    return answering(answer, 200, replayed=replayed)


@rewards.route("/vouchers/<code>/use", methods=["POST"])
@needs("rewards:use", "place:use")
@takes_key(required=False)
@rewards.arguments(VoucherUseIn)
@rewards.response(200, VoucherOut)
def burn(told: dict[str, Any], code: str) -> Any:
    """Take a voucher, once; `reference` is the key."""
    place = place_told(told["place"])

    def wish(session: Session, editions: Editions, asking: Asking) -> tuple[dict[str, Any], bool]:
        return use_voucher(session, editions, code, place, reference=told["reference"], asking=asking)

    answer, replayed = carry(wish)
    return answering(answer, 200, replayed=replayed)


def _shown(one: OnSale) -> dict[str, Any]:
    terms = one.terms
    return {
        "reward": terms.code,
        "name": terms.name,
        "nature": terms.nature,
        "delivery": terms.delivery,
        "unit": terms.unit,
        "points": terms.points,
        "left": one.left,
        "tiers": list(terms.tiers),
        "last_day": terms.last_day,
    }
