"""Refusals about rewards: why a member may not buy one, or a voucher is not taken (B9)."""

from loyalty.errors.refusal import Refusal


class RewardUnknown(Refusal):
    """The programme has no such reward."""

    code = "reward_unknown"


class RewardNotSold(Refusal):
    """It is not sold to this member now: not yet, no more, or not to their tier."""

    code = "reward_not_sold"
    judged = True


class OutOfStock(Refusal):
    """There is none left."""

    code = "out_of_stock"
    judged = True


class RewardLimit(Refusal):
    """The member has bought as many as one may."""

    code = "reward_limit"
    judged = True


class ValueCap(Refusal):
    """What the club gives one member in a year would be above its bound (B10)."""

    code = "value_cap"
    judged = True


class OrderClosed(Refusal):
    """The order was used, sent or cancelled before."""

    code = "order_closed"
    judged = True


class VoucherUnknown(Refusal):
    """No voucher has this code."""

    code = "voucher_unknown"


class VoucherExpired(Refusal):
    """The voucher's last day is over."""

    code = "voucher_expired"
    judged = True
