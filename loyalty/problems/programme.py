"""How refusals are told: about the programme and what it names."""

from loyalty import errors
from loyalty.errors import Refusal
from loyalty.problems.words import Problem

PROGRAMME: dict[type[Refusal], Problem] = {
    errors.NoProgramme: Problem(
        422, "No programme is published", "方案尚未启用", "The club is not open yet.", "sell_without"
    ),
    errors.ProgrammeFaulty: Problem(
        422, "The programme has faults", "方案有误", "The programme has faults.", "call_manager"
    ),
    errors.EditionTooSoon: Problem(
        422, "The edition begins too soon", "生效时间过早", "The edition begins too soon.", "call_manager"
    ),
    errors.PublishingClosed: Problem(
        422, "Publishing is closed here", "此处不能发布", "Publishing is closed here.", "call_manager"
    ),
    errors.NoDraft: Problem(
        404, "No draft is open", "没有正在编辑的草稿", "No draft is open.", "call_manager"
    ),
    errors.DraftOpen: Problem(
        422, "A draft is open already", "已有正在编辑的草稿", "A draft is open already.", "call_manager"
    ),
    errors.DraftChanged: Problem(
        422,
        "Somebody else changed the same place",
        "他人已修改同一处",
        "Somebody else changed the same place.",
        "call_manager",
    ),
    errors.DraftTooLarge: Problem(
        422, "The programme is too long", "方案过长", "The programme is too long.", "call_manager"
    ),
    errors.UnitUnknown: Problem(
        422, "No such unit of points", "无此积分类型", "No such kind of points.", "call_manager"
    ),
    errors.TierUnknown: Problem(422, "No such tier", "无此会员等级", "No such tier.", "call_manager"),
}
