"""How refusals are told: about policies and what is paid for them."""

from loyalty import errors
from loyalty.errors import Refusal
from loyalty.problems.words import Problem

POLICIES: dict[type[Refusal], Problem] = {
    errors.NotAMember: Problem(
        422, "Not a member of the club", "不是会员", "Not a member of the club.", "ask_member"
    ),
}
