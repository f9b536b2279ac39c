"""How refusals are told: about signing in to members' pages."""

from loyalty import errors
from loyalty.errors import Refusal
from loyalty.problems.words import Problem

SIGNING_IN: dict[type[Refusal], Problem] = {
    errors.ContactMalformed: Problem(
        422,
        "Neither a phone number nor an e-mail address",
        "请输入手机号或邮箱",
        "Please type a phone number or an email.",
        "ask_member",
    ),
    errors.TooSoon: Problem(
        429,
        "A code was sent just now",
        "验证码刚刚发出，请稍等",
        "A code was just sent. Please wait.",
        "retry",
    ),
    errors.CodeExpired: Problem(
        422,
        "The one-time code is over",
        "验证码已失效，请重新获取",
        "That code is over. Ask for a new one.",
        "ask_member",
    ),
    errors.JoiningClosed: Problem(
        422,
        "The club takes nobody in by its pages",
        "请到服务台入会",
        "Please join at the desk.",
        "ask_member",
    ),
    errors.LoginTaken: Problem(
        422,
        "Another member signs in by this contact",
        "已有会员用它登录",
        "Another member signs in by this.",
        "ask_member",
    ),
    errors.MemberFrozen: Problem(
        422,
        "The member is frozen",
        "已冻结，请携证件到服务台",
        "Frozen. Please bring a document.",
        "ask_member",
    ),
}
