"""What points buy: as the programme declares it, and what was bought."""

from loyalty.rewards.models import RewardOrder, RewardStock
from loyalty.rewards.store import (
    by_voucher,
    close,
    costs,
    is_order,
    keep_order,
    order,
    orders,
    orders_before,
    orders_under,
    put_back,
    sell,
    sold,
    sold_and_bought,
)
from loyalty.rewards.terms import CASH_LIKE, Limit, Reward, parse
from loyalty.rewards.vouchers import BYTES as VOUCHER_BYTES
from loyalty.rewards.vouchers import code_of as voucher_of
from loyalty.rewards.vouchers import read as voucher_read
from loyalty.rewards.vouchers import shown as voucher_shown

__all__ = [
    "CASH_LIKE",
    "VOUCHER_BYTES",
    "Limit",
    "Reward",
    "RewardOrder",
    "RewardStock",
    "by_voucher",
    "close",
    "costs",
    "is_order",
    "keep_order",
    "order",
    "orders",
    "orders_before",
    "orders_under",
    "parse",
    "put_back",
    "sell",
    "sold",
    "sold_and_bought",
    "voucher_of",
    "voucher_read",
    "voucher_shown",
]
