"""How refusals are told: about members and what speaks for them."""

from loyalty import errors
from loyalty.errors import Refusal
from loyalty.problems.words import Problem

MEMBERS: dict[type[Refusal], Problem] = {
    errors.CardUnknown: Problem(
        404, "No card has this number", "无此会员卡", "We do not know this card.", "ask_member"
    ),
    errors.CardBlocked: Problem(
        422, "The card may not be used", "此卡不可使用", "This card cannot be used.", "sell_without"
    ),
    errors.MemberAmbiguous: Problem(
        422,
        "Several members share this contact",
        "有多位会员，请出示会员卡",
        "Please show the card.",
        "ask_member",
    ),
    errors.AlreadyMember: Problem(422, "Already a member", "已是会员", "Already a member.", "ask_member"),
    errors.PersonErased: Problem(
        422, "The person was erased", "该客户资料已删除", "We may not keep this person.", "call_manager"
    ),
    errors.CodeUnknown: Problem(
        404, "No page shows this code now", "会员码无效，请刷新", "Please show a fresh code.", "ask_member"
    ),
    errors.CodePurpose: Problem(
        422,
        "The code is for another purpose",
        "会员码用途不符，请更换",
        "Please show the other code.",
        "ask_member",
    ),
    errors.CodeNeeded: Problem(
        422, "The member's code is needed", "请出示会员码", "Please show your code.", "ask_member"
    ),
    errors.SpendLocked: Problem(
        422,
        "Points may not leave this member now",
        "会员已暂停使用积分，请会员查看",
        "These points are locked for now.",
        "ask_member",
    ),
    errors.AccountStopped: Problem(
        423,
        "The account is stopped: not done, the same key may be sent again later",
        "会员账户暂停，请稍后处理",
        "The account is stopped for now.",
        "sell_without",
    ),
    errors.AlreadyMerged: Problem(
        422, "The member was merged before", "会员已合并", "The member was merged before.", "call_manager"
    ),
    errors.NotFrozen: Problem(
        422, "The points are not frozen", "积分未被冻结", "The points are not frozen.", "call_manager"
    ),
    errors.NotMerged: Problem(
        422, "The member was not merged", "会员未曾合并", "The member was not merged.", "call_manager"
    ),
    errors.ReviewWaits: Problem(
        422, "A sale waits for its review", "有交易待审核", "A sale waits for a review.", "call_manager"
    ),
    errors.NotAsBefore: Problem(
        422,
        "Points have moved since: the members stay merged",
        "积分已变动，不能撤销合并",
        "Points have moved since the merge.",
        "call_manager",
    ),
    errors.StateForbids: Problem(
        422,
        "The member's state does not allow this",
        "会籍当前状态不允许此操作",
        "Your membership does not allow this now.",
        "call_manager",
    ),
    errors.OwnCard: Problem(
        422,
        "A cashier's own card",
        "收银员不可使用本人会员卡",
        "Cashiers may not use their own card.",
        "call_manager",
    ),
}
