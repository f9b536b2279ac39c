"""How refusals are told: about points: spending, holding, passing on."""

from loyalty import errors
from loyalty.errors import Refusal
from loyalty.problems.words import Problem

POINTS: dict[type[Refusal], Problem] = {
    errors.NotEnoughPoints: Problem(
        422, "Not enough points", "积分不足", "There are not enough points.", "sell_without"
    ),
    errors.InDebt: Problem(
        422, "Points are owed", "积分待补足，暂不能使用", "Points are owed, none to spend.", "sell_without"
    ),
    errors.NotSpendable: Problem(
        422,
        "Points of this unit are not spent",
        "此类积分不能使用",
        "These points are not spent.",
        "sell_without",
    ),
    errors.HoldClosed: Problem(
        422, "The hold is closed", "积分预留已结束", "The points are no longer held.", "sell_without"
    ),
    errors.HoldOpen: Problem(
        422,
        "Points are held for a till",
        "有预留积分未结束",
        "Points are still held.",
        "call_manager",
    ),
    errors.TooMuchCaptured: Problem(
        422, "More than is held", "超出预留积分", "More than was held.", "call_manager"
    ),
    errors.TooMuchReversed: Problem(
        422, "More than was redeemed", "超出已用积分", "More than was redeemed.", "call_manager"
    ),
    errors.TooManyPoints: Problem(
        422, "Too many points at once", "积分数额过大", "That is too many points.", "call_manager"
    ),
    errors.NotTransferable: Problem(
        422,
        "These points are not passed on",
        "此类积分不可转赠",
        "These points cannot be passed on.",
        "ask_member",
    ),
    errors.TransferLimit: Problem(
        422,
        "More than may be passed on in a day",
        "超出当日转赠上限",
        "That is above today's limit.",
        "ask_member",
    ),
    errors.TransferTooSmall: Problem(
        422,
        "Fewer than may be passed on",
        "低于最少转赠积分",
        "Too few points to pass on.",
        "ask_member",
    ),
    errors.SameMember: Problem(
        422,
        "Giver and receiver are one member",
        "不能转给本人",
        "Points pass to somebody else.",
        "ask_member",
    ),
    errors.CeilingExceeded: Problem(
        422, "Above the club's ceiling", "超出限额", "That is above the limit.", "call_manager"
    ),
    errors.ReferenceCancelled: Problem(
        422, "The reference was cancelled", "该笔积分业务已取消", "This was cancelled.", "sell_without"
    ),
}
