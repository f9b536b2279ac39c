"""Refusals about policies and what is paid for them."""

from loyalty.errors.refusal import Refusal


class NotAMember(Refusal):
    """Whoever this is about is not in the club: what was told is not kept (I8)."""

    code = "not_a_member"
