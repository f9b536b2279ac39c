"""How refusals are told: about what a second person decides."""

from loyalty import errors
from loyalty.errors import Refusal
from loyalty.problems.words import Problem

APPROVALS: dict[type[Refusal], Problem] = {
    errors.RequestClosed: Problem(
        422, "The request is closed", "该申请已结束", "The request is closed.", "call_manager"
    ),
    errors.ContentDiffers: Problem(
        422, "This is not what was seen", "申请内容与所见不符", "This is not what was seen.", "call_manager"
    ),
    errors.OwnRequest: Problem(
        422, "A second person decides", "须由另一人审批", "A second person decides.", "call_manager"
    ),
    errors.RequestOfOthers: Problem(
        422, "Somebody else asked for it", "非本人申请", "Somebody else asked for it.", "call_manager"
    ),
    errors.SelfDealing: Problem(
        422,
        "An account of one's own",
        "不能处理本人或关联账户",
        "Not on an account of one's own.",
        "call_manager",
    ),
}
