"""Refusals as outsiders hear them (RFC 9457): the one table from errors to statuses and words.

A cashier may read `zh` and `en` out: at most 40 characters, and nothing a customer may not hear.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from loyalty import errors
from loyalty.errors import Refusal

Action = Literal["retry", "ask_member", "call_manager", "sell_without"]
MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Problem:
    """How one refusal is told: its status, a title for developers, words for a cashier, what to do next."""

    status: int
    title: str
    zh: str
    en: str
    action: Action
    retry_after_seconds: int | None = None


PROBLEMS: dict[type[Refusal], Problem] = {
    errors.MalformedJson: Problem(
        400, "The body is not strict JSON", "请求格式有误", "The request is malformed.", "call_manager"
    ),
    errors.KeyMissing: Problem(
        400, "An Idempotency-Key is needed", "请求缺少编号", "The request has no key.", "call_manager"
    ),
    errors.KeyMalformed: Problem(
        400,
        "The Idempotency-Key is malformed",
        "请求编号有误",
        "The request key is malformed.",
        "call_manager",
    ),
    errors.Unauthorised: Problem(
        401, "A valid key is needed", "收银机未获授权", "This till is not authorised.", "call_manager"
    ),
    errors.Forbidden: Problem(
        403,
        "The key does not cover this call",
        "收银机无此权限",
        "This till may not do that.",
        "call_manager",
    ),
    errors.TerminalForeign: Problem(
        403,
        "The key speaks for another terminal",
        "收银机编号不符",
        "The key is another till's.",
        "call_manager",
    ),
    errors.NotFound: Problem(404, "Not found", "未找到", "Not found.", "ask_member"),
    errors.TwinRunning: Problem(
        409,
        "The same request is running",
        "正在处理，请稍后重试",
        "In progress, please try again.",
        "retry",
        retry_after_seconds=1,
    ),
    errors.VersionStale: Problem(
        412,
        "Changed since it was read",
        "资料已变更，请重新读取",
        "The record changed, read it again.",
        "retry",
    ),
    errors.VersionMissing: Problem(
        428, "If-Match is needed", "请求缺少版本号", "The request has no version.", "call_manager"
    ),
    errors.Busy: Problem(
        503,
        "Busy: not done, or unknown; the same key may be sent again",
        "系统繁忙，请重试",
        "Busy, please try again.",
        "retry",
        retry_after_seconds=1,
    ),
    errors.Invalid: Problem(
        422, "A value cannot be", "请求内容有误", "The request has a wrong value.", "call_manager"
    ),
    errors.KeyReused: Problem(
        422,
        "The key was used for other content",
        "编号已用于其他请求",
        "This number is taken.",
        "call_manager",
    ),
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
    errors.NoProgramme: Problem(
        422, "No programme is published", "会员计划尚未启用", "The club is not open yet.", "sell_without"
    ),
    errors.ProgrammeFaulty: Problem(
        422, "The programme has faults", "会员计划有误", "The programme has faults.", "call_manager"
    ),
    errors.EditionTooSoon: Problem(
        422, "The edition begins too soon", "生效时间过早", "The edition begins too soon.", "call_manager"
    ),
    errors.PublishingClosed: Problem(
        422, "Publishing is closed here", "此处不能发布", "Publishing is closed here.", "call_manager"
    ),
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
    errors.UnitUnknown: Problem(
        422, "No such unit of points", "无此积分类型", "No such kind of points.", "call_manager"
    ),
    errors.TierUnknown: Problem(422, "No such tier", "无此会员等级", "No such tier.", "call_manager"),
    errors.HoldClosed: Problem(
        422, "The hold is closed", "积分预留已结束", "The points are no longer held.", "sell_without"
    ),
    errors.TooMuchCaptured: Problem(
        422, "More than is held", "超出预留积分", "More than was held.", "call_manager"
    ),
    errors.TooMuchReturned: Problem(
        422, "More than was bought", "退货超出购买", "More than was bought.", "call_manager"
    ),
    errors.TooMuchReversed: Problem(
        422, "More than was redeemed", "超出已用积分", "More than was redeemed.", "call_manager"
    ),
    errors.LineUnknown: Problem(
        422,
        "The purchase has no such line",
        "小票无此商品行",
        "The receipt has no such line.",
        "call_manager",
    ),
    errors.TooManyPoints: Problem(
        422, "Too many points at once", "积分数额过大", "That is too many points.", "call_manager"
    ),
    errors.SoldInFuture: Problem(
        422, "Sold in the future", "销售时间晚于当前时间", "The till's clock is ahead.", "call_manager"
    ),
    errors.CurrencyForeign: Problem(
        422, "Another currency", "币种不符", "The club keeps another currency.", "sell_without"
    ),
}

#: Refusals of the protocol itself: no error of the club, so no class; by status, with its stable code.
PROTOCOL: dict[int, tuple[str, Problem]] = {
    400: (
        "malformed_request",
        Problem(400, "Bad request", "请求有误", "The request is malformed.", "call_manager"),
    ),
    404: ("not_found", PROBLEMS[errors.NotFound]),
    405: (
        "method_not_allowed",
        Problem(405, "Method not allowed", "请求方式有误", "The request is not allowed.", "call_manager"),
    ),
    406: ("not_acceptable", Problem(406, "Not acceptable", "格式不支持", "No such format.", "call_manager")),
    413: (
        "too_large",
        Problem(413, "The body is too large", "请求过大", "The request is too large.", "call_manager"),
    ),
    415: (
        "media_type",
        Problem(
            415,
            "The media type is not supported",
            "格式不支持",
            "The format is not supported.",
            "call_manager",
        ),
    ),
    429: (
        "rate_limited",
        Problem(429, "Too many requests", "请求过多，请稍后重试", "Too many requests, please wait.", "retry"),
    ),
    500: (
        "internal_error",
        Problem(
            500, "Something failed on our side", "系统故障", "Something went wrong with us.", "call_manager"
        ),
    ),
    503: ("busy", PROBLEMS[errors.Busy]),
}


def problem_of(refusal: Refusal) -> Problem:
    """How this refusal is told."""
    return PROBLEMS[type(refusal)]


def problem_body(refusal: Refusal, language: str) -> dict[str, Any]:
    """The body of a refusal, its facts beside the standard members."""
    return _body(refusal.code, problem_of(refusal), language, refusal.facts)


def protocol_body(status: int, language: str, **facts: object) -> dict[str, Any]:
    """The body of a refusal of the protocol; a status without an entry is told as a bad request."""
    code, problem = PROTOCOL.get(status, PROTOCOL[400])
    return _body(code, problem, language, facts) | {"status": status}


def _body(code: str, problem: Problem, language: str, facts: Mapping[str, object]) -> dict[str, Any]:
    return dict(facts) | {
        "type": f"urn:loyalty:problem:{code}",
        "title": problem.title,
        "status": problem.status,
        "code": code,
        "detail": _detail(problem.title, facts),
        "cashier_text": problem.zh if language == "zh" else problem.en,
        "action": problem.action,
    }


def _detail(title: str, facts: Mapping[str, object]) -> str:
    fields = facts.get("fields")
    told = fields if isinstance(fields, Mapping) else facts
    words = "; ".join(f"{name}: {value}" for name, value in told.items() if isinstance(value, str | int))
    return f"{title} ({words})" if words else title
