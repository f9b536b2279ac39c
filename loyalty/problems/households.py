"""How refusals are told: about households."""

from loyalty import errors
from loyalty.errors import Refusal
from loyalty.problems.words import Problem

HOUSEHOLDS: dict[type[Refusal], Problem] = {
    errors.NoHousehold: Problem(
        422,
        "The member shares with nobody",
        "未与家庭成员共用积分",
        "No household shares points here.",
        "ask_member",
    ),
    errors.NotPooled: Problem(
        422,
        "Points of this unit are not pooled",
        "此类积分不可共用",
        "These points are not shared.",
        "sell_without",
    ),
    errors.HouseholdTaken: Problem(
        422,
        "The member has a household already",
        "已在一个家庭中",
        "There is a household already.",
        "call_manager",
    ),
    errors.HouseholdFull: Problem(
        422, "The household is full", "家庭人数已满", "The household is full.", "call_manager"
    ),
    errors.OtherMembers: Problem(
        422,
        "The order names others than the household's members",
        "顺序与家庭成员不符",
        "The household has other members.",
        "call_manager",
    ),
}
