"""What points buy: as the programme declares it, and what was bought."""

from loyalty.rewards import vouchers
from loyalty.rewards.models import RewardOrder, RewardStock
from loyalty.rewards.store import (
    by_voucher,
    close,
    keep_order,
    order,
    orders,
    put_back,
    sell,
    sold,
)
from loyalty.rewards.terms import CASH_LIKE, Limit, Reward, parse

__all__ = [
    "CASH_LIKE",
    "Limit",
    "Reward",
    "RewardOrder",
    "RewardStock",
    "by_voucher",
    "close",
    "keep_order",
    "order",
    "orders",
    "parse",
    "put_back",
    "sell",
    "sold",
    "vouchers",
]
