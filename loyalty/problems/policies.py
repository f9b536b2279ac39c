"""How refusals are told: about policies and what is paid for them."""

from loyalty import errors
from loyalty.errors import Refusal
from loyalty.problems.words import Problem

POLICIES: dict[type[Refusal], Problem] = {
    errors.NotAMember: Problem(
        422, "Nobody in the club holds the policy", "投保人不是会员", "The holder is no member.", "ask_member"
    ),
}
