"""Refusals of the protocol itself: no error of the club, so no class; by status, with its stable code."""

from loyalty import errors
from loyalty.problems.asking import ASKING
from loyalty.problems.words import Problem

PROTOCOL: dict[int, tuple[str, Problem]] = {
    400: (
        "malformed_request",
        Problem(400, "Bad request", "请求有误", "The request is malformed.", "call_manager"),
    ),
    404: ("not_found", ASKING[errors.NotFound]),
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
        Problem(500, "Something failed on our side", "系统故障", "Something went wrong with us.", "retry"),
    ),
    503: ("busy", ASKING[errors.Busy]),
}
