"""How refusals are told: about signing in to the staff's pages, and who may do what."""

from loyalty import errors
from loyalty.errors import Refusal
from loyalty.problems.words import Problem

STAFF: dict[type[Refusal], Problem] = {
    errors.SignInWrong: Problem(
        422,
        "Address, password or code is wrong",
        "邮箱、密码或验证码不对",
        "Address, password or code is wrong.",
        "retry",
    ),
    errors.TriedTooOften: Problem(
        429,
        "The account was tried too often",
        "试得太频繁，请稍等",
        "Tried too often. Please wait a moment.",
        "retry",
    ),
    errors.LinkOver: Problem(
        422,
        "The link is over",
        "链接已失效，请管理员重发",
        "This link is over. Ask for another.",
        "call_manager",
    ),
    errors.PasswordWeak: Problem(
        422, "The password will not do", "这个密码不够安全", "Please choose a stronger password.", "retry"
    ),
    errors.AppCodeWrong: Problem(
        422,
        "The code is not what the app shows",
        "验证码与应用显示的不符",
        "That is not the app's code. Try again.",
        "retry",
    ),
    errors.PasskeyRefused: Problem(
        422, "The passkey is not known", "无法识别这个通行密钥", "This passkey is not known here.", "retry"
    ),
    errors.StaffKnown: Problem(
        422,
        "A colleague signs in by this address",
        "已有同事使用这个邮箱",
        "A colleague has this address already.",
        "retry",
    ),
    errors.LastAdministrator: Problem(
        422,
        "Nobody would be left to keep the accounts",
        "至少要保留一位管理员",
        "Somebody must stay administrator.",
        "call_manager",
    ),
    errors.OwnAccount: Problem(
        422,
        "Nobody changes what they may do themselves",
        "不能更改自己的权限",
        "Another administrator does this.",
        "call_manager",
    ),
    errors.NotPermitted: Problem(
        403, "No role allows this", "您的角色不能做这件事", "Your roles do not allow this.", "call_manager"
    ),
}
