"""How refusals are told: of the asking itself: keys, scopes, strict input, locks."""

from loyalty import errors
from loyalty.errors import Refusal
from loyalty.problems.words import Problem

ASKING: dict[type[Refusal], Problem] = {
    errors.Invalid: Problem(
        422, "A value is not valid", "请求内容有误", "The request has a wrong value.", "call_manager"
    ),
    errors.MalformedJson: Problem(
        400, "The body is not strict JSON", "请求格式有误", "The request is malformed.", "call_manager"
    ),
    errors.KeyMissing: Problem(
        400,
        "An Idempotency-Key is needed",
        "请求缺少编号",
        "The request has no Idempotency-Key.",
        "call_manager",
    ),
    errors.KeyMalformed: Problem(
        400,
        "The Idempotency-Key is malformed",
        "请求编号有误",
        "The request key is malformed.",
        "call_manager",
    ),
    errors.KeyReused: Problem(
        422,
        "The key was used for other content",
        "编号已用于其他请求",
        "This number is taken.",
        "call_manager",
    ),
    errors.TwinRunning: Problem(
        409,
        "The same request is running",
        "正在处理，请稍后重试",
        "In progress, please try again.",
        "retry",
        retry_after_seconds=1,
    ),
    errors.Busy: Problem(
        503,
        "Busy: not done, or unknown; the same key may be sent again",
        "系统繁忙，请重试",
        "Busy, please try again.",
        "retry",
        retry_after_seconds=1,
    ),
    errors.TooManyWaiting: Problem(
        422,
        "Too much long work waits",
        "等待处理的任务太多，请先完成或停止一个",
        "Too many wait. Let one end, or stop it.",
        "call_manager",
    ),
    errors.Unavailable: Problem(
        503,
        "Unavailable: not done, or unknown; the same key may be sent again",
        "系统暂不可用，请稍后重试",
        "Out of service, please try again.",
        "retry",
        retry_after_seconds=5,
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
    errors.NotFound: Problem(404, "Not found", "未找到", "Not found.", "call_manager"),
    errors.VersionMissing: Problem(
        428, "If-Match is needed", "请求缺少版本号", "The request has no version.", "call_manager"
    ),
    errors.VersionStale: Problem(
        412,
        "Changed since it was read",
        "资料已变更，请重新读取",
        "The record changed, read it again.",
        "retry",
    ),
    errors.StoreForeign: Problem(
        403, "The key speaks for another store", "门店编号不符", "The key is another store's.", "call_manager"
    ),
    errors.PlaceOfOthers: Problem(
        403, "The key speaks for another place", "地点编号不符", "The key is another place's.", "call_manager"
    ),
    errors.SignatureMissing: Problem(
        401, "A signature is needed", "请求缺少签名", "The request is not signed.", "call_manager"
    ),
    errors.SignatureWrong: Problem(
        401, "The signature is wrong", "请求签名有误", "The request's signature is wrong.", "call_manager"
    ),
    errors.ClockSkew: Problem(
        401, "The till's clock is off", "收银机时间有误", "The till's clock is wrong.", "call_manager"
    ),
    errors.NonceReused: Problem(
        401, "The signed request came before", "请求重复", "This request was sent before.", "call_manager"
    ),
    errors.TerminalLocked: Problem(
        429,
        "Too many unknown cards",
        "多次卡号错误，暂停使用",
        "Too many wrong cards, please wait.",
        "call_manager",
        retry_after_seconds=600,
    ),
    errors.TwoLiveKeys: Problem(
        422, "Two keys are live already", "已有两个有效密钥", "Two keys are live already.", "call_manager"
    ),
    errors.BatchTooLong: Problem(
        413, "The batch has too many lines", "批量数据过多", "The batch is too long.", "call_manager"
    ),
}
