"""Refusals about policies and what is paid for them."""

from loyalty.errors.refusal import Refusal


class NotAMember(Refusal):
    """Nobody in the club holds the policy: it is not kept (I8)."""

    code = "not_a_member"
