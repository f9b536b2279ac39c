"""How refusals are told: about rewards and vouchers."""

from loyalty import errors
from loyalty.errors import Refusal
from loyalty.problems.words import Problem

REWARDS: dict[type[Refusal], Problem] = {
    errors.RewardUnknown: Problem(
        422, "There is no such reward", "无此礼品", "We do not know this reward.", "call_manager"
    ),
    errors.RewardNotSold: Problem(
        422, "It is not sold to this member now", "该礼品暂不可兑换", "Not available now.", "ask_member"
    ),
    errors.OutOfStock: Problem(422, "There is none left", "该礼品已兑完", "None is left.", "ask_member"),
    errors.RewardLimit: Problem(
        422, "The member has bought as many as one may", "已达兑换上限", "The limit is reached.", "ask_member"
    ),
    errors.ValueCap: Problem(
        422,
        "Above what one member may be given in a year",
        "已达年度上限",
        "The year's limit is reached.",
        "call_manager",
    ),
    errors.OrderClosed: Problem(
        422, "The order is closed", "该兑换已结束", "This order is closed.", "ask_member"
    ),
    errors.VoucherUnknown: Problem(
        404, "No voucher has this code", "无此兑换券", "We do not know this voucher.", "ask_member"
    ),
    errors.VoucherExpired: Problem(
        422, "The voucher has expired", "兑换券已过期", "This voucher has expired.", "ask_member"
    ),
}
